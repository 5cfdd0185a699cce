// jiexu case submit: applications in bulk, from a file of the agency's core system.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/base/limits.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

// Applications of one request, and the line of the file on which each stands.
struct Chunk {
  std::string text;
  std::vector<size_t> lines;
};

// As much of the file as one request may hold.
std::vector<Chunk> split(std::string_view file) {
  std::vector<Chunk> chunks(1);
  for (size_t line = 1; !file.empty(); ++line) {
    const size_t end = std::min(file.find('\n'), file.size());
    const std::string_view text = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const bool full = chunks.back().lines.size() == limits::kSubmitMax ||
                      chunks.back().text.size() + text.size() + 1 > limits::kHttpBodyBytesMax;
    if (full && !chunks.back().lines.empty()) chunks.emplace_back();
    chunks.back().text.append(text).append("\n");
    chunks.back().lines.push_back(line);
  }
  return chunks;
}

struct Count {
  size_t sent = 0;
  size_t proposed = 0;
  size_t refused = 0;
};

void print(const Chunk& chunk, const std::string& answer, bool as_json, Count& count) {
  Table table({"LINE", "CASE", "LETTER", "REFUSED", "DETAIL"});
  std::istringstream lines(answer);
  std::string text;
  for (size_t i = 0; i < chunk.lines.size() && std::getline(lines, text); ++i) {
    Json result = Json::parse(text, nullptr, false);
    if (!result.is_object()) continue;
    const auto field = [&](const char* name) { return result.value(name, std::string()); };
    result["line"] = chunk.lines[i];
    const std::string digest = field("digest");
    ++(!field("refusal").empty() ? count.refused : digest.empty() ? count.sent : count.proposed);
    if (as_json) std::cout << result.dump() << "\n";
    table.add({std::to_string(chunk.lines[i]), field("case_id"), field("letter_number"),
               field("refusal"), field("detail")});
  }
  if (!as_json) std::cout << table.text();
}

int submit(const Session& session, const std::string& file) {
  const Result<std::string> text = read_input(file);
  if (!text) return report(text.error());
  Count count;
  for (const Chunk& chunk : split(*text)) {
    if (chunk.lines.empty()) return report(EX_DATAERR, file + ": holds no application");
    const Result<Reply> reply =
        session.ask("POST", "/v1/letters:submit", chunk.text, "application/x-ndjson");
    if (!reply || reply->status >= 400) {
      std::cerr << "From line " << chunk.lines.front() << " on nothing was submitted.\n";
      return reply ? report_problem(*reply) : report(reply.error());
    }
    print(chunk, reply->body, session.json, count);
  }
  std::cerr << count.sent << " letters sent, " << count.refused << " applications refused\n";
  if (count.proposed > 0) {
    std::cerr << count.proposed << " letters wait for a second person: `jiexu case proposals`, or "
              << "submit with --json and `jiexu case approve --file`\n";
  }
  return count.refused == 0 ? EX_OK : EX_DATAERR;
}

}  // namespace

void add_submit(Command case_group, Session& session) {
  const auto file = std::make_shared<std::string>();
  Command command = case_group.add_command(
      "submit", "Send the letters of applications that are accepted already, in bulk",
      "jiexu case submit --file applications.ndjson");
  command.add_option("--file", *file, "One application as JSON a line; - for standard input")
      .required();
  command.callback(
      [&session, file] { session.run = [&session, file] { return submit(session, *file); }; });
}

}  // namespace jiexu::cli
