// jiexu case submit: applications in bulk, from a file of the agency's core system.
//
// The file goes in parts, each under an Idempotency-Key. If the answer to a part is lost, the part
// is sent again under its key; if that does not help either, the command says from where and under
// which key to go on, so that nothing is submitted twice.
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "daemon/api/json.h"
#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/cases/refusal.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/forms.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/lines.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

constexpr int kSendings = 3;  // of a part whose answer is lost
constexpr std::chrono::seconds kBetweenSendings{1};
constexpr size_t kPartKeyBytes = 16;

struct SubmitOptions {
  std::string file;
  std::string resume;  // LINE:KEY
  bool keep_going = false;
};

// Applications of one request, and the line of the file on which each stands.
struct Part {
  std::string text;
  std::vector<size_t> lines;
};

struct Count {
  size_t sent = 0;
  size_t proposed = 0;
  size_t refused = 0;
};

// As much of the lines as one request may hold.
std::vector<Part> split(const std::vector<FileLine>& lines) {
  std::vector<Part> parts;
  for (const FileLine& line : lines) {
    const bool full = parts.empty() || parts.back().lines.size() == limits::kSubmitMax ||
                      parts.back().text.size() + line.text.size() + 1 > limits::kHttpBodyBytesMax;
    if (full) parts.emplace_back();
    parts.back().text.append(line.text).append("\n");
    parts.back().lines.push_back(line.number);
  }
  return parts;
}

std::string place(const SubmitOptions& options, size_t line) {
  return say("{file}, line {n}", {{"file", options.file}, {"n", std::to_string(line)}});
}

// nullopt: it is an application that the daemon reads.
std::optional<std::string> wrong_with(const FileLine& line) {
  if (line.text.size() + 1 > limits::kHttpBodyBytesMax) {
    return say("is longer than {n} bytes", {{"n", std::to_string(limits::kHttpBodyBytesMax - 1)}});
  }
  v1::Application application;
  const auto read = jiexu::from_json(line.text, &application);
  return read ? std::nullopt : std::optional(read.error().text);
}

// Takes out the lines that are no applications. Error: the exit code, after naming the first.
tl::expected<void, int> drop_bad_lines(const SubmitOptions& options, std::vector<FileLine>& lines,
                                       Count& count) {
  std::vector<FileLine> good;
  for (FileLine& line : lines) {
    const std::optional<std::string> wrong = wrong_with(line);
    if (!wrong) {
      good.push_back(std::move(line));
      continue;
    }
    const std::string what = place(options, line.number) + ": " + *wrong;
    if (!options.keep_going) {
      return tl::unexpected(
          report(EX_DATAERR,
                 what + "\n" + say("Nothing was submitted; --keep-going submits the others.")));
    }
    report(EX_DATAERR, what);
    ++count.refused;
  }
  lines = std::move(good);
  return {};
}

// The sentence of a refusal that the daemon names.
std::string sentence_of(const std::string& refusal) {
  for (uint16_t number = 1; number < 1000; ++number) {
    const auto known = static_cast<Refusal>(number);
    if (name(known) == refusal) return say(explain(known));
  }
  return refusal;
}

void print(const Part& part, const std::string& answer, bool as_json, Count& count) {
  Table table({"LINE", "CASE", "LETTER", "REFUSED", "DETAIL"});
  std::istringstream lines(answer);
  std::string text;
  for (size_t i = 0; i < part.lines.size() && std::getline(lines, text); ++i) {
    Json result = Json::parse(text, nullptr, false);
    if (!result.is_object()) continue;
    const auto field = [&](const char* name) { return result.value(name, std::string()); };
    result["line"] = part.lines[i];
    const std::string digest = field("digest");
    const std::string refusal = field("refusal");
    ++(!refusal.empty() ? count.refused : digest.empty() ? count.sent : count.proposed);
    if (as_json) std::cout << result.dump() << "\n";
    table.add({std::to_string(part.lines[i]), short_case(field("case_id")), field("letter_number"),
               refusal.empty() ? "" : sentence_of(refusal), say(field("detail"))});
  }
  if (!as_json) std::cout << table.text();
}

// A part under one key, several times if its answer is lost.
Result<Reply> send_part(const Session& session, const Part& part, const std::string& key,
                        bool& unknown) {
  Result<Reply> reply = fail(Errc::kBusy, "");
  for (int i = 0; i < kSendings; ++i) {
    if (i > 0) std::this_thread::sleep_for(kBetweenSendings);
    reply = session.post_once("/v1/letters:submit", part.text, "application/x-ndjson", key);
    if (reply) return reply;
    unknown |= reply.error().code == Errc::kIo;
    if (!unknown) return reply;
  }
  return reply;
}

// What is known of the rest, and how to go on.
int stop_at(const Session& session, const SubmitOptions& options, const Part& part,
            const std::string& key, bool unknown, const Result<Reply>& reply) {
  const std::string first = std::to_string(part.lines.front());
  const std::string again = session.command() + " case submit --file " + options.file +
                            (options.keep_going ? " --keep-going" : "") + " --resume " + first;
  if (unknown) {
    std::cerr << say("Whether lines {first} to {last} were submitted is not known, and nothing "
                     "behind them was.",
                     {{"first", first}, {"last", std::to_string(part.lines.back())}})
              << "\n"
              << say("To go on within 24 hours, with nothing submitted twice:") << "\n  " << again
              << ":" << key << "\n";
  } else {
    std::cerr << say("From line {n} on nothing was submitted. To go on from there:", {{"n", first}})
              << "\n  " << again << "\n";
  }
  if (unknown && !reply) return report(EX_TEMPFAIL, reply.error().text);
  return reply ? report_problem(*reply) : report(reply.error());
}

int finish(const Count& count) {
  std::cerr << say("{sent} letters sent, {refused} applications refused",
                   {{"sent", std::to_string(count.sent)},
                    {"refused", std::to_string(count.refused)}})
            << "\n";
  if (count.proposed > 0) {
    std::cerr << say("{n} letters wait for a second person: `jiexu case proposals`, or submit with "
                     "--json and `jiexu case approve --file`",
                     {{"n", std::to_string(count.proposed)}})
              << "\n";
  }
  return count.refused == 0 ? EX_OK : EX_DATAERR;
}

// "501:KEY" or "501"; nullopt: neither.
struct Resumed {
  size_t line = 1;
  std::string key;
};

std::optional<Resumed> resumed(const std::string& text) {
  Resumed out;
  if (text.empty()) return out;
  const size_t colon = std::min(text.find(':'), text.size());
  const std::string number = text.substr(0, colon);
  const bool digits = !number.empty() && number.size() < 10 &&
                      number.find_first_not_of("0123456789") == number.npos;
  if (!digits) return std::nullopt;
  out.line = std::stoul(number);
  if (colon < text.size()) out.key = text.substr(colon + 1);
  return out;
}

int submit(const Session& session, const SubmitOptions& options) {
  const auto from = resumed(options.resume);
  if (!from) return report(EX_USAGE, "--resume: give what the command has printed, LINE:KEY");
  const Result<std::string> text = read_input(options.file);
  if (!text) return report(text.error());
  std::vector<FileLine> lines = lines_of(*text);
  std::erase_if(lines, [&](const FileLine& line) { return line.number < from->line; });
  Count count;
  if (const auto good = drop_bad_lines(options, lines, count); !good) return good.error();
  if (lines.empty() && count.refused == 0) {
    return report(EX_DATAERR, say("{file}: holds no application", {{"file", options.file}}));
  }
  const auto stops = session.stops_at(
      "case submit", say("{n} applications are submitted: their letters leave, or wait for a "
                         "second person.",
                         {{"n", std::to_string(lines.size())}}));
  if (stops) return *stops;
  Meter meter(say("applications submitted"), lines.size());
  std::string key = from->key;
  for (const Part& part : split(lines)) {
    if (key.empty()) key = to_hex(random_bytes(kPartKeyBytes));
    bool unknown = false;
    const Result<Reply> reply = send_part(session, part, key, unknown);
    meter.clear();
    if (!reply || reply->status >= 400) {
      return stop_at(session, options, part, key, unknown, reply);
    }
    print(part, reply->body, session.json, count);
    meter.show(count.sent + count.proposed + count.refused);
    key.clear();
  }
  meter.clear();
  return finish(count);
}

}  // namespace

void add_submit(Command case_group, Session& session) {
  const auto options = std::make_shared<SubmitOptions>();
  Command command = case_group.add_command(
      "submit", "Send the letters of applications that are accepted already, in bulk",
      "jiexu case submit --file applications.ndjson --dry-run\n"
      "jiexu case submit --file applications.ndjson --json > results.ndjson\n"
      "jiexu case approve --file results.ndjson");
  command
      .add_option("--file", options->file, "One application as JSON a line; - for standard input")
      .required();
  command.add_flag("--keep-going", options->keep_going,
                   "Leave out a line that is no application, and submit the others");
  command
      .add_option("--resume", options->resume, "Go on where the command says that it has stopped")
      .type_name("LINE:KEY");
  command.callback([&session, options] {
    session.run = [&session, options] { return submit(session, *options); };
  });
}

}  // namespace jiexu::cli
