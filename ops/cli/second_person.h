// What one person proposes and another approves, apart from the actions of a case: of bank lines,
// of files that are held, of payments, of the store. All are proposed, approved and dropped alike:
// who approves has seen what it is, and names the first digits of what was shown; what is sent is
// the whole digest, so that exactly that is approved or nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/base/result.h"
#include "ops/cli/session.h"

namespace jiexu::cli {

// What waits for a second person now.
struct Waiting {
  std::string thing;    // its whole name, for the daemon
  std::string content;  // the digest of what was proposed; empty: nothing waits
  std::string what;     // in words, of one line or several
};

struct SecondPerson {
  std::string group;       // "bank"
  std::string act;         // "take": approve-take, retract-take; empty: approve, retract
  std::string place;       // what the argument is called; empty: there is only one thing
  std::string place_help;  // a sentence of the catalogue
  std::string example;     // what the argument is in an example
  bool can_retract = true;
  std::function<Result<Waiting>(const std::string& thing)> find;
  // Sends `body` to ".../approve" or ".../retract", and returns the exit code.
  std::function<int(const std::string& thing, const std::string& how, const std::string& body)>
      send;
};

// The commands that approve and drop it.
void add_second_person(Command group, Session& session, const SecondPerson& of);

// --note of a command that proposes.
void add_note(Command command, std::string& note);

// The digits that a person types are the first 8 or more of what was shown. nullopt: they are those
// of `whole`; else the exit code. `look`: the command that shows it.
std::optional<int> differs(const std::string& given, const std::string& whole,
                           const std::string& look);

// So much of a digest as is shown, and must be typed.
std::string shown_digits(const std::string& digest);

}  // namespace jiexu::cli
