// jiexu config harden: systemd's packet filter for the daemon, from the directory.
#include "ops/cli/harden.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <memory>
#include <set>

namespace jiexu::cli {
namespace {

// "tcp://HOST:PORT", which the directory has checked; an IPv6 address stands in brackets.
std::string host_of(const std::string& endpoint) {
  constexpr std::string_view kScheme = "tcp://";
  std::string host = endpoint.substr(kScheme.size());
  host.resize(host.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

std::string text_of(const sockaddr& address) {
  char out[INET6_ADDRSTRLEN] = "";
  const void* bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  }
  ::inet_ntop(address.sa_family, bytes, out, sizeof(out));
  return out;
}

Result<std::set<std::string>> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  if (failed != 0) return fail(Errc::kNotFound, host + ": " + ::gai_strerror(failed));
  std::set<std::string> out;
  for (; found != nullptr; found = found->ai_next) out.insert(text_of(*found->ai_addr));
  return out;
}

}  // namespace

Result<std::string> network_drop_in(const Directory& directory, AgencyId self) {
  std::string out =
      "# Packets to and from this host and the agencies of the directory alone. Made by `jiexu "
      "config harden`;\n# to be made again when the directory changes.\n"
      "[Service]\nIPAddressDeny=any\nIPAddressAllow=localhost\n";
  for (const Agency& agency : directory.agencies()) {
    if (agency.id == self || agency.by_mail) continue;
    const std::string host = host_of(agency.endpoint);
    TRY(const auto addresses, addresses_of(host));
    out += "# " + agency.id.str() + " at " + host + "\n";
    for (const std::string& address : addresses) out += "IPAddressAllow=" + address + "\n";
  }
  return out;
}

}  // namespace jiexu::cli
