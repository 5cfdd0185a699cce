// jiexu calendar, check: what can be judged without a daemon.
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/calendar_folder.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/cnaps.h"
#include "daemon/rules/letter_number.h"
#include "ops/cli/files.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

// With the newer texts of the agency, if there is one here.
Result<std::shared_ptr<const Calendar>> calendar_in_use(const Session& session) {
  const Result<Config> config = session.config();
  if (config) return load_calendar(config->calendars);
  if (!session.config_file.empty()) return tl::unexpected(config.error());
  return std::make_shared<const Calendar>(Calendar::shipped());
}

int load_text(const Session& session, const std::string& file) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const Result<std::string> text = read_input(file);
  if (!text) return report(text.error());
  auto year = parse_calendar(*text);
  if (!year) return report(EX_DATAERR, file + ": " + year.error().text);
  const auto loaded = load_calendar(config->calendars);
  if (!loaded) return report(loaded.error());
  Calendar calendar = **loaded;
  const std::string before = calendar.edition();
  const std::string name = std::to_string(year->year) + ".txt";
  if (auto added = calendar.add(std::move(*year)); !added) {
    return report(EX_DATAERR, file + ": " + added.error().text);
  }
  if (calendar.edition() == before) {
    std::cerr << say("This version, or a higher one, is loaded already: {edition}",
                     {{"edition", before}})
              << "\n";
    return EX_OK;
  }
  std::error_code error;
  std::filesystem::create_directories(config->calendars, error);
  if (error) return report(EX_CANTCREAT, config->calendars.string() + ": " + error.message());
  if (auto done = replace_file(config->calendars / name, *text); !done) return report(done.error());
  std::cerr
      << say("Loaded: {edition}. Send the daemon SIGHUP (systemctl reload jiexu@NAME), and open "
             "deadlines move.",
             {{"edition", calendar.edition()}})
      << "\n";
  return EX_OK;
}

int print_due(const Session& session, const std::string& start, int days) {
  const std::optional<Date> date = Date::parse(start);
  if (!date) {
    return report(EX_DATAERR, say("{date}: write the date as YYYY-MM-DD", {{"date", start}}));
  }
  const auto loaded = calendar_in_use(session);
  if (!loaded) return report(loaded.error());
  const Calendar& calendar = **loaded;
  const std::optional<Date> due = calendar.due(*date, days);
  if (!due) {
    return report(
        EX_DATAERR,
        say("not known: the term ends in a year whose calendar is not loaded; when its notice is "
            "out, `jiexu calendar load YEAR.txt` (loaded: {edition})",
            {{"edition", calendar.edition()}}));
  }
  if (session.json) {
    std::cout << nlohmann::json{{"start", start},
                                {"working_days", days},
                                {"due", due->str()},
                                {"calendar", calendar.edition()}}
                     .dump()
              << "\n";
  } else {
    std::cout << due->str() << "\n";
  }
  return EX_OK;
}

// Empty if `value` follows the rules of its kind.
std::string wrong_with(const std::string& kind, const std::string& value) {
  if (kind == "id") {
    const auto id = CitizenId::parse(value, date_of(SystemClock().now()));
    return id ? "" : std::string(describe(id.error()));
  }
  if (kind == "bank") {
    const auto number = parse_cnaps(value);
    return number ? "" : std::string(describe(number.error()));
  }
  const auto letter = LetterNumber::parse(value);
  return letter ? "" : std::string(describe(letter.error()));
}

}  // namespace

Result<void> check_line_number(std::string_view where, const std::string& cnaps) {
  const auto number = parse_cnaps(cnaps);
  if (cnaps.empty() || number) return {};
  return fail(Errc::kInvalid, std::string(where) + ": " + cnaps + " is no bank line number: " +
                                  std::string(describe(number.error())));
}

namespace {

int check(const Session& session, const std::string& kind, const std::string& value) {
  const std::string wrong = wrong_with(kind, value);
  if (session.json) {
    std::cout << nlohmann::json{{"valid", wrong.empty()}, {"why_not", wrong}}.dump() << "\n";
  } else if (wrong.empty()) {
    std::cout << say("ok") << "\n";
  }
  if (wrong.empty()) return EX_OK;
  return session.json ? EX_DATAERR : report(EX_DATAERR, wrong);
}

void add_check(Command group, Session& session, const std::string& kind, const std::string& does) {
  Command command = group.add_command(kind, does, "jiexu check " + kind + " NUMBER");
  const auto value = std::make_shared<std::string>();
  command.add_option("number", *value, "What to check").required();
  command.callback([&session, kind, value] {
    session.run = [&session, kind, value] { return check(session, kind, *value); };
  });
}

}  // namespace

void add_rules(Command app, Session& session) {
  Command calendar = app.add_command("calendar", "Working days of mainland China",
                                     "jiexu calendar due 2026-09-18 10");
  calendar.require_subcommand();
  Command due = calendar.add_command("due", "The last day of a term of N working days",
                                     "jiexu calendar due 2026-09-18 10");
  const auto date = std::make_shared<std::string>();
  const auto days = std::make_shared<int>(0);
  due.add_option("date", *date, "The day of the event, which does not count").required();
  due.add_option("n", *days, "Working days").required().range(1, 10'000);
  due.callback([&session, date, days] {
    session.run = [&session, date, days] { return print_due(session, *date, *days); };
  });

  Command load = calendar.add_command("load", "Take a year that was published or amended",
                                      "jiexu calendar load 2027.txt");
  const auto file = std::make_shared<std::string>();
  load.add_option("file", *file, "Its text, as in ops/calendar/README.md; - for stdin").required();
  load.callback(
      [&session, file] { session.run = [&session, file] { return load_text(session, *file); }; });

  Command group =
      app.add_command("check", "Check digits and form of numbers", "jiexu check bank 102100099996");
  group.require_subcommand();
  add_check(group, session, "id", "A citizen id number");
  add_check(group, session, "bank", "A bank line number (CNAPS)");
  add_check(group, session, "letter", "The number of a contact letter");
}

}  // namespace jiexu::cli
