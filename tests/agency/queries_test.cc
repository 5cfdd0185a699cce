// What the API asks of the store: pages without a hole or a double, and no list that leaves out
// what it cannot read.
#include <catch2/catch.hpp>
#include <functional>

#include "daemon/bank/bank_queries.h"
#include "daemon/casework/case_queries.h"
#include "daemon/casework/case_store.h"
#include "daemon/payments/payment_queries.h"
#include "daemon/peers/peer_queries.h"
#include "daemon/reconciliation/reconciliation_queries.h"
#include "storage/memory/memory_store.h"

using namespace jiexu;

namespace queries_test {
namespace {

const AgencyId kPeer = *AgencyId::parse("S41132810207");
const AgencyId kOther = *AgencyId::parse("S41130010001");
const CaseId kCase = *CaseId::parse("0191d5a0000070008000000000000001");

Digest digest(uint8_t n) {
  return Digest{n};
}

std::string batch_number(uint32_t n) {
  return BatchNumber::make(kPeer, {2026, 9, 21}, n)->text();
}

class Shelf {
 public:
  template <class Message>
  void put(Family family, const Key& key, const Message& message) {
    Batch batch;
    records.put_message(batch, family, key, message);
    REQUIRE(store_.commit(batch));
  }
  void put_bytes(Family family, std::string_view key, std::string_view value) {
    Batch batch;
    records.put(batch, family, key, value);
    REQUIRE(store_.commit(batch));
  }

  void put_line(BankOutcome outcome, int64_t since_ms, uint8_t n) {
    put(Family::kFunds, layout::bank_line_key(digest(n)), v1::BankLineRecord());
    const auto number = static_cast<uint8_t>(outcome);
    put_bytes(Family::kIndex, layout::exception_key(number, Instant{since_ms}, digest(n)), "");
  }

 private:
  MemoryStore store_;
  std::unique_ptr<Vault> vault_ =
      Vault::create({.ring = {{1, {1}}}, .current = 1, .person_key = {2}}).value();

 public:
  Records records{store_, *vault_};
};

std::vector<uint8_t> first_bytes(const BankLinePage& page) {
  std::vector<uint8_t> out;
  for (const BankLineEntry& line : page.lines) out.push_back(line.digest[0]);
  return out;
}

}  // namespace

TEST_CASE(
    "a page of waiting lines goes on where the one before it ended, and ends with its queue") {
  Shelf shelf;
  shelf.put_line(BankOutcome::kEarly, 30, 1);
  shelf.put_line(BankOutcome::kEarly, 10, 2);
  shelf.put_line(BankOutcome::kEarly, 20, 3);
  shelf.put_line(BankOutcome::kNoCase, 5, 4);
  const auto first = list_waiting_lines(shelf.records, BankOutcome::kEarly, {}, 2);
  REQUIRE(first);
  CHECK(first_bytes(*first) == std::vector<uint8_t>{2, 3});
  REQUIRE(first->next);
  const auto after = parse_exception_place(place_text(*first->next));
  const auto second = list_waiting_lines(shelf.records, BankOutcome::kEarly, after, 2);
  REQUIRE(second);
  CHECK(first_bytes(*second) == std::vector<uint8_t>{1});
  CHECK_FALSE(second->next);
  const auto all = list_waiting_lines(shelf.records, {}, {}, 4);
  REQUIRE(all);
  CHECK(first_bytes(*all) == std::vector<uint8_t>{2, 3, 1, 4});
  CHECK_FALSE(all->next);
}

TEST_CASE("a line that has left its queue shortens the page and not the list") {
  Shelf shelf;
  shelf.put_line(BankOutcome::kEarly, 10, 1);
  const auto early = static_cast<uint8_t>(BankOutcome::kEarly);
  shelf.put_bytes(Family::kIndex, layout::exception_key(early, Instant{20}, digest(2)), "");
  shelf.put_line(BankOutcome::kEarly, 30, 3);
  const auto page = list_waiting_lines(shelf.records, BankOutcome::kEarly, {}, 2);
  REQUIRE(page);
  CHECK(first_bytes(*page) == std::vector<uint8_t>{1});
  REQUIRE(page->next);
  CHECK(page->next->line == digest(2));
}

TEST_CASE("bank files come page by page") {
  Shelf shelf;
  for (uint8_t n = 1; n <= 3; ++n) {
    v1::BankFileRecord record;
    record.set_lines(n);
    shelf.put(Family::kFunds, layout::bank_file_key(digest(n)), record);
  }
  const auto first = list_bank_files(shelf.records, {}, 2);
  REQUIRE(first);
  REQUIRE(first->files.size() == 2);
  CHECK(first->next == digest(2));
  const auto second = list_bank_files(shelf.records, first->next, 2);
  REQUIRE(second);
  REQUIRE(second->files.size() == 1);
  CHECK(second->files[0].digest == digest(3));
  CHECK(second->files[0].record.lines() == 3);
  CHECK_FALSE(second->next);
}

TEST_CASE("batches come from the newest down, none twice") {
  Shelf shelf;
  for (uint32_t n = 1; n <= 3; ++n) {
    shelf.put(Family::kFunds, layout::remittance_batch_key(batch_number(n)),
              v1::RemittanceBatchRecord());
  }
  const auto first = list_remittance_batches(shelf.records, {}, 2);
  REQUIRE(first);
  REQUIRE(first->batches.size() == 2);
  CHECK(first->batches[0].number.text() == batch_number(3));
  REQUIRE(first->next);
  CHECK(first->next->text() == batch_number(2));
  const auto second = list_remittance_batches(shelf.records, first->next, 2);
  REQUIRE(second);
  REQUIRE(second->batches.size() == 1);
  CHECK(second->batches[0].number.text() == batch_number(1));
  CHECK_FALSE(second->next);
}

TEST_CASE("a case's payments are those of its attempts that were ordered; a batch lacks none") {
  Shelf shelf;
  v1::PaymentRecord record;
  record.set_amount_fen(700);
  shelf.put(Family::kFunds, layout::payment_key(kCase, 2), record);
  const auto of_case = list_payments(shelf.records, kCase, 3);
  REQUIRE(of_case);
  REQUIRE(of_case->size() == 1);
  CHECK(of_case->front().attempt == 2);
  CHECK(of_case->front().record.amount_fen() == 700);
  v1::RemittanceBatchRecord batch;
  for (const uint32_t attempt : {2u, 3u}) {
    v1::BatchPaymentRecord* place = batch.add_payments();
    place->set_case_id(std::string(kCase.bytes()));
    place->set_attempt(attempt);
  }
  const auto of_batch = list_payments(shelf.records, batch);
  REQUIRE_FALSE(of_batch);
  CHECK(of_batch.error().code == Errc::kCorrupt);
  batch.mutable_payments()->RemoveLast();
  CHECK(list_payments(shelf.records, batch)->size() == 1);
}

TEST_CASE("what was exported first comes first of those that the bank has said nothing of") {
  Shelf shelf;
  for (const int64_t ms : {30, 10, 20}) {
    shelf.put_bytes(Family::kIndex, layout::exported_payment_key(Instant{ms}, kCase, 1), "");
  }
  const auto found = list_unanswered_payments(shelf.records, 2);
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK((*found)[0].ordered == Instant{10});
  CHECK((*found)[1].ordered == Instant{20});
}

TEST_CASE("an agency is linked once, whichever direction has begun") {
  Shelf shelf;
  v1::LinkRecord out;
  out.set_receipted_seq(7);
  shelf.put(Family::kLink, layout::link_key(kPeer, layout::Direction::kOut), out);
  shelf.put(Family::kLink, layout::link_key(kPeer, layout::Direction::kIn), v1::LinkRecord());
  shelf.put(Family::kLink, layout::link_key(kOther, layout::Direction::kIn), v1::LinkRecord());
  CHECK(linked_peers(shelf.records) == std::vector<AgencyId>{kOther, kPeer});
  CHECK((*find_link(shelf.records, kPeer))->receipted_seq() == 7);
  CHECK(find_link(shelf.records, kOther)->has_value());
  CHECK_FALSE(find_link(shelf.records, *AgencyId::parse("S35020000001"))->has_value());
}

TEST_CASE("the next comparison is that of the peer, after the day") {
  Shelf shelf;
  shelf.put(Family::kLink, layout::link_key(kPeer, layout::Direction::kOut), v1::LinkRecord());
  v1::ComparisonRecord record;
  record.set_differences_total(5);
  shelf.put(Family::kFunds, layout::comparison_key(kPeer, {2026, 9, 19}), record);
  shelf.put(Family::kFunds, layout::comparison_key(kPeer, {2026, 9, 17}), v1::ComparisonRecord());
  shelf.put(Family::kFunds, layout::comparison_key(kOther, {2026, 9, 20}), v1::ComparisonRecord());
  CHECK(*next_comparison_day(shelf.records, kPeer, {2026, 9, 17}) == Date{2026, 9, 19});
  CHECK_FALSE(next_comparison_day(shelf.records, kPeer, {2026, 9, 19})->has_value());
  const auto newest = newest_comparisons(shelf.records);
  REQUIRE(newest);
  REQUIRE(newest->size() == 1);
  CHECK(newest->front().day == Date{2026, 9, 19});
  CHECK(newest->front().differences == 5);
}

// Each query, over one record of its list whose key or value is none.
TEST_CASE("a list does not leave out what it cannot read") {
  const std::string key_end = "?";
  using Ask = std::function<Errc(const Records&)>;
  const auto code = [](const auto& result) { return result ? Errc{} : result.error().code; };
  const struct {
    const char* what;
    Family family;
    std::string key;
    std::string value;
    Ask ask;
  } rows[] = {
      {"a bank file's key", Family::kFunds, layout::kBankFiles.data() + key_end, "",
       [&](const Records& r) { return code(list_bank_files(r, {}, 9)); }},
      {"a bank file", Family::kFunds, layout::bank_file_key(digest(1)).str(), "\xff",
       [&](const Records& r) { return code(list_bank_files(r, {}, 9)); }},
      {"an exception queue's key", Family::kIndex, layout::kExceptions.data() + key_end, "",
       [&](const Records& r) { return code(list_waiting_lines(r, {}, {}, 9)); }},
      {"a batch's key", Family::kFunds, "R" + std::string(21, 'x'), "",
       [&](const Records& r) { return code(list_remittance_batches(r, {}, 9)); }},
      {"a release's key", Family::kIndex, layout::kProposedReleases.data() + key_end, "",
       [&](const Records& r) { return code(list_proposed_releases(r, 9)); }},
      {"a released payment", Family::kIndex, layout::proposed_release_key(kCase, 1).str(), "",
       [&](const Records& r) { return code(list_proposed_releases(r, 9)); }},
      {"an exported payment's key", Family::kIndex, layout::kExportedPayments.data() + key_end, "",
       [&](const Records& r) { return code(list_unanswered_payments(r, 9)); }},
      {"a key of the quarantine", Family::kQuarantine, "?", "",
       [&](const Records& r) { return code(list_quarantine(r, {}, {}, 9)); }},
      {"a link's key", Family::kLink, "?", "",
       [&](const Records& r) { return code(linked_peers(r)); }},
      {"an account's key", Family::kFunds, layout::kAccounts.data() + key_end, "",
       [&](const Records& r) { return code(read_balances(r)); }},
      {"a comparison's key", Family::kFunds, layout::comparisons_prefix(kPeer).str() + key_end, "",
       [&](const Records& r) {
         return code(next_comparison_day(r, kPeer, {2026, 9, 1}));
       }},
      {"a case's key", Family::kCase, layout::kClosedCases.data() + key_end, "",
       [&](const Records& r) { return code(visit_cases(r, true, {}, [](const Case&) {})); }},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Shelf shelf;
    CHECK(row.ask(shelf.records) == Errc{});
    shelf.put_bytes(row.family, row.key, row.value);
    CHECK(row.ask(shelf.records) == Errc::kCorrupt);
  }
}

TEST_CASE("all cases are visited, closed ones if asked for, until the visitor is stopped") {
  Shelf shelf;
  for (const bool closed : {false, true}) {
    Case subject;
    subject.id = kCase;
    subject.peer = kPeer;
    subject.relationship = closed ? Relationship::kWithdrawn : Relationship::kDraft;
    subject.letter_number = closed ? "41132807261120000079" : "";
    subject.revision = 1;
    v1::CaseRecord record;
    encode_case(subject, &record);
    shelf.put(Family::kCase, layout::case_key(kCase, closed), record);
  }
  int seen = 0;
  const auto count = [&](const Case&) { ++seen; };
  REQUIRE(visit_cases(shelf.records, false, {}, count));
  CHECK(seen == 1);
  REQUIRE(visit_cases(shelf.records, true, {}, count));
  CHECK(seen == 3);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = visit_cases(shelf.records, true, stop.get_token(), count);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Errc::kBusy);
  CHECK(seen == 4);
}

}  // namespace queries_test
