// Names in endpoints, asked of a name server on loopback that answers, lies low, or knows nothing.
#include "daemon/gate/names.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <mutex>
#include <thread>

using namespace jiexu;

namespace names_test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Answers every question for an IPv4 address with these, and all others with nothing.
class NameServer {
 public:
  NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(here);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&here), size) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&here), &size) == 0);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~NameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::string at() const { return "127.0.0.1:" + std::to_string(port_); }
  void answer(std::vector<std::string> addresses, uint8_t code = 0) {
    const std::lock_guard lock(mutex_);
    addresses_ = std::move(addresses);
    code_ = code;
    silent_ = false;
  }

  std::atomic<bool> silent_ = true;
  std::atomic<int> questions = 0;

 private:
  void run() {
    char question[512];
    sockaddr_in from{};
    while (true) {
      socklen_t size = sizeof(from);
      const ssize_t got = ::recvfrom(socket_, question, sizeof(question), 0,
                                     reinterpret_cast<sockaddr*>(&from), &size);
      if (got <= 0) return;
      ++questions;
      if (silent_) continue;
      const std::string reply = reply_to({question, static_cast<size_t>(got)});
      ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  // RFC 1035, section 4.1.
  std::string reply_to(std::string_view question) const {
    const std::lock_guard lock(mutex_);
    const size_t name_end = question.find('\0', 12);
    const std::string_view asked = question.substr(12, name_end + 5 - 12);
    const bool of_four = question[name_end + 2] == 1;
    const auto count = static_cast<char>(of_four ? addresses_.size() : 0);
    std::string out(question.substr(0, 2));
    out += std::string("\x81", 1) + static_cast<char>(0x80 | code_);
    out += std::string({0, 1, 0, count, 0, 0, 0, 0});
    out += asked;
    for (char i = 0; i < count; ++i) {
      out += std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04", 12);
      in_addr address{};
      ::inet_pton(AF_INET, addresses_[static_cast<size_t>(i)].c_str(), &address);
      out.append(reinterpret_cast<const char*>(&address), sizeof(address));
    }
    return out;
  }

  const int socket_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> addresses_;
  uint8_t code_ = 0;
  std::thread thread_;
};

// As the channel's thread does, until `done`. `skip` is added to the clock.
bool tended(Names& names, const std::function<bool()>& done, Clock::duration skip = 0s) {
  const auto until = Clock::now() + 20s;  // for a machine that hangs
  while (Clock::now() < until) {
    std::vector<pollfd> waiting;
    names.add_to(waiting);
    ::poll(waiting.data(), waiting.size(), names.wait_ms(10));
    names.tend(waiting, Clock::now() + skip);
    if (done()) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("addresses are no names") {
  CHECK(Names::is_address("10.0.0.5"));
  CHECK(Names::is_address("[::1]"));
  CHECK_FALSE(Names::is_address("agency.example"));
  CHECK_FALSE(Names::is_address("10.0.0.5.example"));
}

TEST_CASE("a silent name server costs no time, and its answer counts when it comes") {
  NameServer server;
  Names names(server.at());
  const auto began = Clock::now();
  names.want({"agency.example"}, began);
  CHECK_FALSE(names.address("agency.example"));
  CHECK(Clock::now() - began < 1s);
  REQUIRE(tended(names, [&] { return server.questions > 0; }));
  server.answer({"10.9.8.7"});  // to the second question
  REQUIRE(tended(names, [&] { return names.address("agency.example").has_value(); }));
  CHECK(names.address("agency.example") == "10.9.8.7");
  CHECK_FALSE(names.address("other.example"));
}

TEST_CASE("of several addresses the next one has its turn when one fails") {
  NameServer server;
  server.answer({"127.0.0.2", "127.0.0.3"});
  Names names(server.at());
  names.want({"agency.example"}, Clock::now());
  REQUIRE(tended(names, [&] { return names.address("agency.example").has_value(); }));
  const std::string first = *names.address("agency.example");
  names.has_failed("agency.example", Clock::now());
  const std::string second = *names.address("agency.example");
  CHECK(first != second);
  CHECK(names.tend({}, Clock::now()));
  names.has_failed("agency.example", Clock::now());
  CHECK(*names.address("agency.example") == first);
}

TEST_CASE("an answer is kept as long as it says, and longer while there is no other") {
  NameServer server;
  server.answer({"127.0.0.2"});
  Names names(server.at());
  names.want({"agency.example"}, Clock::now());
  REQUIRE(tended(names, [&] { return names.address("agency.example").has_value(); }));
  const int asked = server.questions;
  names.has_failed("agency.example", Clock::now() + 299s);
  names.want({"agency.example"}, Clock::now() + 299s);
  CHECK(server.questions == asked);
  server.answer({}, 2);  // the server fails
  names.has_failed("agency.example", Clock::now() + 301s);
  REQUIRE(tended(
      names, [&] { return server.questions > asked; }, 301s));
  CHECK(names.address("agency.example") == "127.0.0.2");
  server.answer({"127.0.0.9"});
  const auto is_new = [&] {  // once the question that fails has come to its end
    names.has_failed("agency.example", Clock::now() + 400s);
    return names.address("agency.example") == "127.0.0.9";
  };
  REQUIRE(tended(names, is_new, 400s));
}

TEST_CASE("a name that is not known is asked for again, less and less often") {
  NameServer server;
  server.answer({}, 3);  // there is no such name
  Names names(server.at());
  names.want({"agency.example"}, Clock::now());
  REQUIRE(tended(names, [&] { return server.questions >= 2; }));
  server.answer({"127.0.0.2"});
  REQUIRE(tended(
      names, [&] { return names.address("agency.example").has_value(); }, 6s));
}

TEST_CASE("what is no longer wanted is forgotten, also while it is asked for") {
  NameServer server;
  Names names(server.at());
  names.want({"agency.example"}, Clock::now());
  REQUIRE(tended(names, [&] { return server.questions > 0; }));
  names.want({}, Clock::now());
  server.answer({"127.0.0.2"});
  std::vector<pollfd> waiting;
  REQUIRE(tended(names, [&] {
    waiting.clear();
    names.add_to(waiting);
    return waiting.empty();
  }));
  CHECK_FALSE(names.address("agency.example"));
}

}  // namespace names_test
