// Rules that hold of every record of a payment, a batch and a bank line: sound ones break none, and
// each rule is broken by a record that is wrong in one thing.
#include "daemon/payments/rules/record_invariants.h"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/payments/rules/payment_state.h"

using namespace jiexu;

namespace record_invariants_test {
namespace {

const std::string kLine(32, 'l');
const std::string kCase(16, 'c');

template <class Record>
struct Breach {
  std::string_view rule;
  std::function<void(Record&)> does;
};

template <class Record>
void check_breaches(const Record& sound, const std::vector<Breach<Record>>& breaches) {
  REQUIRE(check_invariants(sound).value_or("") == "");
  for (const Breach<Record>& breach : breaches) {
    INFO(breach.rule);
    Record record = sound;
    breach.does(record);
    CHECK(check_invariants(record).value_or("") == breach.rule);
  }
}

v1::ReleaseRecord release(const std::string& by) {
  v1::ReleaseRecord out;
  out.set_proposed_by("wang");
  out.set_content(kLine);
  out.set_approved_by(by);
  return out;
}

void set_state(PaymentState state, v1::PaymentRecord& record) {
  record.set_state(static_cast<uint32_t>(state));
}

v1::PaymentRecord sound_payment() {
  v1::PaymentRecord out;
  set_state(PaymentState::kExported, out);
  out.set_amount_fen(500);
  out.set_returned_fen(100);
  out.set_batch(std::string(21, '1'));
  out.set_exported_at_ms(1);
  out.set_exported_fen(500);
  *out.add_releases() = release("li");
  *out.add_releases() = release("");
  return out;
}

v1::RemittanceBatchRecord sound_batch() {
  v1::RemittanceBatchRecord out;
  out.set_state(static_cast<uint32_t>(BatchState::kApproved));
  v1::BatchPaymentRecord& place = *out.add_payments();
  place.set_case_id(kCase);
  place.set_attempt(1);
  place.set_amount_fen(500);
  place.set_ordered_by("zhao");
  out.set_made_by("wang");
  out.set_approved_by("li");
  out.set_approved_content(kLine);
  return out;
}

v1::BankLineRecord sound_line() {
  v1::BankLineRecord out;
  out.mutable_line()->set_amount_fen(500);
  out.set_outcome(static_cast<uint32_t>(BankOutcome::kNoCase));
  out.set_queued_at_ms(1);
  out.set_suspense_fen(500);
  out.set_postings(1);
  out.add_proposals(kCase);
  out.add_to()->set_case_id(kCase);
  out.set_reversed_by(kLine);
  v1::LineActRecord* act = out.add_acts();
  act->set_content(kLine);
  act->set_proposed_by("wang");
  return out;
}

}  // namespace

TEST_CASE("a payment that breaks a rule is known by the rule's name") {
  using Record = v1::PaymentRecord;
  check_breaches<Record>(
      sound_payment(),
      {{"payment-state-known", [](Record& r) { r.set_state(9); }},
       {"payment-has-amount", [](Record& r) { r.set_amount_fen(0); }},
       {"payment-returns-money", [](Record& r) { r.set_returned_fen(-1); }},
       {"payment-returns-money", [](Record& r) { r.set_seen_back_fen(-1); }},
       {"payment-in-its-batch", [](Record& r) { set_state(PaymentState::kOrdered, r); }},
       {"payment-in-its-batch",
        [](Record& r) {
          set_state(PaymentState::kBatched, r);
          r.clear_batch();
        }},
       {"payment-export-dated", [](Record& r) { r.set_exported_at_ms(0); }},
       {"payment-debited-by-line", [](Record& r) { r.set_debit_line("x"); }},
       {"payment-releases-by-two", [](Record& r) { *r.add_releases() = release("li"); }},
       {"payment-releases-by-two", [](Record& r) { *r.mutable_releases(0) = release("wang"); }},
       {"payment-releases-by-two", [](Record& r) { r.mutable_releases(1)->clear_content(); }}});
}

TEST_CASE("a batch that breaks a rule is known by the rule's name") {
  using Record = v1::RemittanceBatchRecord;
  check_breaches<Record>(
      sound_batch(),
      {{"batch-state-known", [](Record& r) { r.set_state(0); }},
       {"batch-void-if-empty", [](Record& r) { r.clear_payments(); }},
       {"batch-void-if-empty",
        [](Record& r) { r.set_state(static_cast<uint32_t>(BatchState::kVoid)); }},
       {"batch-pays-cases", [](Record& r) { r.mutable_payments(0)->set_case_id("x"); }},
       {"batch-pays-cases", [](Record& r) { r.mutable_payments(0)->set_amount_fen(0); }},
       {"batch-pays-case-once", [](Record& r) { *r.add_payments() = r.payments(0); }},
       {"batch-approved-by-another", [](Record& r) { r.clear_approved_by(); }},
       {"batch-approved-by-another", [](Record& r) { r.set_approved_by("wang"); }},
       {"batch-approved-by-another", [](Record& r) { r.set_approved_by("zhao"); }},
       {"batch-approved-by-another", [](Record& r) { r.clear_approved_content(); }},
       {"batch-export-dated",
        [](Record& r) { r.set_state(static_cast<uint32_t>(BatchState::kExported)); }}});
}

TEST_CASE("a bank line that breaks a rule is known by the rule's name") {
  using Record = v1::BankLineRecord;
  const auto set_outcome = [](BankOutcome outcome) {
    return [outcome](Record& r) { r.set_outcome(static_cast<uint32_t>(outcome)); };
  };
  check_breaches<Record>(
      sound_line(),
      {{"line-outcome-kept", [](Record& r) { r.set_outcome(99); }},
       {"line-outcome-kept", set_outcome(BankOutcome::kDuplicate)},
       {"line-has-amount", [](Record& r) { r.mutable_line()->set_amount_fen(0); }},
       {"line-names-cases", [](Record& r) { r.add_proposals("x"); }},
       {"line-names-cases", [](Record& r) { r.mutable_to(0)->set_case_id("x"); }},
       {"line-waits-for-somebody", [](Record& r) { r.set_settled_by("wang"); }},
       {"line-settled-by-somebody", set_outcome(BankOutcome::kSetAside)},
       {"line-suspense-posted", [](Record& r) { r.set_postings(0); }},
       {"line-reversal-of-credit", [](Record& r) { r.mutable_line()->set_amount_fen(-500); }},
       {"line-reversal-of-credit", [](Record& r) { r.set_reverses(kLine); }},
       {"line-reversal-of-credit", [](Record& r) { r.set_reversed_by("x"); }},
       {"line-may-repeat-one", [](Record& r) { r.set_may_repeat("x"); }},
       {"line-void-is-nowhere", set_outcome(BankOutcome::kReportedAgain)},
       {"line-acts-by-two", [](Record& r) { r.mutable_acts(0)->clear_content(); }},
       {"line-acts-by-two", [](Record& r) { r.mutable_acts(0)->set_approved_by("wang"); }},
       {"line-acts-by-two", [](Record& r) { *r.add_acts() = r.acts(0); }},
       {"line-seen-in-file", [](Record& r) { r.set_seen_in("x"); }},
       {"line-seen-in-file", [](Record& r) { r.set_file("x"); }}});
}

}  // namespace record_invariants_test
