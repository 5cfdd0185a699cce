// Amounts at the ends of what a number can hold, at every door by which they come: none is money,
// none ends the engine, and what an older version let in is told of.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/reconciliation/ledger_check.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace amounts_test {
namespace {

constexpr int64_t kMost = limits::kBankLineFenMax;

void put(Site& site, Family family, const Key& key, const google::protobuf::Message& record) {
  Batch batch;
  Records writer = site.records();
  writer.put_message(batch, family, key, record);
  REQUIRE(site.store->commit(batch));
}

void set_balance(Site& site, AgencyId peer, LedgerAccount account, int64_t fen) {
  v1::AccountRecord record;
  record.set_balance_fen(fen);
  put(site, Family::kFunds, layout::account_key(peer, static_cast<uint8_t>(account)), record);
}

int64_t count_lines(const Site& site) {
  int64_t count = 0;
  REQUIRE(site.records().scan(Family::kFunds, layout::kBankLines,
                              layout::prefix_end(layout::kBankLines),
                              [&](std::string_view, std::string_view) { return ++count > 0; }));
  return count;
}

// A store in which an older version has booked a line of the lowest number there is.
void book_lowest(Site& site) {
  v1::BankLineRecord record;
  *record.mutable_line() = bank_line("", INT64_MIN, "1");
  record.set_outcome(static_cast<uint32_t>(BankOutcome::kNoCase));
  record.set_at_ms(kNow.ms);
  record.set_queued_at_ms(static_cast<uint64_t>(kNow.ms));
  record.set_queued_outcome(record.outcome());
  record.set_suspense_fen(INT64_MIN);
  record.set_postings(1);
  const Digest digest = digest_of(record.line());
  put(site, Family::kFunds, layout::bank_line_key(digest), record);
  v1::JournalRecord journal;
  journal.set_peer(site.self.str());
  v1::PostingRecord& posting = *journal.add_postings();
  posting.set_debit(static_cast<uint32_t>(LedgerAccount::kSuspense));
  posting.set_credit(static_cast<uint32_t>(LedgerAccount::kBank));
  posting.set_amount_fen(INT64_MIN);
  put(site, Family::kFunds, layout::line_journal_key(digest, 1), journal);
  for (const LedgerAccount account : {LedgerAccount::kBank, LedgerAccount::kSuspense}) {
    set_balance(site, site.self, account, INT64_MIN);
  }
  Batch batch;
  batch.put(Family::kIndex, layout::postponed_line_key(digest), "");
  batch.put(Family::kIndex,
            layout::exception_key(static_cast<uint8_t>(BankOutcome::kNoCase), kNow, digest), "");
  REQUIRE(site.store->commit(batch));
  site.restart();
}

// IN with a case that OUT has taken on.
struct Payee {
  Payee() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      site.act(action, id, sound_input(Case(), action));
    }
    hear(EventKind::kLetterAcceptIn);
  }
  v1::Message sound(EventKind kind) const { return sound_message(site.subject(id), kind); }
  void hear(const v1::Message& message) {
    Forger(out_site(), site).deliver(message);
    site.commit();
  }
  void hear(EventKind kind) { hear(sound(kind)); }
  // What the last message was refused for.
  Refusal refused() const {
    const auto entries = site.quarantine();
    return entries.empty() ? Refusal::kNone : static_cast<Refusal>(entries.back().refusal());
  }

  Site site{in_site(), kNow};
  CaseId id = case_number(1);
};

}  // namespace

TEST_CASE("no bank line is larger than one transfer for a whole batch can be") {
  Site site(in_site(), kNow);
  int sequence = 0;
  for (const int64_t fen : {INT64_MIN, INT64_MIN + 1, INT64_MAX, kMost + 1, -kMost - 1}) {
    INFO(fen);
    const Answer answer = site.bank({bank_line("", fen, std::to_string(++sequence))});
    CHECK(answer.bank.results(0).outcome() == "invalid");
  }
  CHECK(count_lines(site) == 0);
  for (const int64_t fen : {kMost, -kMost}) {
    const Answer answer = site.bank({bank_line("", fen, std::to_string(++sequence))});
    CHECK(answer.bank.results(0).outcome() == "no_case");
  }
  CHECK(count_lines(site) == 2);
  CHECK(site.ledger_sum() == 0);
}

TEST_CASE("a store with a line of the lowest number opens, and later debits are booked") {
  Site site(in_site(), kNow);
  book_lowest(site);
  site.wake();
  for (const int64_t fen : {-100, 100, -200}) {
    const Answer answer = site.bank({bank_line("", fen, std::to_string(fen))});
    CHECK(answer.bank.results(0).outcome() == "no_case");
  }
  CHECK(count_lines(site) == 4);
  site.restart();
  CHECK(site.bank({bank_line("", -300, "9")}).bank.results(0).outcome() == "no_case");
}

TEST_CASE("the check of the ledger names a line whose amount is none") {
  Site site(in_site(), kNow);
  book_lowest(site);
  const auto checked = check_ledger(site.records(), site.self);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Errc::kCorrupt);
  CHECK_THAT(checked.error().text, Catch::StartsWith("bank line "));
}

TEST_CASE("a line whose amount is none is set aside, and matched with no case") {
  Site site(in_site(), kNow);
  book_lowest(site);
  const Digest line = digest_of(bank_line("", INT64_MIN, "1"));
  site.decide({line, LineAct::kMatch, {{case_number(1), Fen{1}}}, "note", {}});
  REQUIRE(site.answers.back().rejection);
  CHECK(site.answers.back().rejection->refusal == Refusal::kAmountTooLarge);
  site.decide({line, LineAct::kSetAside, {}, "an older version took it", {}});
  CHECK_FALSE(site.answers.back().rejection);
}

TEST_CASE("a bank line that the books have no room for is not booked") {
  Site site(in_site(), kNow);
  set_balance(site, site.self, LedgerAccount::kBank, limits::kAccountFenMax - 10);
  site.restart();
  CHECK(site.bank({bank_line("", 11, "1")}).bank.results(0).outcome() == "invalid");
  CHECK(site.bank({bank_line("", 10, "2")}).bank.results(0).outcome() == "no_case");
}

TEST_CASE("a form that the books have no room for is set aside") {
  Payee in;
  set_balance(in.site, out_site(), LedgerAccount::kReceivable, limits::kAccountFenMax);
  in.site.restart();
  in.hear(EventKind::kInfoFormIn);
  CHECK(in.refused() == Refusal::kAmountTooLarge);
  CHECK(in.site.subject(in.id).form_version == 0);
  CHECK(in.site.balance(out_site(), LedgerAccount::kReceivable) == limits::kAccountFenMax);
}

TEST_CASE("a notice of an amount or of a batch that no agency can pay is set aside") {
  for (const int64_t fen : {INT64_MIN, int64_t{-1}, limits::kBatchFenMax + 1, INT64_MAX}) {
    INFO(fen);
    Payee in;
    in.hear(EventKind::kInfoFormIn);
    v1::Message notice = in.sound(EventKind::kRemitNoticeIn);
    notice.mutable_remittance_notice()->set_batch_total_fen(fen);
    in.hear(notice);
    CHECK(in.refused() == (fen < 0 ? Refusal::kAmountNotPositive : Refusal::kAmountTooLarge));
    notice = in.sound(EventKind::kRemitNoticeIn);
    notice.mutable_remittance_notice()->set_amount_fen(fen);
    in.hear(notice);
    CHECK(in.refused() == (fen < 0 ? Refusal::kAmountNotPositive : Refusal::kAmountTooLarge));
    CHECK(in.site.subject(in.id).noticed == Fen{});
  }
}

TEST_CASE("what the other agency says is here, kept or taken back is bounded") {
  Payer payer(1);
  payer.pay();
  const auto refused = [&](const v1::Message& message) {
    Forger(in_site(), payer.site).deliver(message);
    payer.site.commit();
    return static_cast<Refusal>(payer.site.quarantine().back().refusal());
  };
  const auto sound = [&](EventKind kind) {
    return sound_message(payer.site.subject(Payer::id(1)), kind);
  };
  v1::Message difference = sound(EventKind::kFundsDiffIn);
  difference.mutable_funds_diff()->set_received_fen(INT64_MAX);
  CHECK(refused(difference) == Refusal::kAmountTooLarge);
  difference = sound(EventKind::kFundsDiffIn);
  difference.mutable_funds_diff()->set_reversed_fen(INT64_MAX);
  CHECK(refused(difference) == Refusal::kAmountTooLarge);
  v1::Message returned = sound(EventKind::kFundsReturnedIn);
  returned.mutable_funds_returned()->set_kept_fen(INT64_MAX);
  CHECK(refused(returned) == Refusal::kAmountTooLarge);
  v1::Message ack = sound(EventKind::kFundsAckIn);
  ack.mutable_funds_ack()->set_amount_fen(INT64_MAX);
  CHECK(refused(ack) == Refusal::kAmountTooLarge);
}

}  // namespace amounts_test
