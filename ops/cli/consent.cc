#include "ops/cli/consent.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

constexpr FinalAct kFinalActs[] = {
    // Leaves for the other agency.
    {"case do"},
    {"case approve"},
    {"case submit"},
    {"case key-paper"},
    {"mail sent"},
    {"quarantine approve"},
    {"certificate issue"},
    // Money.
    {"bank import"},
    {"bank add"},
    {"bank approve"},
    {"bank approve-take"},
    {"remit approve"},
    {"remit export"},
    {"remit report"},
    {"remit approve-release"},
    {"remit confirm-payee"},
    // The store, and who takes part.
    {"store approve-confirm"},
    {"store accept-loss", Unasked::kRefused},
    {"directory add"},
    {"directory remove", Unasked::kRefused},
    {"directory merge", Unasked::kRefused},
    {"user add"},
    {"user approve"},
    {"user password"},
    {"user remove", Unasked::kRefused},
};

bool is_yes(const std::string& answer) {
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "是";
}

}  // namespace

std::span<const FinalAct> final_acts() {
  return kFinalActs;
}

const FinalAct* find_final_act(std::string_view command) {
  const auto* found = std::ranges::find(kFinalActs, command, &FinalAct::command);
  return found == std::end(kFinalActs) ? nullptr : found;
}

void add_consents(Command app, Session& session) {
  for (const FinalAct& act : kFinalActs) {
    Command command = app.find_command(act.command);
    command.add_flag("--yes", session.yes, "Ask nobody before it is done");
    command.add_flag("--dry-run", session.dry_run, "Say what would be done, and do nothing");
  }
}

bool Session::has_terminal() const {
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
}

bool Session::wants_to_know() const {
  return dry_run || (!yes && has_terminal());
}

int Session::only_says(const std::string& what) const {
  if (json) {
    std::cout << nlohmann::json{{"done", false}, {"would", what}}.dump() << "\n";
  } else {
    std::cout << what << "\n" << say("Nothing was done: --dry-run.") << "\n";
  }
  return EX_OK;
}

std::optional<int> Session::stops_at(std::string_view command, const std::string& what) const {
  const FinalAct* act = find_final_act(command);
  CHECK(act != nullptr);
  if (dry_run) return only_says(what);
  if (yes) return std::nullopt;
  if (!has_terminal()) {
    if (act->unasked == Unasked::kDone) return std::nullopt;
    return report(EX_USAGE, what + "\n" +
                                say("It cannot be taken back, and there is no terminal on which to "
                                    "ask: add --yes."));
  }
  std::cerr << what << "\n" << say("It cannot be taken back. Go on? [y/N] ") << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (is_yes(trim(answer))) return std::nullopt;
  return report(EX_USAGE, say("Nothing was done."));
}

}  // namespace jiexu::cli
