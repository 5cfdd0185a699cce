// jiexu directory: the agencies that we exchange with.
#include "daemon/trust/directory.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "ops/cli/directory_file.h"
#include "ops/cli/files.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {

namespace {

int export_own(const Session& session) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  const Agency* own = (*directory)->find(config->agency);
  if (own == nullptr) {
    return report(EX_CONFIG, no_own_entry(*config));
  }
  // Others say for themselves who succeeds us: their directory may lack the successor.
  Agency entry = *own;
  entry.successor.reset();
  print_as_it_is();
  std::cout << to_toml(entry);
  return EX_OK;
}

// The agencies of both, those of `news` in place of older entries with the same code.
Result<std::vector<Agency>> merged(const Directory& old, const Directory& news, bool replace) {
  std::vector<Agency> agencies = old.agencies();
  for (const Agency& agency : news.agencies()) {
    const auto same = std::ranges::find(agencies, agency.id, &Agency::id);
    if (same == agencies.end()) {
      agencies.push_back(agency);
    } else if (replace) {
      const auto successor = agency.successor ? agency.successor : same->successor;
      *same = agency;
      same->successor = successor;
    } else {
      return fail(Errc::kExists,
                  say("{agency} is in the directory already; --replace takes the new entry, once "
                      "you know by another way that it is genuine",
                      {{"agency", agency.id.str()}}));
    }
  }
  return agencies;
}

// The last digit of a bank's line number follows from the others; a payment to a wrong one bounces.
Result<void> check_line_numbers(const Directory& directory) {
  for (const Agency& agency : directory.agencies()) {
    TRY_DO(check_line_number(agency.id.str(), agency.bank.cnaps));
  }
  return {};
}

std::string codes_of(const Directory& directory) {
  std::string out;
  for (const Agency& agency : directory.agencies()) {
    out += (out.empty() ? "" : ", ") + agency.id.str();
  }
  return out;
}

int add(const Session& session, const std::string& file, bool replace) {
  Result<Config> config = session.config();
  const Loaded old = load_directory(session, config);
  if (!old) return report(old.error());
  const Result<std::string> text = read_input(file);
  if (!text) return report(text.error());
  const Loaded news = Directory::parse(*text, file);
  if (!news) return report(news.error());
  if (auto sound = check_line_numbers(**news); !sound) return report(sound.error());
  const Result<std::vector<Agency>> agencies = merged(**old, **news, replace);
  if (!agencies) return report(agencies.error());
  const std::string what = say("The entries of {file} are taken: {agencies}.",
                               {{"file", file}, {"agencies", codes_of(**news)}});
  if (session.dry_run || replace) {
    if (const auto stops = session.stops_at("directory add", what)) return *stops;
  }
  if (Result<void> done = save_directory(*config, *agencies); !done) return report(done.error());
  print_saved(say("{n} added.", {{"n", std::to_string((*news)->agencies().size())}}));
  return EX_OK;
}

std::string not_there(const std::string& code) {
  return say("{agency} is not in the directory", {{"agency", code}});
}

int merge(const Session& session, const std::string& code, const std::string& into,
          const std::string& since) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  const auto id = AgencyId::parse(code);
  const auto next = AgencyId::parse(into);
  const auto day = Date::parse(since);
  if (!id || !next) return report(EX_USAGE, "An agency's code is 'S' and 11 digits.");
  if (!day) return report(EX_USAGE, say("{date}: write the date as YYYY-MM-DD", {{"date", since}}));
  std::vector<Agency> agencies = (*directory)->agencies();
  const auto merged = std::ranges::find(agencies, *id, &Agency::id);
  if (merged == agencies.end()) return report(EX_DATAERR, not_there(code));
  const std::string what = say("From {date} on, what is for {agency} goes to {other}.",
                               {{"date", since}, {"agency", code}, {"other", into}});
  if (const auto stops = session.stops_at("directory merge", what)) return *stops;
  merged->successor = Succession{*next, *day};
  if (Result<void> done = save_directory(*config, agencies); !done) return report(done.error());
  print_saved(what);
  return EX_OK;
}

// Our own entry is what the daemon starts with; and who takes over from others has to stay.
int remove_agency(const Session& session, const std::string& code) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  const auto id = AgencyId::parse(code);
  if (!id) return report(EX_USAGE, "An agency's code is 'S' and 11 digits.");
  if (*id == config->agency) {
    return report(EX_USAGE,
                  "our own entry stays: the daemon does not start without it; "
                  "`jiexu own-entry set` changes it");
  }
  std::vector<Agency> agencies = (*directory)->agencies();
  if (std::erase_if(agencies, [&](const Agency& agency) { return agency.id == *id; }) == 0) {
    return report(EX_NOINPUT, not_there(code));
  }
  const std::string what =
      say("{agency} is taken out of the directory: its messages are refused, and none go to it.",
          {{"agency", code}});
  if (const auto stops = session.stops_at("directory remove", what)) return *stops;
  if (Result<void> done = save_directory(*config, agencies); !done) return report(done.error());
  print_saved(what);
  return EX_OK;
}

std::string succession(const Agency& agency) {
  if (!agency.successor) return "";
  return say("merged into {agency} on {date}",
             {{"agency", agency.successor->agency.str()}, {"date", agency.successor->since.str()}});
}

int list(const Session& session) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  Table table({"CODE", "NAME", "ENDPOINT", "KEYS", "BANK ACCOUNT", ""});
  nlohmann::json json = nlohmann::json::array();
  for (const Agency& agency : (*directory)->agencies()) {
    const bool own = agency.id == config->agency;
    table.add(
        {agency.id.str(), agency.name, agency.endpoint, std::to_string(agency.signing_keys.size()),
         say(agency.bank.account.empty() ? "none" : "yes"), own ? say("own") : succession(agency)});
    json.push_back({{"code", agency.id.str()},
                    {"name", agency.name},
                    {"endpoint", agency.endpoint},
                    {"own", own}});
    if (!agency.successor) continue;
    json.back()["successor"] = agency.successor->agency.str();
    json.back()["successor_since"] = agency.successor->since.str();
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int check_directory(const Session& session) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) {
    return report(directory.error().code == Errc::kInvalid ? EX_CONFIG : EX_NOINPUT,
                  directory.error().text);
  }
  if (auto sound = check_line_numbers(**directory); !sound) {
    return report(EX_CONFIG, sound.error().text);
  }
  const size_t count = (*directory)->agencies().size();
  if (session.json) {
    std::cout << nlohmann::json{{"ok", true}, {"agencies", count}}.dump() << "\n";
    return EX_OK;
  }
  std::cout << say("{file}: ok, {n} agencies",
                   {{"file", config->directory.string()}, {"n", std::to_string(count)}})
            << "\n";
  return EX_OK;
}

}  // namespace

void add_directory(Command app, Session& session) {
  Command group = app.add_command("directory", "The agencies that we exchange with",
                                  "jiexu directory export > ours.toml\n"
                                  "jiexu directory add theirs.toml\n"
                                  "systemctl reload jiexu@NAME\n"
                                  "jiexu peer list");
  group.require_subcommand();
  group
      .add_command("export", "Print our own entry, to hand to others",
                   "jiexu directory export > ours.toml")
      .callback([&session] { session.run = [&session] { return export_own(session); }; });

  Command take_out = group.add_command("remove", "Take an agency out of the directory",
                                       "jiexu directory remove S41132810207");
  const auto gone = std::make_shared<std::string>();
  take_out.add_option("code", *gone, "The agency").required();
  take_out.callback([&session, gone] {
    session.run = [&session, gone] { return remove_agency(session, *gone); };
  });

  Command add_file =
      group.add_command("add", "Add another agency's entry", "jiexu directory add theirs.toml");
  const auto file = std::make_shared<std::string>();
  const auto replace = std::make_shared<bool>(false);
  add_file.add_option("file", *file, "What they exported; - for standard input").required();
  add_file.add_flag("--replace", *replace, "Take the new entry of an agency that is there");
  add_file.callback([&session, file, replace] {
    session.run = [&session, file, replace] { return add(session, *file, *replace); };
  });

  add_agency_by_mail(group, session);

  Command merge_command = group.add_command(
      "merge", "Note that an agency was merged into another one",
      "jiexu directory merge S41132810207 --into S41130010001 --since 2026-12-01");
  const auto code = std::make_shared<std::string>();
  const auto into = std::make_shared<std::string>();
  const auto since = std::make_shared<std::string>();
  merge_command.add_option("code", *code, "The agency that ends").required();
  merge_command.add_option("--into", *into, "Who takes over").required();
  merge_command.add_option("--since", *since, "The first day of that").required();
  merge_command.callback([&session, code, into, since] {
    session.run = [&session, code, into, since] { return merge(session, *code, *into, *since); };
  });

  group.add_command("list", "List them", "jiexu directory list").callback([&session] {
    session.run = [&session] { return list(session); };
  });
  group.add_command("check", "Report every error in the file", "jiexu directory check")
      .callback([&session] { session.run = [&session] { return check_directory(session); }; });
}

}  // namespace jiexu::cli
