// A store in words: every kind of record that agencies write in their lives has a name, its key
// comes apart, and nothing fails to parse.
#include "storage/dump.h"

#include <nlohmann/json.hpp>
#include <set>

#include "storage/layout.h"
#include "tests/api/lived_in.h"

using namespace jiexu;

namespace dump_test {
namespace {

using Json = nlohmann::json;

std::vector<Json> lines_of(const Reader& store, const Vault& vault, const DumpChoice& choice = {}) {
  std::vector<Json> out;
  const auto counts = dump(store, vault, choice, [&](std::string_view line) {
    out.push_back(Json::parse(line));
    return true;
  });
  REQUIRE(counts);
  CHECK(counts->records == out.size());
  CHECK(counts->unreadable == static_cast<uint64_t>(std::ranges::count_if(
                                  out, [](const Json& line) { return line.contains("error"); })));
  return out;
}

std::vector<Json> lines_of(const Site& site, const DumpChoice& choice = {}) {
  return lines_of(*site.store, *site.vault, choice);
}

// Kinds that need days, losses or a peer that lacks something: one record of each.
void add_rare(Site& site) {
  const CaseId id = case_number(1);
  const AgencyId peer = in_site();
  const Digest digest{};
  const std::string number(21, '1');
  Batch batch;
  Records records = site.records();
  const auto add = [&](Family family, const Key& key, const google::protobuf::Message& record) {
    records.put(batch, family, key, record.SerializeAsString());
  };
  const auto mark = [&](const Key& key) { batch.put(Family::kIndex, key, ""); };
  add(Family::kMeta, Key(layout::kJudgedKey), v1::JudgedRecord());
  add(Family::kMeta, Key(layout::kKeysKey), v1::KeysRecord());
  add(Family::kMeta, layout::certificate_key(20261120080000), v1::CertificateRecord());
  add(Family::kCase, layout::case_key(id, true), v1::CaseRecord());
  add(Family::kFunds, layout::recovered_money_key(id), v1::RecoveredMoneyRecord());
  add(Family::kFunds, layout::payee_confirmation_key(id), v1::PayeeConfirmationRecord());
  add(Family::kFunds, layout::comparison_key(peer, {2026, 11, 20}), v1::ComparisonRecord());
  add(Family::kFunds, layout::staged_line_key(digest, 3), v1::BankLine());
  add(Family::kFunds, layout::file_line_key(digest, 4), v1::FileLineRecord());
  add(Family::kFunds, layout::last_statement_key(digest), v1::Statement());
  records.put(batch, Family::kFunds, layout::payment_file_key(number), "划转|1\n");
  mark(layout::proposed_release_key(id, 2));
  mark(layout::proposed_line_act_key(digest));
  mark(layout::waiting_payment_key(kNow, id, 2));
  mark(layout::exported_payment_key(kNow, id, 2));
  mark(layout::postponed_line_key(digest));
  mark(layout::missing_key(5, id));
  mark(layout::wanted_attachment_key(peer, id, 1));
  mark(layout::open_money_key(peer, id));
  batch.put(Family::kIndex, layout::waiting_lines_key(id), view(digest));
  batch.put(Family::kIndex, layout::twin_lines_key(digest), view(digest));
  batch.put(Family::kIndex, layout::numbered_lines_key(digest), view(digest));
  add(Family::kAudit, layout::receipt_key(peer, 7), v1::LinkFrame());
  REQUIRE(site.store->commit(batch));
}

}  // namespace

TEST_CASE("what agencies write in their lives is read, kind by kind") {
  std::set<std::string> seen;
  for (const auto& agency : {make_lived_in_out(), make_lived_in_in()}) {
    add_rare(agency->site());
    REQUIRE(agency->live()
                .ask({"POST", "/v1/peers/" + third_site().str() + "/pause",
                      "Bearer " + token_of(As::kOperator), "key", ""})
                .status() == 200);
    for (const Json& line : lines_of(agency->site())) {
      INFO(line.dump());
      CHECK_FALSE(line.contains("error"));
      seen.insert(line.at("kind").get<std::string>());
    }
  }
  CHECK(dump_kinds().size() == layout::kinds().size());
  for (const std::string_view kind : dump_kinds()) {
    INFO(kind);
    CHECK(seen.erase(std::string(kind)) == 1);
  }
  CHECK(seen.empty());
}

TEST_CASE("a record is chosen by family and key, and shows its parts and its content") {
  const auto agency = make_lived_in_out();
  const Site& site = agency->site();
  const Case subject = site.subject(Payer::id(1));
  const std::string key = layout::case_key(subject.id, subject.closed()).str();
  const auto found = lines_of(site, {Family::kCase, key});
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("family") == "case");
  CHECK(found[0].at("key") == to_hex(key));
  CHECK(found[0].at("case_id") == subject.id.str());
  CHECK(found[0].at("record").at("letter_number") == subject.letter_number);
  CHECK(found[0].at("record").at("person").at("name") == subject.person.name());
  for (const Json& line : lines_of(site, {Family::kFunds, "I"})) {
    CHECK(line.at("kind") == "payment");
    CHECK(line.at("attempt").get<int>() > 0);
  }
  CHECK(lines_of(site, {Family::kCase, "x"}).empty());
}

TEST_CASE("what cannot be read is named, and the walk goes on") {
  const auto agency = make_lived_in_out();
  const size_t sound = lines_of(agency->site()).size();
  Batch batch;
  batch.put(Family::kCase, layout::case_key(case_number(250), false), "not sealed");
  batch.put(Family::kIndex, "?", "");
  batch.put(Family::kIndex, layout::waiting_lines_key(case_number(250)), "no digest");
  REQUIRE(agency->site().store->commit(batch));
  std::set<std::string> wrong;
  const auto lines = lines_of(agency->site());
  CHECK(lines.size() == sound + 3);
  for (const Json& line : lines) {
    if (line.contains("error")) wrong.insert(line.at("kind").get<std::string>());
  }
  CHECK(wrong == std::set<std::string>{"open-case", "unknown", "waiting-lines"});
}

TEST_CASE("a walk ends when its reader has enough") {
  const auto agency = make_lived_in_out();
  int taken = 0;
  const auto counts = dump(*agency->site().store, *agency->site().vault, {},
                           [&](std::string_view) { return ++taken < 3; });
  REQUIRE(counts);
  CHECK(counts->records == 3);
}

}  // namespace dump_test
