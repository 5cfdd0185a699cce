// What cannot be taken back: one table of the commands that do such things. Each has --yes and
// --dry-run, and asks on a terminal before it does anything (Session::stops_at()).
#pragma once

#include <span>
#include <string_view>

#include "ops/cli/session.h"

namespace jiexu::cli {

// What becomes of it where nobody can be asked, in a pipe or a script, without --yes.
enum class Unasked : unsigned char {
  kDone,     // a second person looks at it too, or who calls has said by a digest what he saw
  kRefused,  // nobody else does
};

struct FinalAct {
  std::string_view command;  // the words that lead to it
  Unasked unasked = Unasked::kDone;
};

std::span<const FinalAct> final_acts();
// nullptr: what the command does can be taken back.
const FinalAct* find_final_act(std::string_view command);

// --yes and --dry-run of all of them. REQUIRES: `app` has the commands.
void add_consents(Command app, Session& session);

}  // namespace jiexu::cli
