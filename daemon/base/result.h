// The three roads for "wrong":
//
//   Rejection  a peer or a person asked for what is not allowed (daemon/cases/refusal.h); answered
//              and recorded, nothing else changes.
//   Result<T>  the environment failed, or input could not be read; the caller retries, reports,
//              or stops.
//   CHECK      our own bug (check.h); the process ends.
//
// No exception crosses a layer: cppzmq, protobuf, RocksDB, Beast and toml++ are caught in the one
// file that uses them and turned into a Result.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace jiexu {

// What kind of failure it was, for code that must act on it. Numbers are never reused.
enum class Errc : int {
  kInvalid = 1,      // input breaks a rule; text says which field and which rule
  kNotFound = 2,     // the thing named does not exist
  kCorrupt = 3,      // stored or received bytes fail a checksum, a signature or a parser
  kIo = 4,           // the disk or the network failed; for a commit: the result is unknown
  kPermission = 5,   // a file's owner or mode, or a caller's right, is not as it must be
  kExists = 6,       // would overwrite something that is there
  kBusy = 7,         // another process holds it (lock), or a bound is reached; try again
  kNoSpace = 8,      // less free disk than the reserve
  kUnsupported = 9,  // version or suite that this build does not speak
};

// A failure and one sentence for a person: what was wrong, where, what to do. Never holds personal
// data, keys or account numbers, because it goes into logs.
struct Error {
  Errc code = Errc::kInvalid;
  std::string text;
};

// A value, or why there is none. It cannot be dropped unseen: a failure that nobody looks at is how
// data is lost.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  using Base = tl::expected<T, Error>;

 public:
  using Base::Base;
  Result() = default;
  Result(const Result&) = default;
  Result(Result&&) = default;
  // Else the copy of one that is not const would be made like one of a T from anything.
  Result(Result& other) : Base(static_cast<const Base&>(other)) {}
  Result(const Base& other) : Base(other) {}
  Result(Base&& other) : Base(std::move(other)) {}
  Result& operator=(const Result&) = default;
  Result& operator=(Result&&) = default;
};

inline tl::unexpected<Error> fail(Errc code, std::string text) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace jiexu

// TRY(const auto x, f()): x is what f() gives; if it gives none, the function that this stands in
// returns its error. Three statements, so not the whole of an `if`. For every tl::expected.
#define TRY(declaration, ...) \
  JIEXU_TRY(JIEXU_JOIN(jiexu_tried_, __COUNTER__), declaration, __VA_ARGS__)
#define JIEXU_TRY(tried, declaration, ...)           \
  auto tried = __VA_ARGS__;                          \
  if (!tried) [[unlikely]]                           \
    return tl::unexpected(std::move(tried).error()); \
  declaration = *std::move(tried)

// The same of what gives nothing but may fail.
#define TRY_DO(...) JIEXU_TRY_DO(JIEXU_JOIN(jiexu_tried_, __COUNTER__), __VA_ARGS__)
#define JIEXU_TRY_DO(tried, ...)                       \
  do {                                                 \
    auto tried = __VA_ARGS__;                          \
    if (!tried) [[unlikely]]                           \
      return tl::unexpected(std::move(tried).error()); \
  } while (false)

#define JIEXU_JOIN_(a, b) a##b
#define JIEXU_JOIN(a, b) JIEXU_JOIN_(a, b)
