// The addresses behind the names in endpoints, asked for by c-ares while everything else goes on: a
// name server that is silent costs nobody but whom it is asked about. /etc/hosts and resolv.conf
// count as ever, and are read anew with each question.
//
// An answer is kept as long as it says, and longer while it cannot be had again. Where a name has
// several addresses, the one that does not answer gives way to the next.
//
// Not thread-safe; nothing here blocks for longer than reading those two files.
#pragma once

#include <poll.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

struct ares_addrinfo;
struct ares_channeldata;

namespace jiexu {

class Names {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `servers`: "ADDRESS:PORT,..." instead of those that the machine is set up with.
  explicit Names(std::string servers = "");
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  // "10.0.0.5" and "[::1]" are addresses, all else is a name.
  static bool is_address(const std::string& host);

  // Asks for those that are not known yet; forgets what is not among them.
  void want(const std::set<std::string>& hosts, SteadyTime now);
  // As it stands in an endpoint; nullopt: not known (yet).
  std::optional<std::string> address(const std::string& host) const;
  // Nobody answers there: the next address is tried, and the name asked for again if it is time.
  void has_failed(const std::string& host, SteadyTime now);

  // The questions that are on their way. Call tend() with what poll() found, and at least once a
  // second. Whether address() of any may have changed.
  void add_to(std::vector<pollfd>& waiting) const;
  int wait_ms(int at_most) const;
  bool tend(const std::vector<pollfd>& found, SteadyTime now);

 private:
  struct Question;
  struct Known {
    std::vector<std::string> addresses;
    size_t at = 0;
    SteadyTime ask_at;                 // not before
    std::chrono::seconds patience{0};  // after the last failure
    bool asked = false;                // and not answered yet
  };

  void ask(const std::string& host, SteadyTime now);
  void answered(const std::string& host, int status, const ares_addrinfo* list);
  static void on_answer(void* question, int status, int timeouts, ares_addrinfo* found);

  const std::string servers_;
  std::map<std::string, Known> known_;
  ares_channeldata* channel_ = nullptr;  // while questions are on their way
  size_t questions_ = 0;
  SteadyTime now_{};
  bool changed_ = false;
};

}  // namespace jiexu
