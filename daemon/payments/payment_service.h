// Payments that cases of ours have ordered, on their way to the bank.
//
// Each remittance of a case is one payment, known by its EndToEndId: letter number and attempt, so
// that a bank can refuse the same one twice. Payments to one account are collected into a batch; a
// person approves it who has neither made it nor ordered a payment in it, for the content that its
// digest names; then its file is written, once: the file is kept with the batch, and whoever asks
// again gets the same bytes; and the other agency is told of each payment in which batch it went,
// because the bank may pay all of it in one transfer that names no letter. The bank's report says
// what became of each payment. If the bank refuses one as a duplicate it has had it: the payment
// stays as it is, and nothing is paid in its place.
//
// What a case takes back before the bank has it is paid no more: it leaves its batch, and with that
// the batch's approval is lost. The same happens when a case is held, given up or names another
// account; this is looked at when a batch is made, approved and exported.
//
// An account that is not the other agency's in the directory gets no money before two people have
// confirmed it, by another way than the letter or change that named it: a forged letter must not
// move money. What they confirm is the account as they saw it; another one begins anew.
//
// What becomes of a payment or batch by each event is said by the tables of payments/rules; here
// their facts are loaded, and what they answer is written.
//
// The bank's statements say the same and more: a debit that names payments and agrees with their
// sum to the fen marks them as paid, a credit brings them back to their cases.
//
// If the store has lost commits, a payment that it shows as waiting may be with the bank already,
// and so may one that a case from before the loss orders after it: it may have ordered it before.
// Such payments go into no batch until the bank says that it has them, or two people say that it
// has not. What the other agency has acknowledged went out.
//
// Owned by the engine's thread; writes into the open commit. Errors: the store's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/matcher.h"
#include "daemon/bank/rules/references.h"
#include "daemon/bankfiles/batch_rules.h"
#include "daemon/bankfiles/payment_report.h"
#include "daemon/casework/action_guards.h"
#include "daemon/casework/case_service.h"
#include "daemon/engine/number_draw.h"
#include "daemon/payments/rules/batch_machine.h"
#include "daemon/payments/rules/payment_machine.h"
#include "daemon/payments/rules/payment_state.h"
#include "daemon/peers/link_guard.h"
#include "daemon/rules/batch_number.h"
#include "daemon/trust/directory.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// What an approval names: everything that goes into the file but the day.
Digest content_of(std::string_view number, const v1::RemittanceBatchRecord& batch);
// Whether the batch pays the case: at most once, so that who gets one transfer for all of it knows
// each case's share.
bool pays(const v1::RemittanceBatchRecord& batch, const CaseId& id);

class PaymentService final : public CaseListener {
 public:
  PaymentService(AgencyId self, Transaction& tx, CaseService& cases, BatchRules rules,
                 const LinkGuard& guard, NumberBlocks& numbers)
      : self_(self),
        tx_(tx),
        cases_(cases),
        rules_(std::move(rules)),
        guard_(guard),
        numbers_(numbers, NumberKind::kBatch, BatchNumber::kSequenceMax) {}

  void set_directory(const Directory& directory);
  // Whether the store has ever lost commits.
  bool has_lost() const { return doubt_until_ms_ != 0; }
  // Payments ordered up to `until` may be with the bank already.
  void doubt(Instant until) { doubt_until_ms_ = std::max(doubt_until_ms_, until.ms); }
  // Numbers of batches may be forgotten: they go on behind all that were reserved.
  void skip_batch_numbers(Instant now) { numbers_.skip(date_of(now), 0); }
  // Whether that is not durable yet; and makes it so.
  bool has_skipped_numbers() const { return numbers_.has_skipped(); }
  Result<void> keep_skipped_numbers() { return numbers_.keep_skip(); }

  // CaseListener: a case has ordered a payment, or its bank or a person has taken one back.
  Result<void> case_changed(const CaseChanged& change) override;

  // Collects payments that wait, oldest first; looks at some of them, from `after` on.
  Result<v1::MadeBatchesView> make(const std::optional<layout::WaitingPayment>& after,
                                   std::string_view user, Instant now);

  template <class T>
  using Outcome = Result<tl::expected<T, Rejection>>;
  // `content` is the digest of the batch as the person has seen it. Again by the same person
  // changes nothing.
  Outcome<v1::RemittanceBatchView> approve(std::string_view number, std::string_view content,
                                           std::string_view user, Instant now);
  // The file; again: the same bytes.
  Outcome<std::string> export_file(std::string_view number, PaymentFormat format,
                                   std::string_view user, Instant now);
  // What the bank says of payments. The same again changes nothing.
  Result<v1::PaymentReportView> report(const std::vector<PaymentFate>& fates, std::string_view user,
                                       Instant now);
  // What a line of a statement did to the payments that it names.
  struct LineTaken {
    BankOutcome outcome{};
    std::vector<Allocation> to;     // booked with these cases; below 0: paid out
    Fen left;                       // of the line, with no case
    std::vector<CaseId> proposals;  // cases that it names
    bool again = false;             // it may be taken when a link is recovered or a case changes
  };
  // nullopt: the line names no payment of ours. REQUIRES: the line has not been taken before.
  Result<std::optional<LineTaken>> take_debit(const v1::BankLine& line, const Digest& digest,
                                              Instant now);
  // The same of a credit by which payments come back (X22).
  Result<std::optional<LineTaken>> take_return(const v1::BankLine& line, Instant now);

  // Which payment a person means who says that so much of the line is of this case: the one that is
  // named there, or by the line, or the only one that it can be. 0: none. Refused: several can be
  // meant, or the one that is named cannot be.
  // One that was debited before is meant only if it was so when the person said it (`proposed`).
  Outcome<uint32_t> payment_by_hand(const Allocation& part, const v1::BankLine& line,
                                    Instant proposed) const;
  // The part is of the payment that it names. Returns whether it could be taken.
  Result<bool> take_return_by_hand(const Allocation& part, std::string_view reason, Instant now);
  // Of one that was debited before, the bank has paid it again. Returns the payment that then has
  // the line; 0: it could not be taken.
  Result<uint32_t> take_debit_by_hand(const Allocation& part, const Digest& line, Instant now);

  // A guard of actions: a person must not take a refusal as a duplicate for a return, because
  // nothing has come back.
  Result<std::optional<Rejection>> hindrance(const IntendedAction& intended) const;

  // Two people have made sure that the bank does not have the payment, or have looked at what the
  // bank says against the case: one proposes it, another one approves what was shown with that
  // (`content`, in hex). Either again changes nothing.
  // With `went_out` they say instead that it is out, though the case has it back, as a line shows:
  // another payment of the case stands for it then, of which the other agency is told, and what
  // waits in its place is taken back. What the bank has of that is paid twice.
  Outcome<v1::PaymentView> propose_release(const EndToEndId& id, std::string_view note,
                                           bool went_out, std::string_view user, Instant now);
  Outcome<v1::PaymentView> approve_release(const EndToEndId& id, std::string_view content,
                                           std::string_view user, Instant now);
  Outcome<v1::PaymentView> retract_release(const EndToEndId& id, Instant now);

  // Payments that the bank does not have yet, or that wait for a person, and what stands in their
  // way; oldest first, behind `after`.
  Result<v1::PaymentViews> waiting(const std::optional<layout::WaitingPayment>& after, size_t limit,
                                   Instant now);

  Outcome<v1::PayeeView> show_payee(const CaseId& id, Instant now);
  // The same person again changes nothing; the second one lets payments go.
  Outcome<v1::PayeeView> confirm_payee(const CaseId& id, std::string_view content,
                                       std::string_view note, std::string_view user, Instant now);

  // The next time at which payments are collected by themselves; INT64_MAX: never. A clock that was
  // ahead and is set back is believed at once.
  Instant next_collection(Instant now) const;
  // Once, at start: what was to be collected while the daemon was down is collected now.
  Result<void> plan_collection(Instant now);
  // Collects if it is time. Returns whether it wrote anything.
  Result<bool> collect(Instant now);

 private:
  Result<bool> misreads_refusal(const Case& subject, const v1::ActionInput& input) const;
  using Record = v1::PaymentRecord;
  using BatchRecord = v1::RemittanceBatchRecord;
  struct Payment {
    CaseId id;
    uint32_t attempt = 0;
    Record record;
  };
  struct Collecting {
    std::string number;
    BatchRecord batch;
    int64_t total = 0;
  };
  using Groups = std::map<std::string, Collecting>;

  // The case takes the event. What follows for its payments is done at once and not after the step,
  // because the step goes on with them.
  Result<CaseService::Outcome> apply(const Case& subject, const Event& event);
  Result<void> order(const CaseChanged& change);
  // Whether the case may have ordered payments that the store has forgotten.
  bool is_from_before_loss(const Case& subject) const;
  Result<void> settle_acknowledged(const Case& subject, Instant now);
  Result<PaymentFacts> facts_of(const Payment& payment, PaymentEvent event, Instant now);
  // Asks the table what becomes of the payment, and writes it if that is anything. `words`: the
  // question, if it has no text of its own.
  Result<PaymentStep> advance(Payment& payment, PaymentEvent event, Instant now,
                              std::string_view words = "");
  Result<void> carry_out(const PaymentStep& taken, Payment& payment, Instant now);
  Result<std::optional<Rejection>> bar_to_release(const Payment& payment, bool went_out,
                                                  Instant now);
  // Why the case does not take it; then nothing has changed.
  Result<std::optional<Rejection>> go_out(Payment& payment, std::string_view user, Instant now);
  // What waits in the place of a payment that went out.
  Result<void> drop_replacements(const Payment& out, std::string_view user, Instant now);
  const v1::ReleaseRecord* standing_release(const Payment& payment) const;
  static bool drop_proposed_release(Record& record);
  Result<void> know_as_paid(const CaseId& id, uint32_t attempt, Instant now);
  Result<void> recover_batch(const CaseChanged& change);
  Result<void> take_back(const CaseId& id, uint32_t attempt, int64_t amount, Instant now);
  Result<void> unbatch(Payment& payment);
  static void lose_approval(std::string_view why, BatchRecord& batch);
  // Why the payment cannot go to the bank now; empty: it can.
  Result<std::string_view> obstacle(const Case& subject, const Payment& payment, Instant now) const;
  // Whether what the bank says of another payment of the case waits for a person: it may have gone
  // out, and this one would be paid in its place.
  Result<bool> asks_of_another(const Case& subject, uint32_t attempt) const;
  bool is_listed(const Case& subject) const;
  Result<v1::PayeeConfirmationRecord> read_confirmation(const Case& subject) const;

  // The last time at or before `now` at which payments were to be collected.
  Instant last_collection(Instant now) const;
  Result<void> gather(const Case& subject, Payment& payment, std::string_view user, Instant now,
                      Groups& groups, v1::MadeBatchesView& made);
  // False: the day has no batch number left.
  Result<bool> open_batch(const Case& subject, std::string_view user, Instant now,
                          Collecting& group);
  void close_batch(Collecting& group, v1::MadeBatchesView& made);
  // Empty: the day has none left.
  Result<std::string> new_number(Instant now);

  // Takes payments out of the batch that can no longer go to the bank as it says; how many.
  Result<size_t> drop_ineligible(const std::string& number, BatchRecord& batch, Instant now);
  // Error kInvalid: a field does not fit the format.
  Result<std::string> write_file(std::string_view number, const BatchRecord& batch,
                                 PaymentFormat format, Instant now) const;
  Result<void> mark_exported(const BatchRecord& batch, Instant now);
  // Whether their notices can be written now, and whoever may have had them already has said since
  // the start what it has. The agency that the batch waits for; empty: none in particular.
  Result<std::string> look_at_peers(const BatchRecord& batch, BatchFacts& facts, Instant now);
  Result<void> tell(std::string_view number, const BatchRecord& batch, std::string_view user,
                    Instant now);

  // `named`: payments of which the same report speaks one by one.
  Result<void> report_batch(const PaymentFate& fate, const std::set<std::string>& named,
                            std::string_view user, Instant now, v1::PaymentReportView& out);
  // `other`: the amounts of its batch, if the report names another one.
  Result<void> report_payment(const PaymentFate& fate, std::string other, std::string_view user,
                              Instant now, v1::PaymentReportView& out);
  Result<void> ask_of_amount(const std::string& other, Payment& payment, Instant now,
                             v1::PaymentReportLineView& line);
  Result<void> take_report(Payment& payment, PaymentEvent event, Instant now,
                           v1::PaymentReportLineView& line);
  static void answer(const PaymentStep& taken, const Payment& payment,
                     v1::PaymentReportLineView& line);
  Result<void> take_as_rejected(const PaymentFate& fate, Payment& payment, std::string_view user,
                                Instant now, v1::PaymentReportLineView& line);
  Result<void> take_as_duplicate(const PaymentFate& fate, Payment& payment, Instant now,
                                 v1::PaymentReportLineView& line);
  // Payments that a line names. Complete: their amounts add up to the line's.
  struct Named {
    std::vector<Payment> payments;
    std::vector<CaseId> cases;
    bool complete = false;
    // Of a case of ours that it names there is no such payment: the store may have forgotten it.
    bool forgotten = false;
    bool unsure = false;  // it may as well be another payment, of which the bank has to be asked
  };
  enum class Way : uint8_t { kOut, kBack };
  Result<Named> find_named(const References& found, Fen amount, Way way, Instant now) const;
  Result<Named> find_one(const EndToEndId& id, Way way, Instant now) const;
  Result<Named> find_letters(const std::vector<std::string>& letters, Fen amount, Way way,
                             Instant now) const;
  Result<void> add_forgetful(const std::vector<CaseId>& ids, Instant now, Named& named) const;
  bool may_be_confused(const Record& first, const Record& other, Way way) const;
  static LineTaken wait_if_unsure(const Named& named, LineTaken taken);
  static bool adds_up(const Named& named, Fen amount, Way way);
  Result<void> add_batch(std::string_view number, Named& named) const;
  // Keys of payments that wait, `limit` at most, behind `after`.
  Result<std::vector<layout::WaitingPayment>> waiting_after(
      const std::optional<layout::WaitingPayment>& after, size_t limit) const;
  Result<void> add_letter(std::string_view letter, std::optional<Fen> amount, Way way, Instant now,
                          Named& named) const;
  // Of the letter's payments one that fits the amount, or, if there are other letters, the first.
  std::optional<Payment> choose(std::vector<Payment> all, std::optional<Fen> amount, Way way,
                                Named& named) const;
  bool may_be_ordered(const v1::BankLine& line) const;
  Result<bool> recovers_any(const std::vector<CaseId>& cases, Instant now);
  Result<void> debit(Payment& payment, const Digest& line, Instant now);
  Result<std::optional<LineTaken>> take_second_debit(const Named& named, const Digest& digest,
                                                     LineTaken taken, Instant now);
  Result<std::optional<Payment>> pay_again(const Payment& payment, Instant now);
  // Whether the case takes it.
  Result<bool> bring_back(const Payment& payment, Fen part, std::string_view reason, Instant now);
  Result<bool> tell_return(const CaseId& id, uint32_t attempt, Fen amount, std::string_view reason,
                           Instant now);
  // nullopt: it can come back; else what to say of the line.
  Result<std::optional<LineTaken>> hindrance(const Payment& payment, Instant now);

  // The store has lost what was known of it: if the case took it back before anybody had asked the
  // bank, the bank may have had it all the same.
  bool was_doubtful(const Record& record) const;
  // The same, and neither the bank nor a person has said anything of it since.
  bool is_forgotten(const Record& record) const;

  // Writes the payment, changed now.
  void put(Payment& payment, Instant now);
  Result<std::optional<Payment>> find(std::string_view end_to_end_id) const;
  Result<std::optional<Payment>> read(const CaseId& id, uint32_t attempt) const;
  // The index of what waits follows the state.
  void write(const Payment& payment);
  Result<std::optional<BatchRecord>> read_batch(std::string_view number) const;
  void write_batch(std::string_view number, const BatchRecord& batch);

  AgencyId self_;
  Transaction& tx_;
  CaseService& cases_;
  BatchRules rules_;
  const LinkGuard& guard_;
  v1::Payee own_account_;
  std::map<AgencyId, BankAccount> accounts_;  // of agencies, by the directory
  int64_t doubt_until_ms_ = 0;
  std::optional<Instant> collected_for_;  // the time of a day for which all has been collected
  NumberDraw numbers_;                    // of batches
  Date last_day_;                         // of the last batch made in this run, and its sequence
  uint32_t last_sequence_ = 0;
  std::optional<layout::WaitingPayment> collect_from_;  // where a collection goes on
};

}  // namespace jiexu
