// jiexu own-entry: what others are told of this agency.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "ops/cli/agency_fields.h"
#include "ops/cli/directory_file.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

// A value for each field, and whether it was given.
struct EntryOptions {
  std::string values[std::size(kAgencyFields)];
  std::vector<Option> options;
};

std::string bare(const AgencyField& field) {
  return std::string(field.option).substr(2);
}

int show_entry(const Session& session) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  const Agency* own = (*directory)->find(config->agency);
  if (own == nullptr) return report(EX_CONFIG, no_own_entry(*config));
  Agency entry = *own;
  Table table({"FIELD", "VALUE"});
  nlohmann::json json = {{"code", entry.id.str()}};
  for (const AgencyField& field : kAgencyFields) {
    table.add({say(field.help) + " (" + field.option + ")", field.of(entry)});
    json[bare(field)] = field.of(entry);
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return EX_OK;
}

int set_entry(const Session& session, const EntryOptions& given) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  std::vector<Agency> agencies = (*directory)->agencies();
  const auto own = std::ranges::find(agencies, config->agency, &Agency::id);
  if (own == agencies.end()) return report(EX_CONFIG, no_own_entry(*config));
  std::string what;
  for (size_t i = 0; i < std::size(kAgencyFields); ++i) {
    if (!given.options[i].given()) continue;
    std::string& value = kAgencyFields[i].of(*own);
    what += say("{field}: \"{old}\" becomes \"{new}\".",
                {{"field", kAgencyFields[i].option}, {"old", value}, {"new", given.values[i]}}) +
            "\n";
    value = given.values[i];
  }
  if (what.empty()) return report(EX_USAGE, "say what is to change, such as --phone NUMBER");
  if (auto right = check_line_number("--bank-cnaps", own->bank.cnaps); !right) {
    return report(right.error());
  }
  if (session.dry_run) return session.only_says(what);
  if (Result<void> done = save_directory(*config, agencies); !done) return report(done.error());
  print_saved(what);
  std::cerr << say("The others know it when you give them: {command}",
                   {{"command", session.command() + " directory export"}})
            << "\n";
  return EX_OK;
}

}  // namespace

void add_own_entry(Command app, Session& session) {
  Command group = app.add_command("own-entry", "What other agencies are told of this one",
                                  "jiexu own-entry set --phone 0377-63131820\n"
                                  "systemctl reload jiexu@NAME\n"
                                  "jiexu directory export > ours.toml");
  group.require_subcommand();
  group.add_command("show", "Show it", "jiexu own-entry show").callback([&session] {
    session.run = [&session] { return show_entry(session); };
  });
  Command set = group.add_command("set", "Change some of it; keys stay as they are",
                                  "jiexu own-entry set --contact Wang --phone 0377-63131820");
  const auto given = std::make_shared<EntryOptions>();
  for (size_t i = 0; i < std::size(kAgencyFields); ++i) {
    given->options.push_back(
        set.add_option(kAgencyFields[i].option, given->values[i], kAgencyFields[i].help));
  }
  set.add_flag("--dry-run", session.dry_run, "Say what would be done, and do nothing");
  set.callback([&session, given] {
    session.run = [&session, given] { return set_entry(session, *given); };
  });
}

}  // namespace jiexu::cli
