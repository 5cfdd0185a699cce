// jiexu user: who may use the API, and what each may.
#include "daemon/users/users.h"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/base/text.h"
#include "daemon/users/password.h"
#include "daemon/users/user_changes.h"
#include "ops/cli/files.h"
#include "ops/cli/hidden.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Kind = UserChange::Kind;
using Json = nlohmann::json;

constexpr const char* kReload =
    "Send the daemon SIGHUP (systemctl reload jiexu@NAME), and it counts.";
constexpr const char* kAdmin = "admin";
constexpr uint32_t kNoUid = UINT32_MAX;

struct UserOptions {
  std::string name;
  std::string roles;
  uint32_t uid = kNoUid;
  bool replaces = false;
  uint64_t number = 0;
  bool resets = false;
};

// "clerk-in,finance"; clerk is both kinds of clerks. nullopt: one of them is no role.
std::optional<Roles> roles_from(std::string_view text) {
  Roles out;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string one = trim(std::string(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::optional<Role> role = role_from_name(one);
    if (!role && one != "clerk") return std::nullopt;
    for (const Role each : role ? std::vector{*role} : roles_of_earlier(one).all()) out.add(each);
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

std::string in_words(Roles roles) {
  std::string out;
  for (const Role role : roles.all()) {
    if (!out.empty()) out += language() == Language::kChinese ? "、" : ", ";
    out += called("role.", name(role));
  }
  return out;
}

Json to_json(Roles roles) {
  Json out = Json::array();
  for (const Role role : roles.all()) out.push_back(name(role));
  return out;
}

// The file from which this command takes its token by itself.
std::filesystem::path admin_token(const Config& config) {
  return config.users.parent_path() / "admin.token";
}

std::optional<Roles> roles_now(const Config& config, const std::string& name) {
  const auto users = Users::load(config.users);
  const User* user = users ? (*users)->find_name(name) : nullptr;
  return user == nullptr ? std::nullopt : std::optional(user->roles);
}

// Whose change it is; nobody's, where there is no token.
std::string own_token(const Session& session) {
  const Result<Login> login = session.access();
  return login ? login->token : "";
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

int show_token(const Session& session, const Config& config, const ChangedUser& done) {
  const std::string& user = done.change.user;
  if (session.json) {
    std::cout
        << Json{{"name", user}, {"roles", to_json(done.change.roles)}, {"token", done.token}}.dump()
        << "\n";
  } else {
    std::cout << done.token << "\n";
  }
  std::cerr << say("On standard output is the token of {user}; it is shown this once.",
                   {{"user", user}})
            << " " << say(kReload) << "\n";
  const Result<bool> renewed = renew_token_file(config, user, done.token);
  if (!renewed) return report(renewed.error());
  if (*renewed) {
    std::cerr << say("It stands in {file} now, too.", {{"file", admin_token(config).string()}})
              << "\n";
  }
  return EX_OK;
}

int show_password(const Session& session, const ChangedUser& done) {
  if (session.json) {
    std::cout << Json{{"name", done.change.user}, {"password", done.token}}.dump() << "\n";
  } else {
    std::cout << done.token << "\n";
  }
  std::cerr
      << say("On standard output is a password that serves {user} once, to set another one at "
             "the web page.",
             {{"user", done.change.user}})
      << " " << say(kReload) << "\n";
  return EX_OK;
}

// Of a change that is done, or that waits.
int show_changed(const Session& session, const Config& config, const ChangedUser& done) {
  if (done.waits) {
    if (session.json) std::cout << Json{{"number", done.change.number}}.dump() << "\n";
    std::cerr << say("Nothing is changed yet: another security officer approves it, `jiexu user "
                     "approve {number}`.",
                     {{"number", std::to_string(done.change.number)}})
              << "\n";
    return EX_OK;
  }
  if (done.change.kind == Kind::kPassword) return show_password(session, done);
  if (done.change.kind != Kind::kRemove) return show_token(session, config, done);
  std::cerr << say("{user} is removed.", {{"user", done.change.user}}) << " " << say(kReload)
            << "\n";
  return EX_OK;
}

int add(const Session& session, const UserOptions& options) {
  const auto roles = roles_from(options.roles);
  if (!roles) {
    return report(EX_USAGE, say("{given}: no such role; `jiexu user roles` has all of them, and "
                                "several stand with commas between",
                                {{"given", options.roles}}));
  }
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto was = options.replaces ? roles_now(*config, options.name) : std::nullopt;
  if (was || session.dry_run) {
    const std::string what =
        was ? say("The token of {user} ends, and a new one begins.", {{"user", options.name}})
            : say("{user} would be added as {roles}.",
                  {{"user", options.name}, {"roles", in_words(*roles)}});
    if (const auto stops = session.stops_at("user add", what)) return *stops;
  }
  UserChange change{was ? Kind::kReplace : Kind::kAdd, options.name, *roles};
  if (options.uid != kNoUid) change.uid = options.uid;
  const auto done = change_user(config->users, change, own_token(session));
  if (!done) return report(done.error());
  if (was && !done->waits) {
    std::cerr << say("{user} was {old} and is {new}; the token from before ends.",
                     {{"user", options.name}, {"old", in_words(*was)}, {"new", in_words(*roles)}})
              << "\n";
  }
  return show_changed(session, *config, *done);
}

int list_users(const Session& session) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto users = Users::load(config->users);
  if (!users) return report(users.error());
  Table table({"NAME", "ROLES", "UID"});
  Json json = Json::array();
  for (const User& user : (*users)->all()) {
    table.add({user.name, in_words(user.roles), user.uid ? std::to_string(*user.uid) : ""});
    json.push_back({{"name", user.name}, {"roles", to_json(user.roles)}});
    if (user.uid) json.back()["uid"] = *user.uid;
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int remove(const Session& session, const std::string& user) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const std::string what = say("The user {user} is removed, and the token ends.", {{"user", user}});
  if (const auto stops = session.stops_at("user remove", what)) return *stops;
  const auto done = change_user(config->users, {Kind::kRemove, user, {}}, own_token(session));
  return done ? show_changed(session, *config, *done) : report(done.error());
}

int reset_password(const Session& session, const Config& config, const std::string& user) {
  const std::string what =
      say("The password of {user} ends, and one for once begins.", {{"user", user}});
  if (const auto stops = session.stops_at("user password", what)) return *stops;
  const auto done = change_user(config.users, {Kind::kPassword, user, {}}, own_token(session));
  return done ? show_changed(session, config, *done) : report(done.error());
}

int set_password(const Session& session, const UserOptions& options) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  if (options.resets) return reset_password(session, *config, options.name);
  if (session.dry_run) {
    return session.only_says(
        say("{user} would get the password that is typed.", {{"user", options.name}}));
  }
  const std::string typed = read_hidden(say("New password: "));
  if (const auto wrong = wrong_with_password(typed, options.name)) {
    return report(EX_DATAERR, *wrong);
  }
  const bool twice = ::isatty(STDIN_FILENO) != 0;
  if (twice && read_hidden(say("Once more: ")) != typed) {
    return report(EX_DATAERR, "the two are not the same; nothing is changed");
  }
  const auto done =
      set_own_password(config->users, options.name, hash_password(typed), own_token(session));
  if (!done) return report(done.error());
  std::cerr << say("The password of {user} is set.", {{"user", options.name}}) << " "
            << say(kReload) << "\n";
  return EX_OK;
}

// One page: which right each role has.
int show_roles(const Session& session) {
  Table table({"ROLE", "MAY"});
  Json json = Json::array();
  for (uint8_t n = 0; n < kRoleCount; ++n) {
    const auto role = static_cast<Role>(n);
    json.push_back({{"role", name(role)}, {"rights", Json::array()}});
    std::string first(name(role));
    if (const std::string word = called("role.", first); word != first) first += " " + word;
    for (const RightRow& row : rights()) {
      if (!row.roles.has(role)) continue;
      json.back()["rights"].push_back(row.name);
      table.add({std::exchange(first, ""), called("right.", row.name)});
    }
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int list_changes(const Session& session) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto users = Users::load(config->users);
  if (!users) return report(users.error());
  Table table({"NUMBER", "WHAT", "NAME", "ROLES", "UID", "BY"});
  Json json = Json::array();
  for (const UserChange& change : (*users)->waiting()) {
    const std::string uid = change.uid ? std::to_string(*change.uid) : "";
    table.add({std::to_string(change.number), called("userchange.", name(change.kind)), change.user,
               in_words(change.roles), uid, change.by});
    json.push_back({{"number", change.number},
                    {"what", name(change.kind)},
                    {"user", change.user},
                    {"roles", to_json(change.roles)},
                    {"by", change.by}});
    if (change.uid) json.back()["uid"] = *change.uid;
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int approve(const Session& session, uint64_t number) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto users = Users::load(config->users);
  if (!users) return report(users.error());
  for (const UserChange& change : (*users)->waiting()) {
    if (change.number != number) continue;
    const std::string what = say("{by} proposes: {what} {user}, {roles}",
                                 {{"by", change.by},
                                  {"what", called("userchange.", name(change.kind))},
                                  {"user", change.user},
                                  {"roles", in_words(change.roles)}}) +
                             (change.uid ? ", uid " + std::to_string(*change.uid) : "");
    if (const auto stops = session.stops_at("user approve", what)) return *stops;
  }
  const auto done = approve_user_change(config->users, number, own_token(session));
  return done ? show_changed(session, *config, *done) : report(done.error());
}

int drop(const Session& session, uint64_t number) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto done = drop_user_change(config->users, number, own_token(session));
  if (!done) return report(done.error());
  std::cerr << say("It is dropped; nothing is changed.") << "\n";
  return EX_OK;
}

void add_changes(Command group, Session& session, const std::shared_ptr<UserOptions>& options) {
  group
      .add_command("changes", "List changes that wait for a second security officer",
                   "jiexu user changes")
      .callback([&session] { session.run = [&session] { return list_changes(session); }; });
  Command approve_one =
      group.add_command("approve", "Approve a change that another security officer has proposed",
                        "jiexu --token-file li.token user approve 3");
  approve_one.add_option("number", options->number, "As `jiexu user changes` shows it").required();
  approve_one.callback([&session, options] {
    session.run = [&session, options] { return approve(session, options->number); };
  });
  Command drop_one =
      group.add_command("drop", "Take such a change back, or turn it down", "jiexu user drop 3");
  drop_one.add_option("number", options->number, "As `jiexu user changes` shows it").required();
  drop_one.callback([&session, options] {
    session.run = [&session, options] { return drop(session, options->number); };
  });
}

}  // namespace

void add_user(Command app, Session& session) {
  Command group = app.add_command("user", "Who may use the API",
                                  "jiexu user add wang --role clerk-in > wang.token\n"
                                  "chmod 600 wang.token\n"
                                  "systemctl reload jiexu@NAME\n"
                                  "jiexu --token-file wang.token case list");
  group.require_subcommand();
  const auto options = std::make_shared<UserOptions>();

  Command add_one = group.add_command("add", "Add a user and print the token, once",
                                      "jiexu user add wang --role clerk-in,finance");
  add_one.add_option("name", options->name, "1 to 32 of a-z 0-9 - _ .").required();
  add_one
      .add_option("--role", options->roles,
                  "What the user may do; several with commas between (`jiexu user roles`)")
      .required();
  add_one.add_option("--uid", options->uid,
                     "Who asks on the unix socket with this number of the system's is this user");
  add_one.add_flag("--replace", options->replaces,
                   "Give a user who is there another token and other roles");
  add_one.callback([&session, options] {
    session.run = [&session, options] { return add(session, *options); };
  });

  group.add_command("list", "List users and roles", "jiexu user list").callback([&session] {
    session.run = [&session] { return list_users(session); };
  });
  group.add_command("roles", "Say which right each role has", "jiexu user roles")
      .callback([&session] { session.run = [&session] { return show_roles(session); }; });

  Command password_one = group.add_command(
      "password", "Set a user's password for the web page, or give one that serves once",
      "jiexu user password wang --reset");
  password_one.add_option("name", options->name, "Who").required();
  password_one.add_flag("--reset", options->resets,
                        "Print a new one that only serves to set another");
  password_one.callback([&session, options] {
    session.run = [&session, options] { return set_password(session, *options); };
  });

  Command remove_one = group.add_command("remove", "Remove a user", "jiexu user remove wang");
  remove_one.add_option("name", options->name, "Who").required();
  remove_one.callback([&session, options] {
    session.run = [&session, options] { return remove(session, options->name); };
  });
  add_changes(group, session, options);
}

}  // namespace jiexu::cli
