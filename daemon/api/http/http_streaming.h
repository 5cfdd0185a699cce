// Writes an answer that has no end (HttpStream): in chunks, as there is something to say. Internal
// to http_session.cc.
//
// It holds no thread. While there is nothing to say, only its socket and its timer wait: the stream
// is asked again when it wakes us, when its silence is over, or when the client has gone, which the
// end of its input tells. What is to be said is made on the worker of further turns, one piece of
// bounded size at a time and the next only when that is on its way, so that a client that reads
// slowly costs one piece of memory; one that takes none for as long as others have for a whole
// answer is cut off, and goes on with the last id that it has seen.
//
// However often the stream wakes us, a client gets a piece at most every kTurnMs, so that many
// streams do not take the processor from the letters that they tell of.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/api/http/http_answer.h"
#include "daemon/api/http/http_session.h"

namespace jiexu {

class HttpStreaming final : public std::enable_shared_from_this<HttpStreaming> {
 public:
  using Socket = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
  static constexpr std::chrono::milliseconds kTurn{20};

  struct Place {
    Socket& socket;
    HttpShared& shared;
    std::weak_ptr<boost::asio::io_context> io;
    std::shared_ptr<void> session;  // whose socket it is
  };

  HttpStreaming(Place place, std::shared_ptr<HttpStream> stream);
  ~HttpStreaming();
  HttpStreaming(const HttpStreaming&) = delete;
  HttpStreaming& operator=(const HttpStreaming&) = delete;

  // Writes head and body, and closes the connection behind them.
  void begin(const HttpResponse& answer, const HttpAsked& asked);
  // Says the stream's last words, and closes.
  void end();

 private:
  void watch();
  void turn();
  void take(HttpStream::Piece piece);
  void park(std::chrono::milliseconds wait);
  void woken(uint64_t parked);
  void later(std::chrono::milliseconds wait);
  void write(std::string bytes, bool last);
  void finish();

  const Place place_;
  std::shared_ptr<HttpStream> stream_;
  boost::asio::steady_timer timer_;
  boost::beast::http::response<boost::beast::http::empty_body> head_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::empty_body>>
      serializer_;
  std::string out_;
  std::array<char, 512> ignored_{};
  bool chunked_ = true;
  bool gone_ = false;    // the client, or the whole is over
  bool ending_ = false;  // only last words any more
  bool idle_ = false;    // nothing is being made or written
  uint64_t parked_ = 0;  // how often it was
  std::chrono::steady_clock::time_point turned_;
};

}  // namespace jiexu
