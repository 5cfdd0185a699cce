#include "daemon/api/http/http_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstring>
#include <optional>

#include "daemon/api/http/http_answer.h"
#include "daemon/api/http/http_gzip.h"
#include "daemon/api/http/http_request.h"
#include "daemon/api/http/http_streaming.h"

namespace jiexu {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
// One kind of stream for both address families.
using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Response = http::response<http::string_body>;
using Does = HttpConnections::Does;

// After an answer to a request that was not read to its end, input is read and thrown away up to
// here, because closing with unread input would make the kernel discard the answer.
constexpr size_t kDrainBytesMax = 32 << 20;
static_assert(kDrainBytesMax > limits::kAttachmentBytesMax);
constexpr size_t kReadBytes = 4 << 10;

HttpResponse built(const std::function<HttpResponse()>& make) {
  try {
    return make();
  } catch (const std::exception&) {
    return problem_answer(500, "internal", "the answer could not be built");
  }
}

// Who has connected on a unix socket, as the system says; nullopt: it is none.
std::optional<uint32_t> uid_of(HttpSocket& socket) {
  error_code error;
  if (socket.local_endpoint(error).protocol().family() != AF_UNIX || error) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof(peer);
  const int fd = socket.native_handle();
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

// Where who asks is, as far as one who has many addresses cannot choose; empty: not by TCP.
std::string address_of(HttpSocket& socket) {
  error_code error;
  const auto there = socket.remote_endpoint(error);
  asio::ip::tcp::endpoint peer;
  const int family = there.protocol().family();
  if (error || (family != AF_INET && family != AF_INET6)) return "";
  std::memcpy(peer.data(), there.data(), std::min(there.size(), peer.capacity()));
  if (peer.address().is_v4()) return peer.address().to_string();
  auto bytes = peer.address().to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

// One connection. Read a request, wait for its answer, write it, again. Keeps itself alive by the
// pending operation; lives on the server's thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(HttpSocket socket, HttpShared& shared, std::weak_ptr<asio::io_context> io)
      : stream_(std::move(socket)),
        shared_(shared),
        settings_(shared.settings),
        io_(std::move(io)),
        peer_uid_(uid_of(stream_.socket())),
        peer_address_(address_of(stream_.socket())),
        patience_(stream_.get_executor()) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void begin() {
    place_.emplace(shared_.connections, [this, weak = weak_from_this()] {
      asio::post(stream_.get_executor(), [weak] {
        if (const auto self = weak.lock()) self->abandon();
      });
    });
    read();
  }

  // Gives the answer to the request numbered `request`; later ones and repeats are ignored.
  void respond(uint64_t request, HttpResponse answer) {
    if (!waiting_ || request != requests_) return;
    waiting_ = false;
    patience_.cancel();
    write(std::move(answer), asked_.keep_alive);
  }

  // The next piece of the body of request `request`.
  void read_piece(uint64_t request, size_t bytes, HttpBody::Take take) {
    if (!waiting_ || request != requests_) return take(std::nullopt);
    piece_.resize(bytes);
    coming_->get().body().data = piece_.data();
    coming_->get().body().size = bytes;
    stream_.expires_after(patience());
    http::async_read(stream_, buffer_, *coming_,
                     [self = shared_from_this(), request, take = std::move(take)](
                         error_code error, size_t) { self->on_piece(error, request, take); });
  }

 private:
  // A stranger has less than a user, for all of a request.
  std::chrono::milliseconds patience() const {
    return place_->is_strange() ? std::min(settings_.stranger, settings_.idle) : settings_.idle;
  }

  void abandon() {
    waiting_ = false;
    patience_.cancel();
    stream_.close();
  }

  void read() {
    coming_.reset();
    asked_ = {};
    place_->does(Does::kWait);
    stream_.expires_after(patience());
    read_head();
  }

  std::string_view read_so_far() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  void read_head() {
    buffer_.consume(empty_lines(read_so_far()));
    const HeadEnd end = find_head_end(read_so_far());
    if (end.state == HeadEnd::State::kBroken) {
      return write(problem_answer(400, "malformed_request", end.why), false);
    }
    if (std::max(end.size, end.state == HeadEnd::State::kMore ? buffer_.size() : 0) >
        settings_.header_bytes_max) {
      return refuse(http::error::header_limit);
    }
    if (end.state == HeadEnd::State::kWhole) return take_head(end.size);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, size_t n) {
                              if (error) return;
                              self->buffer_.commit(n);
                              self->read_head();
                            });
  }

  void take_head(size_t size) {
    head_.emplace();
    head_->header_limit(static_cast<uint32_t>(settings_.header_bytes_max));
    head_->body_limit(boost::none);
    error_code error;
    const size_t used = head_->put(asio::buffer(buffer_.data(), size), error);
    if (error == http::error::bad_version && names_version(read_so_far())) {
      return write(problem_answer(505, "unknown_version", "speak HTTP/1.1 or HTTP/1.0"), false);
    }
    if (error) return refuse(error);
    buffer_.consume(used);
    on_head(head_->get());
  }

  void on_head(const HttpHead& head) {
    asked_.id = request_id(text_of(head["X-Request-Id"]));
    asked_.old = head.version() < 11;
    asked_.head_only = head.method() == http::verb::head;
    asked_.gzip = takes_gzip(text_of(head[http::field::accept_encoding]));
    if (const auto refused = refuse_head(facts_of(head), shared_.names)) {
      return write(problem_answer(refused->status, refused->code, refused->detail), false);
    }
    asked_.keep_alive = head_->get().keep_alive();
    request_ = request_of(head);
    request_.peer_uid = peer_uid_;
    request_.peer_address = peer_address_;
    request_.id = asked_.id;
    if (!streams() && head_->content_length().value_or(0) > settings_.body_bytes_max) {
      return refuse(http::error::body_limit);
    }
    const std::string user = shared_.knows ? shared_.knows(request_) : "anybody";
    if (!place_->belongs_to(user)) return write(no_room(), false);
    if (place_->is_strange() && !head_->is_done()) return hand_over_unread();
    stream_.expires_after(patience());
    const bool asks = !text_of(head[http::field::expect]).empty() && !asked_.old;
    if (asks && buffer_.size() == 0 && !head_->is_done()) return send_continue();
    read_body();
  }

  static HttpResponse no_room() {
    HttpResponse answer =
        problem_answer(503, "too_many_connections", "all of yours are at work; use them again");
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }

  bool streams() const { return head_->get().method() == http::verb::put; }

  void send_continue() {
    continue_ = {http::status::continue_, 11};
    http::async_write(stream_, continue_, [self = shared_from_this()](error_code error, size_t) {
      if (!error) self->read_body();
    });
  }

  void read_body() {
    if (streams()) return dispatch_stream();
    parser_.emplace(std::move(*head_));
    parser_->body_limit(settings_.body_bytes_max);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, size_t) {
                       error ? self->refuse(error) : self->dispatch();
                     });
  }

  void refuse(const error_code& error) {
    if (const auto response = problem_of(error)) write(*response, false);
  }

  void dispatch() {
    request_.body = std::move(parser_->get().body());
    hand_over(++requests_);
  }

  // No stranger is asked for a body: what to say to him is known without.
  void hand_over_unread() {
    asked_.keep_alive = false;
    hand_over(++requests_);
  }

  void dispatch_stream() {
    coming_.emplace(std::move(*head_));
    std::optional<uint64_t> size;
    if (const auto length = coming_->content_length()) size = *length;
    const uint64_t number = ++requests_;
    request_.stream = std::make_shared<Body>(weak_from_this(), io_, number, size);
    hand_over(number);
  }

  void hand_over(uint64_t number) {
    stream_.expires_never();
    waiting_ = true;
    place_->does(Does::kWork);
    wait_for_handler(number);
    request_.later = [&shared = shared_, io = io_](std::function<void()> work) {
      if (const auto alive = io.lock()) shared.workers.go_on(std::move(work));
    };
    shared_.workers.post(
        [&shared = shared_, request = std::move(request_), respond = responder(number)]() mutable {
          try {
            shared.handler(std::move(request), respond);
          } catch (const std::exception&) {
            respond([] { return problem_answer(500, "internal", "the handler failed"); });
          }
        });
  }

  void on_piece(error_code error, uint64_t request, const HttpBody::Take& take) {
    stream_.expires_never();
    const bool sound = !error || error == http::error::need_buffer;
    if (!sound || !waiting_) {
      waiting_ = false;
      patience_.cancel();
      return take(std::nullopt);
    }
    piece_.resize(piece_.size() - coming_->get().body().size);
    wait_for_handler(request);
    take(std::move(piece_));
  }

  // What the handler answers through, from any thread.
  HttpRespond responder(uint64_t number) {
    return [&shared = shared_, weak = weak_from_this(), io = io_, number,
            gzip = asked_.gzip](std::function<HttpResponse()> make) {
      const std::shared_ptr<asio::io_context> alive = io.lock();
      if (!alive) return;
      auto work = [&shared, weak, io, number, gzip, make = std::move(make)] {
        HttpResponse answer = built(make);
        if (gzip && is_packable(answer)) return pack(shared, weak, io, number, std::move(answer));
        deliver(weak, io, number, std::move(answer));
      };
      shared.workers.is_here() ? work() : shared.workers.post(std::move(work));
    };
  }

  static void deliver(const std::weak_ptr<Session>& weak, const std::weak_ptr<asio::io_context>& io,
                      uint64_t number, HttpResponse answer) {
    const std::shared_ptr<asio::io_context> alive = io.lock();
    if (!alive) return;
    asio::post(*alive, [weak, number, answer = std::move(answer)]() mutable {
      if (const auto self = weak.lock()) self->respond(number, std::move(answer));
    });
  }

  struct Packing {
    Packing(HttpResponse of, std::string plain) : answer(std::move(of)), gzip(std::move(plain)) {}
    HttpResponse answer;
    Gzip gzip;
  };

  static void pack(HttpShared& shared, const std::weak_ptr<Session>& weak,
                   const std::weak_ptr<asio::io_context>& io, uint64_t number,
                   HttpResponse answer) {
    std::string plain = std::move(answer.body);
    auto packing = std::make_shared<Packing>(std::move(answer), std::move(plain));
    pack_on(shared, weak, io, number, packing);
  }

  static void pack_on(HttpShared& shared, const std::weak_ptr<Session>& weak,
                      const std::weak_ptr<asio::io_context>& io, uint64_t number,
                      const std::shared_ptr<Packing>& packing) {
    if (packing->gzip.turn()) {
      return shared.workers.go_on(
          [&shared, weak, io, number, packing] { pack_on(shared, weak, io, number, packing); });
    }
    set_packed(packing->answer, packing->gzip.take());
    deliver(weak, io, number, std::move(packing->answer));
  }

  // The handler gets as long as a user does. After that the outcome is not known to us.
  void wait_for_handler(uint64_t number) {
    patience_.expires_after(settings_.idle);
    patience_.async_wait([self = shared_from_this(), number](error_code error) {
      if (error) return;
      self->respond(number, problem_answer(504, "no_answer_yet",
                                           "the outcome is not known yet; ask again with the same "
                                           "Idempotency-Key"));
    });
  }

  void write(HttpResponse answer, bool keep_alive) {
    // What is left of a body that was not read to its end cannot be told from the next request.
    keep_alive = keep_alive && (!coming_ || coming_->is_done());
    place_->does(Does::kWrite);
    if (answer.stream && !asked_.head_only) return stream(std::move(answer));
    if (asked_.head_only || answer.pieces) return write_pieces(std::move(answer), keep_alive);
    response_ = Response();
    fill_head(answer, asked_, keep_alive, response_);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    stream_.expires_after(patience());
    http::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](error_code error, size_t) {
                        if (error) return;
                        keep_alive ? self->read() : self->close();
                      });
  }

  // From here on the connection is the stream's.
  void stream(HttpResponse answer) {
    place_->does(Does::kWork);
    const auto out = std::make_shared<HttpStreaming>(
        HttpStreaming::Place{stream_, shared_, io_, shared_from_this()}, answer.stream);
    out->begin(answer, asked_);
  }

  struct Pieces {
    http::response<http::empty_body> head;
    std::optional<http::response_serializer<http::empty_body>> serializer;
    std::function<std::optional<std::string>()> next;
    std::string piece;
    bool keep_alive = false;
  };

  // Also an answer to HEAD, which has none.
  void write_pieces(HttpResponse answer, bool keep_alive) {
    auto out = std::make_shared<Pieces>();
    fill_head(answer, asked_, keep_alive, out->head);
    if (!answer.stream) {
      out->head.content_length(answer.pieces ? answer.size : answer.body.size());
    }
    out->serializer.emplace(out->head);
    if (!asked_.head_only) out->next = std::move(answer.pieces);
    out->keep_alive = keep_alive;
    stream_.expires_after(patience());
    http::async_write_header(stream_, *out->serializer,
                             [self = shared_from_this(), out](error_code error, size_t) {
                               if (!error) self->next_piece(out);
                             });
  }

  // Reads it on a worker, in the turn of what goes on.
  void next_piece(const std::shared_ptr<Pieces>& out) {
    if (!out->next) return out->keep_alive ? read() : close();
    patience_.expires_after(settings_.idle);
    patience_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->abandon();
    });
    shared_.workers.go_on([out, weak = weak_from_this(), io = io_] {
      const std::shared_ptr<asio::io_context> alive = io.lock();
      if (!alive) return;
      auto piece = out->next();
      asio::post(*alive, [out, weak, piece = std::move(piece)]() mutable {
        if (const auto self = weak.lock()) self->write_piece(out, std::move(piece));
      });
    });
  }

  void write_piece(const std::shared_ptr<Pieces>& out, std::optional<std::string> piece) {
    patience_.cancel();
    if (!piece) return;
    if (piece->empty()) return out->keep_alive ? read() : close();
    out->piece = std::move(*piece);
    stream_.expires_after(patience());
    asio::async_write(stream_, asio::buffer(out->piece),
                      [self = shared_from_this(), out](error_code error, size_t) {
                        if (!error) self->next_piece(out);
                      });
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(patience());
    drain(0);
  }

  void drain(size_t drained) {
    if (drained > kDrainBytesMax) return;
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 << 10),
                            [self = shared_from_this(), drained](error_code error, size_t n) {
                              if (!error) self->drain(drained + n);
                            });
  }

  class Body final : public HttpBody {
   public:
    Body(std::weak_ptr<Session> session, std::weak_ptr<asio::io_context> io, uint64_t request,
         std::optional<uint64_t> size)
        : session_(std::move(session)), io_(std::move(io)), request_(request), size_(size) {}

    std::optional<uint64_t> size() const override { return size_; }
    void read(size_t bytes, Take take) override {
      const std::shared_ptr<asio::io_context> alive = io_.lock();
      if (!alive) return;
      asio::dispatch(*alive, [session = session_, request = request_, bytes,
                              take = std::move(take)]() mutable {
        const auto reading = session.lock();
        reading ? reading->read_piece(request, bytes, std::move(take)) : take(std::nullopt);
      });
    }

   private:
    std::weak_ptr<Session> session_;
    std::weak_ptr<asio::io_context> io_;
    uint64_t request_;
    std::optional<uint64_t> size_;
  };

  Stream stream_;
  HttpShared& shared_;
  const HttpSettings& settings_;
  const std::weak_ptr<asio::io_context> io_;
  const std::optional<uint32_t> peer_uid_;
  const std::string peer_address_;
  asio::steady_timer patience_;
  std::optional<HttpConnections::Place> place_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> head_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::request_parser<http::buffer_body>> coming_;  // the body of a PUT
  std::string piece_;                                              // of it
  HttpRequest request_;
  HttpAsked asked_;
  http::response<http::empty_body> continue_;
  Response response_;
  uint64_t requests_ = 0;
  bool waiting_ = false;
};

}  // namespace

void begin_session(HttpSocket socket, HttpShared& shared,
                   std::weak_ptr<boost::asio::io_context> io) {
  std::make_shared<Session>(std::move(socket), shared, std::move(io))->begin();
}

}  // namespace jiexu
