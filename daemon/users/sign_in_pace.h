// How fast passwords may be tried: slower with each failure, and never locked by failures alone.
//
//   * An address has three tries at a user. After that each failure doubles how long the next one
//     waits, from a second to a minute.
//   * An address has ten failures, whoever the users are, and gets another one every six seconds.
//   * Beyond an address's first three tries, all addresses together have twenty failures at a user,
//     and one more every six seconds. So whoever guesses from many addresses is slow, and the user
//     himself, who comes from another one, has his three tries whatever they do.
//
// A try counts as failed when it is admitted, so that many at once are not one; success takes it
// back, and forgets what that address did wrong with that user. What is an hour old is forgotten,
// and so is the oldest when there are too many.
//
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/base/time.h"

namespace jiexu {

class SignInPace {
 public:
  static constexpr int kFreeTries = 3;
  static constexpr int64_t kFirstWaitMs = 1'000;
  static constexpr int64_t kLongestWaitMs = 60'000;
  static constexpr double kOfAddress = 10;
  static constexpr double kOfUser = 20;
  static constexpr int64_t kAnotherMs = 6'000;
  static constexpr int64_t kForgottenMs = 3'600'000;
  static constexpr size_t kKnownMax = 10'000;  // pairs, addresses and users, each

  // 0: the try is admitted, and counts as failed until succeeded(). Else how long to wait.
  int64_t admit(const std::string& user, const std::string& address, Steady now);
  void succeeded(const std::string& user, const std::string& address);
  // It was not tried after all.
  void take_back(const std::string& user, const std::string& address);
  // Of the address, of late: whom to serve last.
  double failures(const std::string& address, Steady now) const;

 private:
  struct Tries {
    int count = 0;
    Steady last;
  };
  struct Bucket {
    double failures = 0;
    Steady at;
  };
  template <class Known>
  static void forget(Known& known, Steady Known::mapped_type::*when, Steady now);
  static double left_of(const Bucket& bucket, Steady now);
  static int64_t wait_of(const Bucket& bucket, double most, Steady now);
  static void fail(Bucket& bucket, Steady now);
  void forgive_one(const std::string& user, const std::string& address);

  std::map<std::pair<std::string, std::string>, Tries> pairs_;
  std::map<std::string, Bucket> addresses_;
  std::map<std::string, Bucket> users_;
};

}  // namespace jiexu
