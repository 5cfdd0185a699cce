// jiexu user: who may use the API.
#include "daemon/users/users.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "ops/cli/files.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr const char* kReload =
    "Send the daemon SIGHUP (systemctl reload jiexu@NAME), and it counts.";
constexpr const char* kAdmin = "admin";

// The file from which this command takes its token by itself.
std::filesystem::path admin_token(const Config& config) {
  return config.users.parent_path() / "admin.token";
}

std::optional<Role> role_of(const Config& config, const std::string& name) {
  const auto users = Users::load(config.users);
  if (!users) return std::nullopt;
  for (const User& user : (*users)->all()) {
    if (user.name == name) return user.role;
  }
  return std::nullopt;
}

// A new token of the user whose token stands in a file has to stand there, or the next command
// would be nobody's.
Result<bool> renew_token_file(const Config& config, const std::string& user,
                              const std::string& token) {
  const std::filesystem::path file = admin_token(config);
  if (user != kAdmin || !std::filesystem::exists(file)) return false;
  TRY_DO(replace_secret_file(file, token + "\n"));
  return true;
}

int add(const Session& session, const std::string& user, const std::string& role, bool replaces) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto was = replaces ? role_of(*config, user) : std::nullopt;
  if (was || session.dry_run) {
    const auto stops = session.stops_at(
        "user add", was ? say("The token of {user} ends, and a new one begins.", {{"user", user}})
                        : say("{user} would be added as {role}.",
                              {{"user", user}, {"role", called("role.", role)}}));
    if (stops) return *stops;
  }
  const Result<std::string> token = was ? replace_user(config->users, user, *role_from_name(role))
                                        : add_user(config->users, user, *role_from_name(role));
  if (!token) return report(token.error());
  if (session.json) {
    std::cout << nlohmann::json{{"name", user}, {"role", role}, {"token", *token}}.dump() << "\n";
  } else {
    std::cout << *token << "\n";
  }
  if (was) {
    std::cerr << say("{user} was {old} and is {new}; the token from before ends.",
                     {{"user", user},
                      {"old", called("role.", name(*was))},
                      {"new", called("role.", role)}})
              << "\n";
  }
  std::cerr << say("On standard output is the token of {user}; it is shown this once.",
                   {{"user", user}})
            << " " << say(kReload) << "\n";
  const Result<bool> renewed = renew_token_file(*config, user, *token);
  if (!renewed) return report(renewed.error());
  if (*renewed) {
    std::cerr << say("It stands in {file} now, too.", {{"file", admin_token(*config).string()}})
              << "\n";
  }
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
    table.add({user.name, called("role.", name(user.role))});
    json.push_back({{"name", user.name}, {"role", name(user.role)}});
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int remove(const Session& session, const std::string& user) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const std::string what = say("The user {user} is removed, and the token ends.", {{"user", user}});
  if (const auto stops = session.stops_at("user remove", what)) return *stops;
  const Result<void> removed = remove_user(config->users, user);
  if (!removed) return report(removed.error());
  std::cerr << say("{user} is removed.", {{"user", user}}) << " " << say(kReload) << "\n";
  return EX_OK;
}

}  // namespace

void add_user(Command app, Session& session) {
  Command group = app.add_command("user", "Who may use the API",
                                  "jiexu user add wang --role clerk > wang.token\n"
                                  "chmod 600 wang.token\n"
                                  "systemctl reload jiexu@NAME\n"
                                  "jiexu --token-file wang.token case list");
  group.require_subcommand();
  const auto user = std::make_shared<std::string>();
  const auto role = std::make_shared<std::string>();

  Command add_one = group.add_command("add", "Add a user and print the token, once",
                                      "jiexu user add wang --role clerk");
  add_one.add_option("name", *user, "1 to 32 of a-z 0-9 - _ .").required();
  add_one.add_option("--role", *role, "What the user may do")
      .required()
      .one_of({"inquirer", "auditor", "clerk", "system", "reviewer", "operator"});
  const auto replaces = std::make_shared<bool>(false);
  add_one.add_flag("--replace", *replaces, "Give a user who is there another token and role");
  add_one.callback([&session, user, role, replaces] {
    session.run = [&session, user, role, replaces] {
      return add(session, *user, *role, *replaces);
    };
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
