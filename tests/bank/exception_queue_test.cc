// Bank lines that wait, and what settles them: later messages, other lines, people.
#include <catch2/catch.hpp>

#include "daemon/rules/batch_number.h"
#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace exception_queue_test {
namespace {

std::string batch_number(uint32_t sequence, AgencyId maker = out_site()) {
  return BatchNumber::make(maker, {2026, 11, 20}, sequence)->text();
}

// A transfer-in agency with cases of different people that OUT has taken on.
struct Office {
  Site site{in_site(), kNow};
  std::vector<std::string> letters;
  int sequence = 0;

  explicit Office(int cases) {
    for (int n = 1; n <= cases; ++n) open_case(n);
  }

  void open_case(int n);
  void hear(int n, v1::Message message) {
    const Case subject = site.subject(id(n));
    message.set_case_seq(subject.received_case_seq + 1);
    if (message.has_information_form()) {
      *message.mutable_information_form()->mutable_person() = subject.person;
    }
    Forger(out_site(), site).deliver(message);
    site.commit();
    REQUIRE(site.quarantine().empty());
  }
  void hear(int n, EventKind kind) { hear(n, sound_message(site.subject(id(n)), kind)); }
  void notice(int n, const std::string& batch, uint32_t lines, int64_t total) {
    v1::Message message = sound_message(site.subject(id(n)), EventKind::kRemitNoticeIn);
    v1::RemittanceNotice* notice = message.mutable_remittance_notice();
    notice->set_batch_number(batch);
    notice->set_batch_lines(lines);
    notice->set_batch_total_fen(total);
    hear(n, message);
  }
  CaseId id(int n) const { return case_number(n); }

  std::string import(const std::string& remark, int64_t fen) {
    v1::BankLine line = bank_line("", fen, std::to_string(++sequence));
    line.set_remark(remark);
    last = site.bank({line}).bank.results(0);
    return last.outcome();
  }
  v1::BankLineRecord record(const std::string& id) const {
    const Key key = layout::bank_line_key(*to_array<32>(*from_hex(id)));
    return **site.records().get_message<v1::BankLineRecord>(Family::kFunds, key);
  }
  std::string outcome(const std::string& id) const {
    return std::string(name(static_cast<BankOutcome>(record(id).outcome())));
  }
  std::vector<std::string> queue() const {
    std::vector<std::string> lines;
    const auto read =
        site.records().scan(Family::kIndex, "T", "U", [&](std::string_view key, std::string_view) {
          lines.push_back(to_hex(key.substr(10)));
          return true;
        });
    REQUIRE(read);
    return lines;
  }
  Funds funds(int n) const { return site.subject(id(n)).funds; }
  Answer settle(const std::string& id, std::vector<Allocation> to, const std::string& note) {
    const LineAct act = to.empty() ? LineAct::kSetAside : LineAct::kMatch;
    return decide(id, act, note, std::move(to));
  }
  Answer decide(const std::string& id, LineAct act, const std::string& note,
                std::vector<Allocation> to = {}) {
    return site.decide({*to_array<32>(*from_hex(id)), act, std::move(to), note, {}});
  }

  v1::BankLineResult last;
};

// Each is another person.
void Office::open_case(int n) {
  v1::ActionInput input = sound_input(Case(), EventKind::kApply);
  make_another(n, *input.mutable_application()->mutable_person());
  REQUIRE_FALSE(site.act(EventKind::kApply, id(n), input).rejection);
  REQUIRE_FALSE(site.act(EventKind::kAccept, id(n)).rejection);
  REQUIRE_FALSE(site.act(EventKind::kSendLetter, id(n)).rejection);
  letters.push_back(site.subject(id(n)).letter_number);
  hear(n, EventKind::kLetterAcceptIn);
}

}  // namespace

TEST_CASE("a line before its form leaves the queue as matched when the form comes (X24)") {
  Office office(1);
  CHECK(office.import(office.letters[0], kBalance) == "early");
  const std::string line = office.last.line_id();
  CHECK(office.queue() == std::vector<std::string>{line});
  office.hear(1, EventKind::kInfoFormIn);
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.outcome(line) == "matched");
  CHECK(office.record(line).settled_by() == "case");
  CHECK(office.queue().empty());
}

TEST_CASE("parts of a case's money wait with it and leave together (X28)") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  CHECK(office.import(office.letters[0], kBalance - 5) == "amount_differs");
  const std::string first = office.last.line_id();
  CHECK(office.import(office.letters[0], 5) == "matched");
  CHECK(office.outcome(first) == "matched");
  CHECK(office.queue().empty());
}

TEST_CASE("one transfer for three cases, after their notices (X26)") {
  Office office(3);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 3; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    office.notice(n, batch, 3, 3 * kBalance);
  }
  CHECK(office.import("划转 " + batch, 3 * kBalance) == "matched");
  for (int n = 1; n <= 3; ++n) CHECK(office.funds(n) == Funds::kMatched);
  CHECK(office.record(office.last.line_id()).to_size() == 3);
  CHECK(office.site.balance(out_site(), LedgerAccount::kBank) == 3 * kBalance);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(office.site.ledger_sum() == 0);
  CHECK(office.import("划转 " + batch, 3 * kBalance) == "not_expected");
}

TEST_CASE("one transfer before its notices waits for the last of them (X26)") {
  Office office(2);
  const std::string batch = batch_number(1);
  office.hear(1, EventKind::kInfoFormIn);
  office.hear(2, EventKind::kInfoFormIn);
  office.notice(1, batch, 2, 2 * kBalance);
  CHECK(office.import(batch, 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == -2 * kBalance);
  office.site.restart();
  office.notice(2, batch, 2, 2 * kBalance);
  CHECK(office.outcome(line) == "matched");
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.funds(2) == Funds::kMatched);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE("one transfer before anybody has named its batch waits for the notices (X26)") {
  Office office(2);
  const std::string batch = batch_number(1);
  CHECK(office.import(batch, 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == -2 * kBalance);
  for (int n = 1; n <= 2; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    CHECK(office.outcome(line) == "early");
    office.notice(n, batch, 2, 2 * kBalance);
  }
  CHECK(office.outcome(line) == "matched");
  for (int n = 1; n <= 2; ++n) CHECK(office.funds(n) == Funds::kMatched);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(office.queue().empty());
}

TEST_CASE("a notice that names the batch of a payment that is known counts no money again") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  office.hear(1, EventKind::kRemitNoticeIn);
  const Case before = office.site.subject(office.id(1));
  v1::Message again = sound_message(before, EventKind::kRemitNoticeIn);
  again.mutable_remittance_notice()->set_attempt(before.attempt);
  again.mutable_remittance_notice()->set_end_to_end_id(
      EndToEndId{before.letter_number, before.attempt}.text());
  again.mutable_remittance_notice()->set_batch_number(batch_number(1));
  again.mutable_remittance_notice()->set_batch_lines(1);
  again.mutable_remittance_notice()->set_batch_total_fen(kBalance);
  office.hear(1, again);
  const Case after = office.site.subject(office.id(1));
  CHECK(after.noticed == before.noticed);
  CHECK(after.attempt == before.attempt);
  CHECK(office.import(batch_number(1), kBalance) == "matched");
}

TEST_CASE(
    "one transfer for two letters before their forms is matched with the last of them (X26)") {
  Office office(2);
  CHECK(office.import(office.letters[0] + " " + office.letters[1], 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  for (int n = 1; n <= 2; ++n) {
    CHECK(office.outcome(line) == "early");
    office.hear(n, EventKind::kInfoFormIn);
    office.site.wake();
    office.site.commit();
  }
  CHECK(office.outcome(line) == "matched");
  for (int n = 1; n <= 2; ++n) CHECK(office.funds(n) == Funds::kMatched);
  CHECK(office.queue().empty());
}

TEST_CASE("two transfers for one batch are matched when the second comes (X28)") {
  Office office(2);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 2; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    office.notice(n, batch, 2, 2 * kBalance);
  }
  CHECK(office.import(batch, kBalance + 1) == "early");
  const std::string first = office.last.line_id();
  CHECK(office.import(batch, kBalance - 1) == "matched");
  CHECK(office.outcome(first) == "matched");
  CHECK(office.queue().empty());
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a batch of another total is held, and a person shares out the good cases (X27)") {
  Office office(2);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 2; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    office.notice(n, batch, 2, 2 * kBalance);
  }
  CHECK(office.import(batch, 2 * kBalance + 7) == "batch_total_differs");
  const std::string line = office.last.line_id();
  CHECK(office.funds(1) == Funds::kNoticed);
  const Answer short_of =
      office.settle(line, {{office.id(1), Fen{kBalance}}}, "the rest goes back");
  REQUIRE(short_of.rejection);
  CHECK(short_of.rejection->refusal == Refusal::kAllotmentSum);
  const Answer settled = office.settle(
      line, {{office.id(1), Fen{kBalance}}, {office.id(2), Fen{kBalance + 7}}}, "by letter");
  REQUIRE_FALSE(settled.rejection);
  CHECK(settled.bank.results(0).outcome() == "matched_by_hand");
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.funds(2) == Funds::kReceivedDiffers);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE(
    "X26: of one transfer for four cases one is unknown: a person lets the others have theirs") {
  Office office(3);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 3; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    office.notice(n, batch, 4, 4 * kBalance);
  }
  CHECK(office.import(batch, 4 * kBalance) == "early");
  const std::string line = office.last.line_id();
  office.decide(line, LineAct::kMatchNoticed, "the fourth is not ours");
  CHECK(office.outcome(line) == "batch_total_differs");
  for (int n = 1; n <= 3; ++n) CHECK(office.funds(n) == Funds::kMatched);
  CHECK(office.queue() == std::vector<std::string>{line});
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == -kBalance);
  CHECK(office.site.ledger_sum() == 0);
  office.decide(line, LineAct::kMatchNoticed, "the fourth is not ours");
  REQUIRE(office.site.answers.back().rejection);
  CHECK(office.site.answers.back().rejection->refusal == Refusal::kBatchUnknown);
  CHECK_FALSE(office.settle(line, {}, "sent back to the payer").rejection);
  CHECK(office.queue().empty());
}

TEST_CASE("a line that holds more than a case's money stays with a person when that case has all") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  v1::Message notice = sound_message(office.site.subject(office.id(1)), EventKind::kRemitNoticeIn);
  notice.mutable_remittance_notice()->set_amount_fen(kBalance - 5);
  notice.mutable_remittance_notice()->set_batch_number(batch_number(1));
  notice.mutable_remittance_notice()->set_batch_lines(2);
  notice.mutable_remittance_notice()->set_batch_total_fen(2 * kBalance);
  office.hear(1, notice);
  CHECK(office.import(office.letters[0], 5) == "amount_differs");
  const std::string first = office.last.line_id();
  CHECK(office.import(batch_number(1), 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  office.decide(line, LineAct::kMatchNoticed, "the other is not ours");
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.outcome(first) == "matched");
  CHECK(office.outcome(line) == "batch_total_differs");
  CHECK(office.queue() == std::vector<std::string>{line});
  CHECK(office.record(line).suspense_fen() == kBalance + 5);
}

TEST_CASE("what a person has matched is not matched again by the batch's last notice") {
  Office office(2);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 2; ++n) office.hear(n, EventKind::kInfoFormIn);
  office.notice(1, batch, 2, 2 * kBalance);
  CHECK(office.import(batch, 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  REQUIRE_FALSE(
      office.settle(line, {{office.id(1), Fen{kBalance}}, {office.id(2), Fen{kBalance}}}, "")
          .rejection);
  office.notice(2, batch, 2, 2 * kBalance);
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.funds(2) == Funds::kMatched);
  CHECK(office.site.balance(out_site(), LedgerAccount::kBank) == 2 * kBalance);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE("a line of a batch that a person sets aside is waited for no more") {
  Office office(2);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 2; ++n) office.hear(n, EventKind::kInfoFormIn);
  office.notice(1, batch, 2, 2 * kBalance);
  CHECK(office.import(batch, 2 * kBalance) == "early");
  const std::string line = office.last.line_id();
  REQUIRE_FALSE(office.settle(line, {}, "sent back to the payer").rejection);
  office.notice(2, batch, 2, 2 * kBalance);
  CHECK(office.outcome(line) == "set_aside");
  CHECK(office.funds(1) == Funds::kNoticed);
  CHECK(office.import(batch, 2 * kBalance) == "matched");
  CHECK(office.funds(2) == Funds::kMatched);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE("a line without a batch is not shared out by notices") {
  Office office(1);
  CHECK(office.import("转账", kBalance) == "no_case");
  office.decide(office.last.line_id(), LineAct::kMatchNoticed, "which?");
  REQUIRE(office.site.answers.back().rejection);
  CHECK(office.site.answers.back().rejection->refusal == Refusal::kBatchUnknown);
}

TEST_CASE("a line of a batch that the bank takes back is waited for no more") {
  Office office(2);
  const std::string batch = batch_number(1);
  for (int n = 1; n <= 2; ++n) {
    office.hear(n, EventKind::kInfoFormIn);
    office.notice(n, batch, 2, 2 * kBalance);
  }
  CHECK(office.import(batch, kBalance) == "early");
  v1::BankLine reversal = bank_line("", -kBalance, "77");
  reversal.set_remark(batch);
  reversal.set_reversal(true);
  CHECK(office.site.bank({reversal}).bank.results(0).outcome() == "reversed");
  CHECK(office.queue().empty());
  CHECK(office.import(batch, kBalance) == "early");
  CHECK(office.funds(1) == Funds::kNoticed);
  CHECK(office.import(batch, kBalance) == "matched");
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE("a notice that names another agency's batch, or none that is one, is refused") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  v1::Message message = sound_message(office.site.subject(office.id(1)), EventKind::kRemitNoticeIn);
  message.mutable_remittance_notice()->set_batch_number(
      GENERATE(batch_number(1, third_site()), std::string("123")));
  Forger(out_site(), office.site).deliver(message);
  office.site.commit();
  REQUIRE(office.site.quarantine().size() == 1);
  CHECK(office.site.quarantine()[0].refusal() ==
        static_cast<uint32_t>(Refusal::kBatchNumberForeign));
  CHECK(office.import(batch_number(1, third_site()), kBalance) == "early");
  CHECK(office.funds(1) == Funds::kExpected);
}

TEST_CASE("a batch number that no agency of the directory gives is an unknown reference") {
  Office office(1);
  const auto stranger = *AgencyId::parse("S99999999999");
  CHECK(office.import(batch_number(1, stranger), kBalance) == "unknown_reference");
}

TEST_CASE("money without a reference proposes the case that misses it; a person confirms (X29)") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  CHECK(office.import("转账", kBalance) == "no_case");
  const std::string line = office.last.line_id();
  CHECK(office.last.case_id() == office.id(1).str());
  CHECK(office.record(line).evidence() == static_cast<uint32_t>(Evidence::kAmountAndPayer));
  CHECK(office.funds(1) == Funds::kExpected);
  const Answer settled = office.settle(line, {{office.id(1), Fen{kBalance}}}, "asked the payer");
  REQUIRE_FALSE(settled.rejection);
  CHECK(office.funds(1) == Funds::kMatched);
  CHECK(office.record(line).settled_by() == "clerk, reviewer");
  CHECK(office.record(line).note() == "asked the payer");
  CHECK(office.queue().empty());
  const Answer again = office.settle(line, {{office.id(1), Fen{kBalance}}}, "");
  REQUIRE(again.rejection);
  CHECK(again.rejection->refusal == Refusal::kBankLineSettled);
}

TEST_CASE("a line is set aside only with a reason, and its money stays in suspense") {
  Office office(0);
  CHECK(office.import("利息", 35) == "no_case");
  const std::string line = office.last.line_id();
  REQUIRE(office.settle(line, {}, "").rejection);
  REQUIRE_FALSE(office.settle(line, {}, "interest of the account").rejection);
  CHECK(office.outcome(line) == "set_aside");
  CHECK(office.queue().empty());
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == -35);
}

TEST_CASE("what a case gets by hand above its due is parked with it, and in no exception queue") {
  Office office(1);
  office.hear(1, EventKind::kInfoFormIn);
  CHECK(office.import(office.letters[0], kBalance) == "matched");
  CHECK(office.import("转账", 7) == "no_case");
  const std::string line = office.last.line_id();
  const Answer settled = office.settle(line, {{office.id(1), Fen{7}}}, "");
  REQUIRE_FALSE(settled.rejection);
  CHECK(settled.bank.results(0).outcome() == "matched_by_hand");
  CHECK(office.queue().empty());
  CHECK(office.site.subject(office.id(1)).funds == Funds::kReceivedDiffers);
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a debit that nobody ordered is shown, and money of ours is not in two places") {
  Office office(0);
  CHECK(office.import("手续费", -15) == "no_case");
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == 15);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE("no line is known by that id") {
  Office office(0);
  const Answer answer = office.settle(std::string(64, '0'), {}, "why");
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kBankLineUnknown);
}

}  // namespace exception_queue_test
