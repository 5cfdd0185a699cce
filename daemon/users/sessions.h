// Sessions of the web console: who sits at a browser, without a token in it.
//
// A session begins by a password (sign_in.h), or by a link: whoever has a token asks for one, and
// the page that opens it hands its secret in, once, within a minute. Then two secrets go with each
// request, neither without the other: a cookie, which no script reads, and a key, which the page
// keeps. A browser sends a cookie to every port of a host, so to all agencies on it; what a page
// keeps belongs to one port alone. So a cookie that another program on this host has seen is of no
// use, and neither is what a script could steal. A foreign page cannot send the key.
//
// A session ends when it is ended, when nobody has used it for two hours, and after twelve hours
// whatever happens: a working day. A page that is open is use; the desk's own lock guards the desk.
// It also ends when its user is removed or gets another token or password; and all end with the
// daemon: nothing of them is on the disk, so that a copy of it signs nobody in.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/users/users.h"

namespace jiexu {

class Sessions {
 public:
  static constexpr int64_t kLinkMs = 60'000;
  static constexpr int64_t kIdleMs = int64_t{2} * 3600 * 1000;
  static constexpr int64_t kLongestMs = int64_t{12} * 3600 * 1000;
  // Of one user, each; one more and the longest unused ends.
  static constexpr size_t kLinksMax = 8;
  static constexpr size_t kSessionsMax = 32;

  // The secret of a link for the user.
  std::string make_link(const User& user, Steady now);

  struct Begun {
    std::string cookie;
    std::string key;
    User user;
  };
  // Of a user who has given his password.
  Begun begin_for(const User& user, Steady now);
  // nullopt: there is no such link any more, or its user is not among `users` as he was.
  std::optional<Begun> begin(std::string_view link, const Users& users, Steady now);

  struct Found {
    User user;
    int64_t left_ms = 0;  // until it ends if it is used
  };
  // Uses the session; nullopt: there is none.
  std::optional<Found> find(std::string_view cookie, std::string_view key, const Users& users,
                            Steady now);
  void end(std::string_view cookie);

 private:
  struct Entry {
    std::string user;
    Digest credential{};  // of the user, when it was made
    Digest key{};         // its hash; of a link: nothing
    Steady began;
    Steady used;
  };
  // By the hash of the secret: what is looked up tells nothing by the time that it takes.
  using Entries = std::map<Digest, Entry>;

  Begun put(const User& user, Steady now);
  static const User* user_of(const Entry& entry, const Users& users);
  static void make_room(Entries& among, const std::string& user, size_t most);
  void forget_ended(Steady now);

  std::mutex mutex_;
  Entries links_;
  Entries sessions_;
};

}  // namespace jiexu
