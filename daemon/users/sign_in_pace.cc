#include "daemon/users/sign_in_pace.h"

#include <algorithm>
#include <cmath>

namespace jiexu {

double SignInPace::left_of(const Bucket& bucket, Steady now) {
  const double back = static_cast<double>(now.ms - bucket.at.ms) / static_cast<double>(kAnotherMs);
  return std::max(0.0, bucket.failures - back);
}

int64_t SignInPace::wait_of(const Bucket& bucket, double most, Steady now) {
  const double over = left_of(bucket, now) + 1 - most;
  return over <= 0 ? 0 : static_cast<int64_t>(std::ceil(over * static_cast<double>(kAnotherMs)));
}

void SignInPace::fail(Bucket& bucket, Steady now) {
  bucket = {left_of(bucket, now) + 1, now};
}

template <class Known>
void SignInPace::forget(Known& known, Steady Known::mapped_type::*when, Steady now) {
  if (known.size() < kKnownMax) return;
  std::erase_if(known,
                [&](const auto& one) { return (one.second.*when).plus_ms(kForgottenMs) <= now; });
  if (known.size() < kKnownMax) return;
  known.erase(
      std::ranges::min_element(known, {}, [&](const auto& one) { return (one.second.*when).ms; }));
}

int64_t SignInPace::admit(const std::string& user, const std::string& address, Steady now) {
  forget(pairs_, &Tries::last, now);
  forget(addresses_, &Bucket::at, now);
  forget(users_, &Bucket::at, now);
  Tries& tries = pairs_[{user, address}];
  if (tries.count > 0 && tries.last.plus_ms(kForgottenMs) <= now) tries = {};
  Bucket& of_address = addresses_.try_emplace(address, Bucket{0, now}).first->second;
  Bucket& of_user = users_.try_emplace(user, Bucket{0, now}).first->second;
  int64_t wait = wait_of(of_address, kOfAddress, now);
  if (tries.count >= kFreeTries) {
    const int doublings = std::min(tries.count - kFreeTries, 6);
    const int64_t own = std::min(kFirstWaitMs << doublings, kLongestWaitMs);
    wait = std::max({wait, tries.last.ms + own - now.ms, wait_of(of_user, kOfUser, now)});
  }
  if (wait > 0) return wait;
  tries = {tries.count + 1, now};
  fail(of_address, now);
  fail(of_user, now);
  return 0;
}

void SignInPace::forgive_one(const std::string& user, const std::string& address) {
  for (auto [known, key] : {std::pair{&addresses_, &address}, std::pair{&users_, &user}}) {
    const auto found = known->find(*key);
    if (found != known->end()) found->second.failures = std::max(0.0, found->second.failures - 1);
  }
}

void SignInPace::succeeded(const std::string& user, const std::string& address) {
  pairs_.erase({user, address});
  forgive_one(user, address);
}

void SignInPace::take_back(const std::string& user, const std::string& address) {
  const auto found = pairs_.find({user, address});
  if (found != pairs_.end()) found->second.count = std::max(0, found->second.count - 1);
  forgive_one(user, address);
}

double SignInPace::failures(const std::string& address, Steady now) const {
  const auto found = addresses_.find(address);
  return found == addresses_.end() ? 0 : left_of(found->second, now);
}

}  // namespace jiexu
