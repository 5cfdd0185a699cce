// Every example of the API's description is done by an agency that has worked for a while, by the
// one that pays or the one that is paid. What may be changed in it is only what differs in every
// agency: an id, a number, and the digest of what a person has seen before.
#include <map>

#include "daemon/api/table/examples.h"
#include "tests/agency/site.h"
#include "tests/api/odd.h"
#include "tests/cases/party.h"

namespace jiexu::example_test {
namespace {

constexpr size_t kWordsTried = 40;
constexpr size_t kNumbersTried = 12;

// Fields whose values differ in every agency, and what answers call these.
const std::map<std::string, std::string> kOwn = {
    {"content", "content"}, {"digest", "digest"}, {"same_as", "line_id"}, {"places", "place"}};

// Its line does not lead from the one balance to the other.
constexpr const char* kHeldFile =
    R"({"name":"s.xml","lines_total":"1","credited_fen":"77","lines":[)"
    R"({"account_number":"41001500000000000001","host_sequence":"E7","amount_fen":"77"}],)"
    R"("statements":[{"account":"41001500000000000001","lines":"1","has_opening":true,)"
    R"("opening_fen":"0","has_closing":true,"closing_fen":"78"}]})";

const Route& route_called(std::string_view name) {
  for (const Route& route : routes()) {
    if (route.shape.name == name) return route;
  }
  FAIL("no route is called " << name);
  return routes().front();
}

// Whether people have to be told how it is used.
bool takes_anything(const Route& route) {
  return has_body(route) || !route.shape.query.empty() ||
         route.pattern.find('{') != route.pattern.npos;
}

// The example's address with other things in its braces.
template <class Fill>
std::string filled_target(const Route& route, const Fill& fill) {
  const std::string_view example = example_of(route.shape.name)->target;
  const Match found = match({&route, 1}, route.method, *parse_target(example));
  size_t nth = 0;
  const std::string path = target_of(route, [&](const std::string& name) {
    const std::string given = found.args.at(nth++);
    const std::string other = fill(name);
    return other.empty() ? given : other;
  });
  return path + std::string(example.substr(std::min(example.find('?'), example.size())));
}

std::vector<std::string> targets_of(const Route& route, const Words& words) {
  const size_t numbers = route.pattern.find("{n}") == route.pattern.npos ? 1 : kNumbersTried;
  std::vector<std::string> out = {std::string(example_of(route.shape.name)->target)};
  for (size_t i = 0; i < kWordsTried * numbers; ++i) {
    out.push_back(filled_target(route, [&](const std::string& name) {
      if (name == "n") return std::to_string(i % numbers + 1);
      const bool is_word = name == "action" || name == "act" || name == "kind";
      return is_word ? std::string() : nth_word(words, name, i / numbers);
    }));
  }
  return out;
}

std::vector<std::string> bodies_of(const Route& route, const Words& words) {
  const std::string example(example_of(route.shape.name)->body);
  std::vector<std::string> out = {example};
  auto json = nlohmann::json::parse(example, nullptr, false);
  for (const auto& [field, called] : kOwn) {
    if (!json.is_object() || !json.contains(field)) continue;
    for (size_t i = 0; i < kWordsTried; ++i) {
      const std::string word = nth_word(words, called, i);
      json[field] = json[field].is_array() ? nlohmann::json{word} : nlohmann::json(word);
      out.push_back(json.dump());
    }
  }
  return out;
}

class Doer {
 public:
  explicit Doer(std::unique_ptr<LivedIn> of) : of_(std::move(of)) {}

  LivedIn& agency() { return *of_; }
  bool run(const Route& route, As role) {
    const RouteExample& example = *example_of(route.shape.name);
    if (done(route, std::string(example.target), std::string(example.body), role)) return true;
    const Words words = of_->words();
    const std::vector<std::string> bodies = bodies_of(route, words);
    for (const std::string& target : targets_of(route, words)) {
      for (const std::string& body : bodies) {
        if (done(route, target, body, role)) return true;
      }
    }
    return false;
  }
  bool run(std::string_view name) {
    const Route& route = route_called(name);
    return run(route, least_with(route.right));
  }
  std::string said() const { return said_ + "\n" + last_; }

 private:
  bool done(const Route& route, const std::string& target, std::string body, As role) {
    HttpRequest request{std::string(route.method), target, "", "", std::move(body)};
    if (role != As::kNobody) request.authorization = "Bearer " + token_of(role);
    if (route.method == "PUT") {
      request.stream = std::make_shared<TextBody>(std::exchange(request.body, ""));
    }
    const Got got = of_->live().ask(std::move(request));
    if (said_.empty()) said_ = got.response.body;
    last_ = got.response.body;
    const bool refused = got.response.content_type == "application/x-ndjson" &&
                         got.response.body.find("\"refusal\"") != std::string::npos;
    return got.status() < 400 && !refused;
  }

  std::unique_ptr<LivedIn> of_;
  std::string said_;  // of the example as it stands
  std::string last_;
};

void bring_held_file(Doer& doer) {
  const std::string target(example_of("take_bank_file")->target);
  const Got got = doer.agency().live().ask("POST", target, As::kSystem, kHeldFile);
  INFO(got.response.body);
  CHECK(got.status() == 200);
}

// The same posting, told of twice without a number of the bank's.
void bring_line_again(Doer& doer) {
  for (const char* statement : {"S1#1", "S2#1"}) {
    const std::string body = R"({"lines":[{"account_number":"41001500000000000001",)"
                             R"("made_number":true,"amount_fen":"700","booked_on":"2026-11-19",)"
                             R"("remark":"rent","host_sequence":")" +
                             std::string(statement) + R"("}]})";
    const Got got = doer.agency().live().ask("POST", "/v1/bank/lines", As::kSystem, body);
    INFO(got.response.body);
    CHECK(got.status() == 200);
  }
}

// The bank has each payment already, and has not told of it for days.
void leave_payments_open(Doer& doer) {
  doer.run("export_batch");
  const Words words = doer.agency().words();
  for (const std::string& payment : words.at("payment")) {
    doer.agency().live().ask("POST", "/v1/payments:report", As::kSystem,
                             payment + "|rejected|DU04\n");
  }
  Site& site = doer.agency().site();
  site.now = site.now.plus_ms(int64_t{9} * 24 * 3600 * 1000);
}

// The batch that waits holds cases which have changed, so that it falls apart when it is approved;
// a new one holds what is left.
void bring_batch(Doer& doer) {
  doer.run("approve_batch");
  doer.run("make_batches");
}

// An agency without Jiexu has written a letter, and the answer waits to be mailed.
void bring_mail(Doer& doer) {
  Site& site = doer.agency().site();
  REQUIRE(site.engine->set_directory(directory_by_mail(third_site()), at(site.now)));
  v1::ActionInput sheet;
  *sheet.mutable_paper() = sound_message(Case(), EventKind::kLetterIn);
  v1::ContactLetter& letter = *sheet.mutable_paper()->mutable_letter();
  letter.set_letter_number("No. 5");
  letter.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  letter.mutable_person()->set_document_number("S5");
  sheet.set_agency(third_site().str());
  const CaseId id = case_number(77);
  REQUIRE_FALSE(site.act(EventKind::kKeyPaper, id, sheet).rejection);
  REQUIRE_FALSE(site.act(EventKind::kAcceptLetter, id,
                         sound_input(site.subject(id), EventKind::kAcceptLetter))
                    .rejection);
}

// By another operator than the one who approves.
void bring_quarantine_list(Doer& doer) {
  const Words words = doer.agency().words();
  for (const std::string& place : words.at("place")) {
    HttpRequest request{"POST", "/v1/quarantine-list", "Bearer " + token_of(Role::kOperator), "",
                        R"({"act":"discard","note":"n","places":[")" + place + "\"]}"};
    if (doer.agency().live().ask(std::move(request)).status() == 200) return;
  }
}

// What has to be so before an example can be done.
const std::map<std::string_view, void (*)(Doer&)> kBefore = {
    {"approve_proposal", [](Doer&) {}},
    {"approve_batch", bring_batch},
    {"approve_bank_line", [](Doer& doer) { doer.run("explain_bank_line"); }},
    {"retract_bank_line", [](Doer& doer) { doer.run("explain_bank_line"); }},
    {"repeat_bank_line", bring_line_again},
    {"take_held_file", bring_held_file},
    {"approve_held_file",
     [](Doer& doer) {
       bring_held_file(doer);
       doer.run("take_held_file");
     }},
    {"retract_held_file",
     [](Doer& doer) {
       bring_held_file(doer);
       doer.run("take_held_file");
     }},
    {"propose_release", leave_payments_open},
    {"mark_mailed", bring_mail},
    {"show_certificate", [](Doer& doer) { doer.run("issue_certificate"); }},
    {"approve_quarantine_list", bring_quarantine_list},
    {"approve_release",
     [](Doer& doer) {
       leave_payments_open(doer);
       doer.run("propose_release");
     }},
    {"retract_release",
     [](Doer& doer) {
       leave_payments_open(doer);
       doer.run("propose_release");
     }},
};

// By another person than who did what is before.
bool run_in(std::unique_ptr<LivedIn> agency, const Route& route, std::string& said) {
  Doer prepared(std::move(agency));
  const auto before = kBefore.find(route.shape.name);
  if (before != kBefore.end()) before->second(prepared);
  const bool alone = before == kBefore.end();
  const bool done = prepared.run(route, alone ? least_with(route.right) : As::kOperator);
  said += "\n" + prepared.said();
  return done;
}

TEST_CASE("every example of the description is done") {
  for (const Route& route : routes()) {
    const RouteExample* example = example_of(route.shape.name);
    if (example == nullptr) continue;
    std::string said;
    const bool done =
        run_in(make_lived_in_out(), route, said) || run_in(make_lived_in_in(), route, said);
    INFO(route.shape.name << ": " << route.method << " " << example->target << "\n"
                          << example->body << said);
    // The store of both is the newest, so that nobody has to say so.
    if (route.shape.name == "approve_store_confirmation") {
      CHECK_THAT(said, Catch::Contains("unknown_proposal"));
    } else {
      CHECK(done);
    }
  }
}

TEST_CASE("a route has an example if it takes anything, and the example is of that route") {
  for (const Route& route : routes()) {
    INFO(route.shape.name);
    const RouteExample* example = example_of(route.shape.name);
    CHECK((example != nullptr) == takes_anything(route));
    if (example == nullptr) continue;
    const auto target = parse_target(example->target);
    REQUIRE(target);
    CHECK(match(routes(), route.method, *target).route == &route);
    CHECK_FALSE(find_fault(route.shape.query, target->query));
    CHECK((route.shape.input == nullptr || route.shape.may_be_empty || !example->body.empty()));
  }
}

}  // namespace
}  // namespace jiexu::example_test
