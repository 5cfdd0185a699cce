// jiexu completion, manual: what shells and man(1) are told of all commands.
#include <iostream>

#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {

void add_shells(Command app, Session& session, const CommandLine& line) {
  Command completion =
      app.add_command("completion", "Print what completes command lines in a shell",
                      "jiexu completion bash > /etc/bash_completion.d/jiexu\n"
                      "jiexu completion zsh > /usr/share/zsh/vendor-completions/_jiexu\n"
                      "jiexu completion fish > /etc/fish/completions/jiexu.fish");
  const auto shell = std::make_shared<std::string>();
  completion.add_option("shell", *shell, "bash, zsh or fish")
      .required()
      .one_of({"bash", "zsh", "fish"});
  completion.callback([&session, &line, shell] {
    session.run = [&line, shell] {
      print_as_it_is();
      std::cout << line.completion(*shell);
      return EX_OK;
    };
  });
  app.add_command("manual", "Print the manual of all commands, for man",
                  "jiexu manual > /usr/share/man/man1/jiexu.1\n"
                  "jiexu --lang zh manual > /usr/share/man/zh_CN/man1/jiexu.1")
      .callback([&session, &line] {
        session.run = [&line] {
          print_as_it_is();
          std::cout << line.manual();
          return EX_OK;
        };
      });
}

}  // namespace jiexu::cli
