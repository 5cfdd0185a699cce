#include "daemon/api/http/http_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

namespace jiexu {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
// One kind of stream for both address families.
using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Response = http::response<http::string_body>;

// After an answer to a request that was not read to its end, input is read and thrown away up to
// here, because closing with unread input would make the kernel discard the answer.
constexpr size_t kDrainBytesMax = 32 << 20;
static_assert(kDrainBytesMax > limits::kAttachmentBytesMax);

HttpResponse problem(int status, std::string_view code, std::string_view detail) {
  return {status, "application/problem+json", http_problem(status, code, detail), {}};
}

// What is wrong with a request that the parser refused; nullopt: say nothing, just close.
std::optional<HttpResponse> problem_of(const error_code& error) {
  if (error == http::error::header_limit) {
    return problem(431, "header_too_large", "send fewer or shorter header fields");
  }
  if (error == http::error::body_limit) {
    return problem(413, "body_too_large", "send less at once");
  }
  const bool closed = error == http::error::end_of_stream || error == http::error::partial_message;
  if (closed || error.category() != make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return problem(400, "malformed_request", "this is not HTTP/1.1");
}

// One connection. Read a request, wait for its answer, write it, again. Keeps itself alive by the
// pending operation; lives on the server's thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  // `core` outlives every session, because sessions live in operations of its io_context. It is
  // given as the pieces that a session needs.
  Session(HttpSocket socket, const HttpSettings& settings, const HttpHandler& handler,
          std::weak_ptr<asio::io_context> io, size_t& connections)
      : stream_(std::move(socket)),
        settings_(settings),
        handler_(handler),
        io_(std::move(io)),
        patience_(stream_.get_executor()),
        connections_(connections) {
    ++connections_;
  }
  ~Session() { --connections_; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    coming_.reset();
    head_.emplace();
    head_->header_limit(static_cast<uint32_t>(settings_.header_bytes_max));
    head_->body_limit(boost::none);
    stream_.expires_after(settings_.idle);
    http::async_read_header(
        stream_, buffer_, *head_,
        [self = shared_from_this()](error_code error, size_t) { self->on_header(error); });
  }

  // Gives the answer to the request numbered `request`; later ones and repeats are ignored.
  void respond(uint64_t request, HttpResponse answer) {
    if (!waiting_ || request != requests_) return;
    waiting_ = false;
    patience_.cancel();
    write(std::move(answer), keep_alive_);
  }

  // The next piece of the body of request `request`.
  void read_piece(uint64_t request, size_t bytes, HttpBody::Take take) {
    if (!waiting_ || request != requests_) return take(std::nullopt);
    piece_.resize(bytes);
    coming_->get().body().data = piece_.data();
    coming_->get().body().size = bytes;
    stream_.expires_after(settings_.idle);
    http::async_read(stream_, buffer_, *coming_,
                     [self = shared_from_this(), request, take = std::move(take)](
                         error_code error, size_t) { self->on_piece(error, request, take); });
  }

  static HttpResponse built(const std::function<HttpResponse()>& make) {
    try {
      return make();
    } catch (const std::exception&) {
      return problem(500, "internal", "the answer could not be built");
    }
  }

 private:
  void on_header(error_code error) {
    if (error) return refuse(error);
    if (!streams() && head_->content_length().value_or(0) > settings_.body_bytes_max) {
      return refuse(http::error::body_limit);
    }
    if (beast::iequals(head_->get()[http::field::expect], "100-continue")) return send_continue();
    read_body();
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

  template <class Message>
  static HttpRequest request_of(const Message& message) {
    return {std::string(message.method_string()),
            std::string(message.target()),
            std::string(message[http::field::authorization]),
            std::string(message["Idempotency-Key"]),
            "",
            std::string(message[http::field::content_type]),
            nullptr,
            std::string(message[http::field::accept_language])};
  }

  void dispatch() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    HttpRequest request = request_of(message);
    request.body = std::move(message.body());
    hand_over(std::move(request), ++requests_);
  }

  void dispatch_stream() {
    coming_.emplace(std::move(*head_));
    keep_alive_ = coming_->get().keep_alive();
    HttpRequest request = request_of(coming_->get());
    std::optional<uint64_t> size;
    if (const auto length = coming_->content_length()) size = *length;
    const uint64_t number = ++requests_;
    request.stream = std::make_shared<Body>(weak_from_this(), io_, number, size);
    hand_over(std::move(request), number);
  }

  void hand_over(HttpRequest request, uint64_t number) {
    stream_.expires_never();
    waiting_ = true;
    wait_for_handler(number);
    call(std::move(request), number);
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

  void call(HttpRequest request, uint64_t number) {
    auto respond = [weak = weak_from_this(), io = io_, number](std::function<HttpResponse()> make) {
      const std::shared_ptr<asio::io_context> alive = io.lock();
      if (!alive) return;
      asio::dispatch(*alive, [weak, number, make = std::move(make)] {
        HttpResponse answer = built(make);
        if (const auto self = weak.lock()) self->respond(number, std::move(answer));
      });
    };
    try {
      handler_(std::move(request), std::move(respond));
    } catch (const std::exception&) {
      this->respond(number, problem(500, "internal", "the handler failed"));
    }
  }

  // The handler gets as long as a client does. After that the outcome is not known to us.
  void wait_for_handler(uint64_t number) {
    patience_.expires_after(settings_.idle);
    patience_.async_wait([self = shared_from_this(), number](error_code error) {
      if (error) return;
      self->respond(number, problem(504, "no_answer_yet",
                                    "the outcome is not known yet; ask again with the same "
                                    "Idempotency-Key"));
    });
  }

  template <class Message>
  static Message head_of(const HttpResponse& answer, bool keep_alive) {
    Message out(http::int_to_status(static_cast<unsigned>(answer.status)), 11);
    out.set(http::field::content_type, answer.content_type);
    out.set(http::field::cache_control, "no-store");
    out.set("X-Content-Type-Options", "nosniff");
    for (const auto& [field, value] : answer.headers) out.set(field, value);
    out.keep_alive(keep_alive);
    return out;
  }

  void write(HttpResponse answer, bool keep_alive) {
    // What is left of a body that was not read to its end cannot be told from the next request.
    keep_alive = keep_alive && (!coming_ || coming_->is_done());
    if (answer.pieces) return write_pieces(std::move(answer), keep_alive);
    response_ = head_of<Response>(answer, keep_alive);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    stream_.expires_after(settings_.idle);
    http::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](error_code error, size_t) {
                        if (error) return;
                        keep_alive ? self->read() : self->close();
                      });
  }

  struct Pieces {
    http::response<http::empty_body> head;
    std::optional<http::response_serializer<http::empty_body>> serializer;
    std::function<std::optional<std::string>()> next;
    std::string piece;
    bool keep_alive = false;
  };

  void write_pieces(HttpResponse answer, bool keep_alive) {
    auto out = std::make_shared<Pieces>();
    out->head = head_of<http::response<http::empty_body>>(answer, keep_alive);
    out->head.content_length(answer.size);
    out->serializer.emplace(out->head);
    out->next = std::move(answer.pieces);
    out->keep_alive = keep_alive;
    stream_.expires_after(settings_.idle);
    http::async_write_header(stream_, *out->serializer,
                             [self = shared_from_this(), out](error_code error, size_t) {
                               if (!error) self->write_piece(out);
                             });
  }

  void write_piece(const std::shared_ptr<Pieces>& out) {
    auto piece = out->next();
    if (!piece) return;
    if (piece->empty()) return out->keep_alive ? read() : close();
    out->piece = std::move(*piece);
    stream_.expires_after(settings_.idle);
    asio::async_write(stream_, asio::buffer(out->piece),
                      [self = shared_from_this(), out](error_code error, size_t) {
                        if (!error) self->write_piece(out);
                      });
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(settings_.idle);
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
  const HttpSettings& settings_;
  const HttpHandler& handler_;
  const std::weak_ptr<asio::io_context> io_;
  asio::steady_timer patience_;
  size_t& connections_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> head_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::request_parser<http::buffer_body>> coming_;  // the body of a PUT
  std::string piece_;                                              // of it
  http::response<http::empty_body> continue_;
  Response response_;
  uint64_t requests_ = 0;
  bool waiting_ = false;
  bool keep_alive_ = false;
};

}  // namespace

void begin_session(HttpSocket socket, const HttpSettings& settings, const HttpHandler& handler,
                   std::weak_ptr<asio::io_context> io, size_t& connections) {
  std::make_shared<Session>(std::move(socket), settings, handler, std::move(io), connections)
      ->read();
}

std::string http_problem(int status, std::string_view code, std::string_view detail) {
  return R"({"type":"urn:jiexu:problem:)" + std::string(code) + R"(","title":")" +
         std::string(http::obsolete_reason(http::int_to_status(status))) + R"(","status":)" +
         std::to_string(status) + R"(,"code":")" + std::string(code) + R"(","detail":")" +
         std::string(detail) + "\"}";
}

}  // namespace jiexu
