#include "daemon/gate/names.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

using std::chrono::seconds;

// A name server that says nothing: asked twice, for 2 and then 4 s.
constexpr int kTimeoutMs = 2000;
constexpr int kTries = 2;
// How long an answer is kept, whatever it says.
constexpr seconds kKeepMin{30}, kKeepMax{3600};
// After no answer, first and later.
constexpr seconds kRetryMin{5}, kRetryMax{60};

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(address);
    return ::inet_ntop(AF_INET, &four->sin_addr, text, sizeof(text)) ? text : "";
  }
  if (address->sa_family != AF_INET6) return "";
  const auto* six = reinterpret_cast<const sockaddr_in6*>(address);
  if (!::inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof(text))) return "";
  return "[" + std::string(text) + "]";
}

}  // namespace

struct Names::Question {
  Names* names;
  std::string host;
};

Names::Names(std::string servers) : servers_(std::move(servers)) {
  CHECK(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
}

Names::~Names() {
  if (channel_ != nullptr) ares_destroy(channel_);  // calls back for what is not answered
  ares_library_cleanup();
}

bool Names::is_address(const std::string& host) {
  in_addr four{};
  return host.starts_with('[') || ::inet_pton(AF_INET, host.c_str(), &four) == 1;
}

void Names::want(const std::set<std::string>& hosts, SteadyTime now) {
  std::erase_if(known_, [&](const auto& known) { return !hosts.contains(known.first); });
  for (const std::string& host : hosts) {
    if (known_.try_emplace(host).second) ask(host, now);
  }
}

std::optional<std::string> Names::address(const std::string& host) const {
  const auto found = known_.find(host);
  if (found == known_.end() || found->second.addresses.empty()) return std::nullopt;
  return found->second.addresses[found->second.at];
}

void Names::has_failed(const std::string& host, SteadyTime now) {
  const auto found = known_.find(host);
  if (found == known_.end()) return;
  Known& known = found->second;
  if (known.addresses.size() > 1) {
    known.at = (known.at + 1) % known.addresses.size();
    changed_ = true;
  }
  if (!known.asked && now >= known.ask_at) ask(host, now);
}

void Names::ask(const std::string& host, SteadyTime now) {
  now_ = now;
  if (channel_ == nullptr) {
    ares_options options{};
    options.timeout = kTimeoutMs;
    options.tries = kTries;
    int failed = ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (failed != ARES_SUCCESS) {
      channel_ = nullptr;
    } else if (!servers_.empty()) {
      failed = ares_set_servers_ports_csv(channel_, servers_.c_str());
    }
    if (failed != ARES_SUCCESS) return answered(host, failed, nullptr);
  }
  known_.at(host).asked = true;
  ++questions_;
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Names::on_answer,
                   new Question{this, host});
}

void Names::on_answer(void* question, int status, int, ares_addrinfo* found) {
  const std::unique_ptr<Question> asked(static_cast<Question*>(question));
  Names& names = *asked->names;
  --names.questions_;
  if (status != ARES_EDESTRUCTION) names.answered(asked->host, status, found);
  if (found != nullptr) ares_freeaddrinfo(found);
}

void Names::answered(const std::string& host, int status, const ares_addrinfo* list) {
  const auto entry = known_.find(host);
  if (entry == known_.end()) return;  // nobody wants it any more
  Known& known = entry->second;
  known.asked = false;
  std::vector<std::string> found;
  seconds keep = kKeepMax;
  for (const auto* each = list ? list->nodes : nullptr; each != nullptr; each = each->ai_next) {
    std::string text = text_of(each->ai_addr);
    if (!text.empty() && std::ranges::count(found, text) == 0) found.push_back(std::move(text));
    keep = std::min(keep, std::max(kKeepMin, seconds(each->ai_ttl)));
  }
  if (status != ARES_SUCCESS || found.empty()) {
    known.patience = std::clamp(2 * known.patience, kRetryMin, kRetryMax);
    known.ask_at = now_ + known.patience;
    spdlog::warn("the name {} is not known: {}; asked again in {} s", host,
                 ares_strerror(status == ARES_SUCCESS ? ARES_ENODATA : status),
                 known.patience.count());
    return;
  }
  known.patience = seconds(0);
  known.ask_at = now_ + keep;
  const std::string before = known.addresses.empty() ? "" : known.addresses[known.at];
  const auto same = std::ranges::find(found, before);
  known.at = same == found.end() ? 0 : static_cast<size_t>(same - found.begin());
  known.addresses = std::move(found);
  changed_ = changed_ || known.addresses[known.at] != before;
}

void Names::add_to(std::vector<pollfd>& waiting) const {
  if (channel_ == nullptr) return;
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  const int wanted = ares_getsock(channel_, sockets, ARES_GETSOCK_MAXNUM);
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const bool reads = ARES_GETSOCK_READABLE(wanted, i), writes = ARES_GETSOCK_WRITABLE(wanted, i);
    if (!reads && !writes) continue;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    waiting.push_back({sockets[i], static_cast<short>(events), 0});
  }
}

int Names::wait_ms(int at_most) const {
  if (channel_ == nullptr) return at_most;
  timeval most{at_most / 1000, at_most % 1000 * 1000}, room{};
  const timeval* wait = ares_timeout(channel_, &most, &room);
  return static_cast<int>(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
}

bool Names::tend(const std::vector<pollfd>& found, SteadyTime now) {
  now_ = now;
  if (channel_ != nullptr) {
    for (const pollfd& each : found) {
      const bool reads = (each.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writes = (each.revents & POLLOUT) != 0;
      if (!reads && !writes) continue;
      ares_process_fd(channel_, reads ? each.fd : ARES_SOCKET_BAD,
                      writes ? each.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time-outs
    // The next question is asked by the settings of then.
    if (questions_ == 0) ares_destroy(std::exchange(channel_, nullptr));
  }
  std::vector<std::string> due;
  for (const auto& [host, known] : known_) {
    if (!known.asked && known.addresses.empty() && now >= known.ask_at) due.push_back(host);
  }
  for (const std::string& host : due) ask(host, now);
  return std::exchange(changed_, false);
}

}  // namespace jiexu
