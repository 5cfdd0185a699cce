#include "daemon/users/sessions.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr size_t kSecretBytes = 32;

std::string new_secret() {
  return to_hex(random_bytes(kSecretBytes));
}

}  // namespace

const User* Sessions::user_of(const Entry& entry, const Users& users) {
  const User* user = users.find_name(entry.user);
  return user != nullptr && credential_of(*user) == entry.credential ? user : nullptr;
}

void Sessions::make_room(Entries& among, const std::string& user, size_t most) {
  const auto his = [&](const auto& one) { return one.second.user == user; };
  while (static_cast<size_t>(std::ranges::count_if(among, his)) >= most) {
    auto oldest = among.end();
    for (auto at = among.begin(); at != among.end(); ++at) {
      if (!his(*at)) continue;
      if (oldest == among.end() || at->second.used < oldest->second.used) oldest = at;
    }
    among.erase(oldest);
  }
}

void Sessions::forget_ended(Steady now) {
  std::erase_if(links_, [&](const auto& one) { return one.second.began.plus_ms(kLinkMs) <= now; });
  std::erase_if(sessions_, [&](const auto& one) {
    const Entry& session = one.second;
    return session.used.plus_ms(kIdleMs) <= now || session.began.plus_ms(kLongestMs) <= now;
  });
}

std::string Sessions::make_link(const User& user, Steady now) {
  std::string secret = new_secret();
  const std::lock_guard lock(mutex_);
  forget_ended(now);
  make_room(links_, user.name, kLinksMax);
  links_[sha256(secret)] = {user.name, credential_of(user), {}, now, now};
  return secret;
}

std::optional<Sessions::Begun> Sessions::begin(std::string_view link, const Users& users,
                                               Steady now) {
  const std::lock_guard lock(mutex_);
  forget_ended(now);
  const auto spent = links_.extract(sha256(link));
  const User* user = spent.empty() ? nullptr : user_of(spent.mapped(), users);
  return user == nullptr ? std::nullopt : std::optional(put(*user, now));
}

Sessions::Begun Sessions::begin_for(const User& user, Steady now) {
  const std::lock_guard lock(mutex_);
  forget_ended(now);
  return put(user, now);
}

// REQUIRES: the mutex is held.
Sessions::Begun Sessions::put(const User& user, Steady now) {
  Begun begun{new_secret(), new_secret(), user};
  make_room(sessions_, user.name, kSessionsMax);
  sessions_[sha256(begun.cookie)] = {user.name, credential_of(user), sha256(begun.key), now, now};
  return begun;
}

std::optional<Sessions::Found> Sessions::find(std::string_view cookie, std::string_view key,
                                              const Users& users, Steady now) {
  const std::lock_guard lock(mutex_);
  forget_ended(now);
  const auto found = sessions_.find(sha256(cookie));
  if (found == sessions_.end()) return std::nullopt;
  Entry& session = found->second;
  const Digest given = sha256(key);
  if (CRYPTO_memcmp(session.key.data(), given.data(), given.size()) != 0) return std::nullopt;
  const User* user = user_of(session, users);
  if (user == nullptr) {
    sessions_.erase(found);
    return std::nullopt;
  }
  session.used = now;
  return Found{*user, session.began.ms + kLongestMs - now.ms};
}

void Sessions::end(std::string_view cookie) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(sha256(cookie));
}

}  // namespace jiexu
