// The connections that are open, and which of them goes when another one comes. Places are counted
// apart for those that have shown a token and for strangers, so that strangers take no place of
// users, and the newest stranger always gets one: whoever asks at once is served, whoever waits
// makes room. Addresses count for nothing, as behind a proxy all are one.
//
// Used on the server's thread only.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>

namespace jiexu {

class HttpConnections {
 public:
  struct Bounds {
    size_t strangers = 0;
    size_t users = 0;
    size_t of_one_user = 0;
  };
  // What a connection does. One that is worked for has asked in time and is never the one to go.
  enum class Does { kWait, kWork, kWrite };

  class Place;
  explicit HttpConnections(Bounds bounds) : bounds_(bounds) {}
  HttpConnections(const HttpConnections&) = delete;
  HttpConnections& operator=(const HttpConnections&) = delete;

  // Before a stranger's Place is made. False: all that are there are being worked for.
  bool admits_stranger() { return make_room(strangers_, bounds_.strangers, nullptr); }
  size_t count() const { return strangers_.size() + users_.size(); }

 private:
  struct Entry {
    std::function<void()> close;
    std::string user;  // empty: a stranger
    Does does = Does::kWait;
  };
  using Entries = std::list<Entry>;  // the longest unmoved first

  bool make_room(Entries& among, size_t bound, const std::string* of);

  const Bounds bounds_;
  Entries strangers_;
  Entries users_;
};

// A connection's place among them, from its first byte to its last.
class HttpConnections::Place {
 public:
  // `close` ends the connection, later: not within a call of this class.
  Place(HttpConnections& all, std::function<void()> close);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void does(Does what);
  // A request with a user's token has come; empty: one without, which changes nothing. False: there
  // is no room for it.
  bool belongs_to(const std::string& user);
  bool is_strange() const { return at_->user.empty(); }

 private:
  Entries& mine() { return is_strange() ? all_.strangers_ : all_.users_; }

  HttpConnections& all_;
  Entries::iterator at_;
};

}  // namespace jiexu
