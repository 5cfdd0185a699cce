// jiexu console: into the daemon's web page.
#include <iostream>

#include "jiexu/v1/console.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

std::string base_url(const Endpoint& endpoint) {
  const std::string& host = endpoint.host;
  const bool bracketed = host.find(':') != std::string::npos;
  return "http://" + (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port);
}

// The link alone on standard output, so that a script can hand it to a browser.
int open_console(const Session& session) {
  const Result<Login> login = session.access();
  if (!login) return report(login.error());
  return session.show("POST", "/v1/console/links", "", [&](const std::string& body) {
    v1::ConsoleLinkView link;
    if (!from_json(body, &link)) return;
    std::cout << base_url(login->endpoint) << link.path() << std::endl;
    std::cerr << say("Open it in a browser on this machine. It signs in once, within {n} s.",
                     {{"n", std::to_string(link.seconds())}})
              << "\n";
  });
}

}  // namespace

void add_console(Command app, Session& session) {
  Command group = app.add_command("console", "The daemon's web page", "jiexu console open");
  group.require_subcommand();
  group.add_command("open", "Print a link that signs you in at the web page", "jiexu console open")
      .callback([&session] { session.run = [&session] { return open_console(session); }; });
}

}  // namespace jiexu::cli
