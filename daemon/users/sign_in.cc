#include "daemon/users/sign_in.h"

#include <algorithm>

#include "daemon/users/password.h"

namespace jiexu {
namespace {

bool is_right(const Users& users, const std::string& name, const std::string& password) {
  const User* user = users.find_name(name);
  if (user != nullptr && !user->password.empty()) return is_password(user->password, password);
  spend_time_of_password(password);
  return false;
}

}  // namespace

SignIn::~SignIn() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  there_is_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

// REQUIRES: the mutex is held.
void SignIn::start() {
  while (threads_.size() < kThreads) threads_.emplace_back([this] { run(); });
}

SignIn::Waiting SignIn::take_worst() {
  auto worst = waiting_.begin();
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    if (failures_of(*at) >= failures_of(*worst)) worst = at;
  }
  Waiting out = std::move(*worst);
  waiting_.erase(worst);
  pace_.take_back(out.user, out.address);
  return out;
}

void SignIn::ask(std::shared_ptr<const Users> users, std::string user, std::string password,
                 std::string address, Done done) {
  Waiting turned_away;
  {
    std::unique_lock lock(mutex_);
    if (const int64_t wait = pace_.admit(user, address, clock_.steady()); wait > 0) {
      lock.unlock();
      return done(SignInAnswer::kLater, wait);
    }
    start();
    waiting_.push_back({std::move(users), std::move(user), std::move(password), std::move(address),
                        std::move(done)});
    if (waiting_.size() > kWaitingMax) turned_away = take_worst();
  }
  there_is_work_.notify_one();
  if (turned_away.done) turned_away.done(SignInAnswer::kFull, 0);
}

void SignIn::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    there_is_work_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const auto next = std::ranges::min_element(
        waiting_, {}, [this](const Waiting& one) { return failures_of(one); });
    const Waiting one = std::move(*next);
    waiting_.erase(next);
    lock.unlock();
    const bool right = is_right(*one.users, one.user, one.password);
    lock.lock();
    if (right) pace_.succeeded(one.user, one.address);
    lock.unlock();
    one.done(right ? SignInAnswer::kGood : SignInAnswer::kWrong, 0);
    lock.lock();
  }
}

}  // namespace jiexu
