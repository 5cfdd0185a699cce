// Whether a password is that of a user: two hashes at a time, on threads of their own, with twenty
// that wait. Who has failed least of late is served first, and when too many wait the one whose
// address has failed most is turned away: so a flood of guesses leaves others' signing in alone.
// How fast one may try: sign_in_pace.h.
//
// Threads: ask() from any, and never waits; `done` is called once, on a thread of this object's or,
// for kLater and kFull, on the one that asks. What is queued when the object ends is not answered.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/users/sign_in_pace.h"
#include "daemon/users/users.h"

namespace jiexu {

enum class SignInAnswer : uint8_t {
  kGood,
  kWrong,  // the password, or there is no such user, or he has none
  kLater,  // too many failures: after `wait_ms`
  kFull,   // too many at once
};

class SignIn {
 public:
  static constexpr size_t kThreads = 2;
  static constexpr size_t kWaitingMax = 20;

  using Done = std::function<void(SignInAnswer answer, int64_t wait_ms)>;

  explicit SignIn(const Clock& clock) : clock_(clock) {}
  ~SignIn();
  SignIn(const SignIn&) = delete;
  SignIn& operator=(const SignIn&) = delete;

  // `address`: where he asks from. `users`: those of now.
  void ask(std::shared_ptr<const Users> users, std::string user, std::string password,
           std::string address, Done done);

 private:
  struct Waiting {
    std::shared_ptr<const Users> users;
    std::string user;
    std::string password;
    std::string address;
    Done done;
  };

  void start();
  void run();
  // The one whose address has failed most, the latest of several. REQUIRES: the mutex is held.
  Waiting take_worst();
  double failures_of(const Waiting& one) const {
    return pace_.failures(one.address, clock_.steady());
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable there_is_work_;
  SignInPace pace_;
  std::vector<Waiting> waiting_;  // in the order in which they came
  bool ending_ = false;
  std::vector<std::thread> threads_;  // from the first password on
};

}  // namespace jiexu
