#include "daemon/api/http/http_streaming.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace jiexu {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

// Of the kernel, for who does not read; by itself it would take some MB for each.
constexpr int kSendBufferBytes = 128 << 10;

constexpr std::string_view kLastChunk = "0\r\n\r\n";

// RFC 9112, 7.1.
std::string chunk(std::string bytes) {
  char size[20];
  const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
  return std::string(size, end).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace

HttpStreaming::HttpStreaming(Place place, std::shared_ptr<HttpStream> stream)
    : place_(std::move(place)), stream_(std::move(stream)), timer_(place_.socket.get_executor()) {
  place_.shared.streams.insert(this);
}

HttpStreaming::~HttpStreaming() {
  place_.shared.streams.erase(this);
}

void HttpStreaming::begin(const HttpResponse& answer, const HttpAsked& asked) {
  fill_head(answer, asked, false, head_);
  // HTTP/1.0 knows no chunks: there the end of the connection is the end.
  chunked_ = !asked.old;
  if (chunked_) head_.set(http::field::transfer_encoding, "chunked");
  serializer_.emplace(head_);
  place_.socket.expires_never();
  error_code ignored;
  place_.socket.socket().set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  watch();
  place_.socket.expires_after(place_.shared.settings.idle);
  http::async_write_header(place_.socket, *serializer_,
                           [self = shared_from_this()](error_code error, size_t) {
                             error ? self->finish() : self->turn();
                           });
}

// A client of a stream has nothing more to say: its input only tells that it has gone.
void HttpStreaming::watch() {
  place_.socket.async_read_some(asio::buffer(ignored_),
                                [self = shared_from_this()](error_code error, size_t) {
                                  if (self->gone_) return;
                                  error ? self->finish() : self->watch();
                                });
}

void HttpStreaming::turn() {
  if (gone_) return;
  if (ending_) return write(stream_->last_words(), true);
  idle_ = false;
  turned_ = std::chrono::steady_clock::now();
  // Keeps this alive meanwhile; a worker that does not come round in this time never will.
  timer_.expires_after(place_.shared.settings.idle);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->finish();
  });
  place_.shared.workers.go_on([weak = weak_from_this(), io = place_.io, stream = stream_] {
    const std::shared_ptr<asio::io_context> alive = io.lock();
    if (!alive) return;
    HttpStream::Piece piece = stream->next();
    asio::post(*alive, [weak, piece = std::move(piece)]() mutable {
      if (const auto self = weak.lock()) self->take(std::move(piece));
    });
  });
}

void HttpStreaming::take(HttpStream::Piece piece) {
  if (gone_) return;
  timer_.cancel();
  if (!piece.bytes.empty() || piece.last) return write(std::move(piece.bytes), piece.last);
  park(piece.wait);
}

void HttpStreaming::park(std::chrono::milliseconds wait) {
  if (ending_) return turn();
  idle_ = true;
  const uint64_t parked = ++parked_;
  later(wait);
  stream_->wait([weak = weak_from_this(), io = place_.io, parked] {
    const std::shared_ptr<asio::io_context> alive = io.lock();
    if (!alive) return;
    asio::post(*alive, [weak, parked] {
      if (const auto self = weak.lock()) self->woken(parked);
    });
  });
}

void HttpStreaming::woken(uint64_t parked) {
  if (gone_ || !idle_ || parked != parked_) return;
  const auto since = std::chrono::steady_clock::now() - turned_;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(kTurn - since);
  later(std::max(left, std::chrono::milliseconds(0)));
}

// Replaces what was to be done later before.
void HttpStreaming::later(std::chrono::milliseconds wait) {
  timer_.expires_after(wait);
  timer_.async_wait([self = shared_from_this(), parked = parked_](error_code error) {
    if (!error && self->idle_ && parked == self->parked_) self->turn();
  });
}

void HttpStreaming::write(std::string bytes, bool last) {
  idle_ = false;
  if (chunked_ && !bytes.empty()) bytes = chunk(std::move(bytes));
  out_ = std::move(bytes);
  if (chunked_ && last) out_ += kLastChunk;
  if (out_.empty()) return finish();
  place_.socket.expires_after(place_.shared.settings.idle);
  asio::async_write(place_.socket, asio::buffer(out_),
                    [self = shared_from_this(), last](error_code error, size_t) {
                      error || last ? self->finish() : self->turn();
                    });
}

void HttpStreaming::end() {
  if (std::exchange(ending_, true) || !idle_) return;
  turn();
}

void HttpStreaming::finish() {
  if (std::exchange(gone_, true)) return;
  timer_.cancel();
  place_.shared.streams.erase(this);
  error_code ignored;
  place_.socket.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  place_.socket.close();
}

}  // namespace jiexu
