#include "ops/cli/hidden.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "daemon/base/text.h"

namespace jiexu::cli {
namespace {

// How the terminal was before a secret is typed, for who ends the command by Ctrl-C meanwhile.
termios shown_before;

void show_again_and_end(int signal) {
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_before);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

}  // namespace

std::string read_hidden(const std::string& question) {
  const bool terminal =
      ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &shown_before) == 0;
  if (terminal) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, show_again_and_end);
    termios hidden = shown_before;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // Before the question: what comes between the two would be shown, and then thrown away.
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::cerr << question << std::flush;
  }
  std::string typed;
  std::getline(std::cin, typed);
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_before);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    std::cerr << "\n";
  }
  return trim(typed);
}

}  // namespace jiexu::cli
