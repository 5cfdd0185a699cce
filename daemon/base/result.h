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

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string text) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace jiexu
