// Every route of the table with every part of a request at every edge: the daemon answers each, and
// never that it has failed. A route that is added to the table is in this test.
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "daemon/api/json.h"
#include "daemon/base/text.h"
#include "daemon/casework/case_store.h"
#include "tests/api/odd.h"

namespace jiexu::every_route_test {
namespace {

constexpr uint64_t kSeed = 20261120;
constexpr size_t kRequests = 4000;  // by chance, of each agency

constexpr As kRoles[] = {As::kNobody, As::kInquirer, As::kAuditor, As::kClerk,
                         As::kSystem, As::kReviewer, As::kOperator};

// JIEXU_FUZZ_SECONDS looks for longer, JIEXU_FUZZ_SEED elsewhere.
uint64_t environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void require_problem(const Got& got) {
  REQUIRE(got.response.content_type == "application/problem+json");
  const auto problem = got.json();
  REQUIRE(problem["status"] == got.status());
  REQUIRE_FALSE(problem["code"].get<std::string>().empty());
  REQUIRE_FALSE(problem["title"].get<std::string>().empty());
}

// Of the types that the row names, by the strict reader: a field that a type lacks is a breach.
void require_type(const Route& route, const std::string& body) {
  google::protobuf::DynamicMessageFactory factory;
  const auto reads = [&](BodyType type) {
    if (type == nullptr) return false;
    const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(type())->New());
    return from_json(body, message.get()).has_value();
  };
  REQUIRE_NOTHROW(nlohmann::json::parse(body));
  const bool ours = route.shape.output[0] != nullptr;
  REQUIRE(ours == std::ranges::any_of(route.shape.output, reads));
}

// The first of what a stream says: whole, and no failure.
void require_events(HttpStream& stream, bool lines) {
  const std::string said = stream.next().bytes;
  REQUIRE(is_utf8(said));
  REQUIRE(said.find("\"failed\"") == std::string::npos);
  std::stringstream text(said);
  for (std::string line; std::getline(text, line);) {
    const size_t data = lines ? 0 : std::string_view("data: ").size();
    if (!lines && !line.starts_with("data: ")) continue;
    REQUIRE_NOTHROW(nlohmann::json::parse(line.substr(data)));
  }
}

// As the row says, well formed, and no failure of ours.
void require_sound(const Route* asked, Got& got) {
  INFO(got.status() << " " << got.response.content_type << " " << got.response.body);
  if (asked == nullptr) {
    REQUIRE((got.status() >= 400 && got.status() <= 405));
    return require_problem(got);
  }
  const Route& route = *asked;
  REQUIRE(got.status() < 500);
  const std::vector<int> statuses = statuses_of(route);
  REQUIRE(std::ranges::find(statuses, got.status()) != statuses.end());
  if (got.status() >= 400) return require_problem(got);
  const std::string& type = got.response.content_type;
  const std::string plain = type.substr(0, type.find(';'));
  REQUIRE((route.shape.gives == "*/*" || route.shape.gives.find(plain) != std::string::npos));
  if (type == "application/json") require_type(route, got.response.body);
  if (type.starts_with("text/")) REQUIRE(is_utf8(got.response.body));
  if (type == "application/x-ndjson") {
    std::stringstream lines(got.response.body);
    for (std::string line; std::getline(lines, line);) {
      REQUIRE_NOTHROW(nlohmann::json::parse(line));
    }
  }
  if (got.response.stream) require_events(*got.response.stream, plain == "application/x-ndjson");
  if (!got.response.pieces) return;
  uint64_t size = 0;
  for (auto piece = got.response.pieces(); piece && !piece->empty();
       piece = got.response.pieces()) {
    size += piece->size();
  }
  REQUIRE(size == got.response.size);
}

// The route that a request means; with an odd text in a brace it may be another one than was
// meant: an empty text at the end is a slash, which means nothing. nullptr: none.
const Route* asked_of(std::string_view method, const std::string& target) {
  const std::optional<Target> known = parse_target(target);
  return known ? match(routes(), method, *known).route : nullptr;
}

// An agency that is asked, and what it is asked with.
class Asker {
 public:
  explicit Asker(std::unique_ptr<LivedIn> of)
      : of_(std::move(of)),
        words_(of_->words()),
        odd_(words_, environment("JIEXU_FUZZ_SEED", kSeed)) {
    for (const Route& route : routes()) {
      shapes_.push_back(shape_of(route));
      sound_.push_back(sound_bodies(route));
    }
  }

  void every_role();
  void every_path_and_query();
  void every_body();
  void by_chance();

 private:
  void ask(const Route& route, const std::string& target, As role, const std::string& body = "",
           const std::string& content_type = "");
  std::string known_target(const Route& route) const {
    return target_of(route, [&](const std::string& name) { return nth_word(words_, name, 0); });
  }
  std::vector<std::string> sound_bodies(const Route& route);
  std::vector<std::string> sound_actions();
  std::string any_target(const Route& route, const Shape& shape);
  std::string any_body(size_t nth);
  void ask_one();

  std::unique_ptr<LivedIn> of_;
  Words words_;
  Odd odd_;
  std::vector<Shape> shapes_;  // of each route
  std::vector<std::vector<std::string>> sound_;
};

// Also what follows from a request later: files are booked, lines tried again, timers run.
void Asker::ask(const Route& route, const std::string& target, As role, const std::string& body,
                const std::string& content_type) {
  INFO(route.method << " " << target << " as " << name(role) << ", " << content_type << ": "
                    << percent_encoded(body));
  HttpRequest request{std::string(route.method), target, "", "", body, content_type};
  if (role != As::kNobody) request.authorization = "Bearer " + token_of(role);
  if (route.method == "PUT")
    request.stream = std::make_shared<TextBody>(std::exchange(request.body, ""));
  Site& site = of_->site();
  site.now = site.now.plus_ms(1000);
  Got got = of_->live().ask(std::move(request));
  require_sound(asked_of(route.method, target), got);
  if (route.method == "GET") return;
  do {
    site.wake();
  } while (site.commit());
  site.sent.clear();
  site.trace.clear();
}

std::vector<std::string> Asker::sound_actions() {
  std::vector<std::string> out;
  for (int n = 1; n <= 8; ++n) {
    const auto found = read_case(of_->site().records(), case_number(n));
    if (!found || !*found) continue;
    for (const EventKind action : all_events()) {
      if (action_from_name(name(action)) != action) continue;
      out.push_back(to_json(sound_input(**found, action)));
    }
  }
  return out;
}

// Those that a generator would not find by itself.
std::vector<std::string> Asker::sound_bodies(const Route& route) {
  const std::string payment = nth_word(words_, "payment", 0);
  const std::string line = nth_word(words_, "line_id", 0);
  const std::string application = to_json(sound_input(Case(), EventKind::kApply).application());
  v1::BankLineInput lines;
  *lines.add_lines() = bank_line(nth_word(words_, "letter_number", 0), kBalance, "Z1");
  v1::BankFileInput file;
  file.set_lines_total(1);
  file.set_credited_fen(kBalance);
  *file.add_lines() = lines.lines(0);
  v1::PaperView paper;
  paper.set_case_id(case_number(1).str());
  *paper.mutable_message() = sound_message(Case(), EventKind::kLetterIn);
  const std::map<std::string_view, std::vector<std::string>> known = {
      {"/v1/cases", {R"({"application":)" + application + "}"}},
      {"/v1/cases/{id}/actions/{action}", sound_actions()},
      {"/v1/cases:find",
       {R"({"letter_number":")" + nth_word(words_, "letter_number", 0) + "\"}",
        R"({"person":{"document_type":1,"document_number":"1"}})"}},
      {"/v1/papers", {to_json(paper)}},
      {"/v1/letters:submit", {application + "\n" + application}},
      {"/v1/bank/lines", {to_json(lines)}},
      {"/v1/bank/files/{digest}", {to_json(file)}},
      {"/v1/bank/lines/{line}/match",
       {R"({"noticed":true,"note":"n"})",
        R"({"to":[{"case_id":")" + case_number(2).str() + R"(","amount_fen":"1"}],"note":"n"})"}},
      {"/v1/bank/files/{digest}/take", {R"({"note":"n"})"}},
      {"/v1/bank/files/{digest}/take/approve", {R"({"content":"ab"})"}},
      {"/v1/bank/lines/{line}/same", {R"({"note":"n"})"}},
      {"/v1/bank/lines/{line}/{act}", {R"({"note":"n"})"}},
      {"/v1/bank/lines/{line}/approve", {R"({"content":"ab"})"}},
      {"/v1/payments:report",
       {payment + "|paid|\n" + payment + "|rejected|x\n",
        "<?xml version=\"1.0\"?><Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts><OrgnlPmtInfId>" +
            nth_word(words_, "batch", 0) +
            "</OrgnlPmtInfId><PmtInfSts>ACSC</PmtInfSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>"
            "</Document>"}},
      {"/v1/progress",
       {R"({"letter_number":")" + nth_word(words_, "letter_number", 0) + R"(","id_hash":")" +
        std::string(64, 'a') + "\"}"}}};
  const auto found = route.method == "POST" ? known.find(route.pattern) : known.end();
  return found == known.end() ? std::vector<std::string>() : found->second;
}

void Asker::every_role() {
  for (const Route& route : routes()) {
    for (const As role : kRoles) ask(route, known_target(route), role);
  }
}

void Asker::every_path_and_query() {
  for (size_t nth = 0; nth < routes().size(); ++nth) {
    const Route& route = routes()[nth];
    const auto braces = static_cast<size_t>(std::ranges::count(route.pattern, '{'));
    for (const std::string& odd : odd_texts()) {
      for (size_t which = 0; which < braces; ++which) {
        size_t at = 0;
        ask(route,
            target_of(route,
                      [&](const std::string& name) {
                        return at++ == which ? odd : nth_word(words_, name, 0);
                      }),
            least_with(route.right));
      }
      for (const std::string& key : shapes_[nth].query) {
        ask(route, known_target(route) + "?" + key + "=" + percent_encoded(odd),
            least_with(route.right));
      }
      ask(route, known_target(route) + "?" + percent_encoded(odd), least_with(route.right));
      ask(route, known_target(route), least_with(route.right), odd);
    }
  }
}

void Asker::every_body() {
  for (size_t nth = 0; nth < routes().size(); ++nth) {
    const Route& route = routes()[nth];
    if (shapes_[nth].body == nullptr) continue;
    nlohmann::json sound = odd_.message(*shapes_[nth].body);
    if (!sound_[nth].empty()) sound = nlohmann::json::parse(sound_[nth][0], nullptr, false);
    if (!sound.is_object()) continue;
    const nlohmann::json leaves = sound.flatten();
    for (const auto& [leaf, ignored] : leaves.items()) {
      for (const nlohmann::json& odd : odd_values()) {
        nlohmann::json changed = sound;
        changed[nlohmann::json::json_pointer(leaf)] = odd;
        ask(route, known_target(route), As::kOperator, changed.dump());
      }
    }
  }
}

std::string Asker::any_target(const Route& route, const Shape& shape) {
  std::string out = target_of(route, [&](const std::string& name) { return odd_.text(name); });
  const size_t count = shape.query.empty() ? 0 : odd_.below(3);
  for (size_t i = 0; i < count; ++i) {
    const std::string& key = odd_.one_of(shape.query);
    out += (i == 0 ? "?" : "&") + key + "=" + percent_encoded(odd_.text(key));
  }
  return odd_.one_in(30) ? odd_.broken(out) : out;
}

std::string Asker::any_body(size_t nth) {
  const std::vector<std::string>& sound = sound_[nth];
  if (!sound.empty() && odd_.one_in(2)) {
    const std::string& one = odd_.one_of(sound);
    const nlohmann::json json = nlohmann::json::parse(one, nullptr, false);
    if (json.is_object()) return odd_.body(json);
    return odd_.one_in(2) ? one : odd_.broken(one);
  }
  if (shapes_[nth].body == nullptr) return odd_.text("");
  return odd_.body(odd_.message(*shapes_[nth].body));
}

void Asker::ask_one() {
  const size_t nth = odd_.below(routes().size());
  const Route& route = routes()[nth];
  const As role = odd_.one_in(4) ? odd_.one_of(kRoles) : As::kOperator;
  std::string target = any_target(route, shapes_[nth]);
  std::string body = route.method == "GET" ? "" : any_body(nth);
  std::string type = odd_.one_in(2) ? "" : "application/json";
  if (odd_.one_in(10)) type = "application/x-ndjson";
  if (odd_.one_in(6) && shapes_[nth].body != nullptr) {
    google::protobuf::DynamicMessageFactory factory;
    const std::unique_ptr<google::protobuf::Message> message(
        factory.GetPrototype(shapes_[nth].body)->New());
    if (from_json(body, message.get())) {
      body = message->SerializeAsString();
      if (odd_.one_in(3)) body = odd_.broken(body);
      type = "application/x-protobuf";
    }
  }
  if (route.method == "PUT" && odd_.one_in(2)) {
    const size_t end = target.find('?');
    const size_t slash = target.rfind('/', end);
    if (slash != target.npos) {
      target =
          target.substr(0, slash + 1) + to_hex(view(sha256(body))) + "?name=a&type=application/pdf";
    }
  }
  ask(route, target, role, body, type);
}

void Asker::by_chance() {
  const auto seconds = std::chrono::seconds(environment("JIEXU_FUZZ_SECONDS", 0));
  const auto end = std::chrono::steady_clock::now() + seconds;
  for (size_t i = 0; i < kRequests || std::chrono::steady_clock::now() < end; ++i) ask_one();
}

std::unique_ptr<LivedIn> make_one(bool in) {
  return in ? make_lived_in_in() : make_lived_in_out();
}

TEST_CASE("every route answers every role, and every odd path, query and body") {
  Asker asker(make_one(GENERATE(false, true)));
  asker.every_role();
  asker.every_path_and_query();
  asker.every_body();
}

TEST_CASE("every route answers whatever comes by chance") {
  Asker asker(make_one(GENERATE(false, true)));
  asker.by_chance();
}

TEST_CASE("what the routes are asked with is known of each") {
  const auto of = make_lived_in_out();
  const Words words = of->words();
  for (const char* field : {"case_id", "line_id", "batch", "payment", "letter_number", "digest",
                            "peer", "next", "action", "sha256", "content", "code"}) {
    INFO(field);
    CHECK(words.contains(field));
  }
}

TEST_CASE("a handler reads the body that its row names, and no other") {
  const auto of = make_lived_in_out();
  const Words words = of->words();
  for (const Route& route : routes()) {
    if (route.method != "POST") continue;
    INFO(route.pattern);
    const std::string target =
        target_of(route, [&](const std::string& name) { return nth_word(words, name, 0); });
    const Got got = of->live().ask("POST", target, As::kOperator, R"({"nonsense":0})");
    std::string names;
    const auto* input = route.shape.input == nullptr ? nullptr : route.shape.input();
    for (int i = 0; input != nullptr && i < input->field_count(); ++i) {
      names += (names.empty() ? "" : ", ") + input->field(i)->name();
    }
    const std::string wanted = "there is no such field; there are ";
    CHECK((got.response.body.find(wanted) != std::string::npos) == (input != nullptr));
    if (input != nullptr) CHECK_THAT(got.response.body, Catch::Contains(wanted + names + "\""));
  }
}

}  // namespace
}  // namespace jiexu::every_route_test
