// jiexu user: who may use the API.
#include "daemon/users/users.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr const char* kReload =
    "Send the daemon SIGHUP (systemctl reload jiexu@NAME), and it counts.\n";

int add(const Session& session, const std::string& user, const std::string& role) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const Result<std::string> token = add_user(config->users, user, *role_from_name(role));
  if (!token) return report(token.error());
  std::cout << *token << "\n";
  std::cerr << "The line above is the token of " << user << "; it is shown this once. " << kReload;
  return EX_OK;
}

int list_users(const Session& session) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto users = Users::load(config->users);
  if (!users) return report(users.error());
  Table table({"NAME", "ROLE"});
  nlohmann::json json = nlohmann::json::array();
  for (const User& user : (*users)->all()) {
    table.add({user.name, std::string(name(user.role))});
    json.push_back({{"name", user.name}, {"role", name(user.role)}});
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int remove(const Session& session, const std::string& user) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const Result<void> removed = remove_user(config->users, user);
  if (!removed) return report(removed.error());
  std::cerr << user << " is removed. " << kReload;
  return EX_OK;
}

}  // namespace

void add_user(Command app, Session& session) {
  Command group =
      app.add_command("user", "Who may use the API", "jiexu user add wang --role clerk");
  group.require_subcommand();
  const auto user = std::make_shared<std::string>();
  const auto role = std::make_shared<std::string>();

  Command add_one = group.add_command("add", "Add a user and print the token, once",
                                      "jiexu user add wang --role clerk");
  add_one.add_option("name", *user, "1 to 32 of a-z 0-9 - _ .").required();
  add_one.add_option("--role", *role, "What the user may do")
      .required()
      .one_of({"inquirer", "auditor", "clerk", "system", "reviewer", "operator"});
  add_one.callback([&session, user, role] {
    session.run = [&session, user, role] { return add(session, *user, *role); };
  });

  group.add_command("list", "List users and roles", "jiexu user list").callback([&session] {
    session.run = [&session] { return list_users(session); };
  });

  Command remove_one = group.add_command("remove", "Remove a user", "jiexu user remove wang");
  remove_one.add_option("name", *user, "Who").required();
  remove_one.callback(
      [&session, user] { session.run = [&session, user] { return remove(session, *user); }; });
}

}  // namespace jiexu::cli
