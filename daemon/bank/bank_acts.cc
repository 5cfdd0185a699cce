// What people do with bank lines: one proposes, another approves what was shown, and only then it
// is done. The rules say what may be done (daemon/bank/rules/line_step.h).
#include <map>
#include <set>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/check.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

using Reply = BankService::Settled;

// Shares without a sign; nullopt: one is not above 0, or they are too much.
std::optional<Fen> sum_of_shares(const std::vector<Allocation>& to) {
  Fen total;
  for (const Allocation& part : to) {
    const auto sum = add(total, part.amount);
    if (part.amount.value <= 0 || !sum) return std::nullopt;
    total = *sum;
  }
  return total;
}

std::vector<Allocation> shares_of(const v1::LineActRecord& act) {
  std::vector<Allocation> to;
  for (const v1::AllocationRecord& part : act.to()) {
    to.push_back({CaseId::from_bytes(part.case_id()).value_or(CaseId()), Fen{part.amount_fen()},
                  part.attempt()});
  }
  return to;
}

Rejection refusal_of(LineRefusal refusal, const LineNow& now) {
  using R = LineRefusal;
  switch (refusal) {
    case R::kUnexplained: return rejection(Refusal::kInputMissing, "note");
    case R::kNotUnsure: return rejection(Refusal::kBankLineNotUnsure);
    case R::kNotByPeople: return rejection(Refusal::kBankLineNotDecided);
    case R::kNamesNoOther: return rejection(Refusal::kBankLineUnknown, "same_as");
    case R::kOfPayment: return rejection(Refusal::kBankLineOfPayment);
    case R::kNotOfBatch: return rejection(Refusal::kBatchUnknown);
    case R::kUnusable:
      return rejection(Refusal::kAmountTooLarge, "the line's own amount; set the line aside");
    case R::kSum:
      return rejection(Refusal::kAllotmentSum,
                       "the line has " + Fen{std::abs(now.open.value)}.yuan());
    case R::kRecovering: return rejection(Refusal::kRecovering);
    case R::kMoneyGone: return rejection(Refusal::kBankLineMoneyGone);
    case R::kCaseClosed: return rejection(Refusal::kBankLineCaseClosed);
    case R::kUnknown: return rejection(Refusal::kBankLineUnknown);
    case R::kHere:
    case R::kTakenBack:
    case R::kSettled:
    case R::kNoRow: return rejection(Refusal::kBankLineSettled);
  }
  return rejection(Refusal::kBankLineSettled);
}

bool is_told_of(const Case& subject, Fen amount) {
  return amount.value > subject.moved.value - subject.credited.value ||
         subject.overlays.has(Overlay::kFundsDiffer);
}

// When the act was proposed: now, of one that is being proposed.
Instant said_at(const v1::LineActRecord& act, Instant now) {
  return act.proposed_at_ms() == 0 ? now : Instant{act.proposed_at_ms()};
}

}  // namespace

// --- what is asked of the rules ---

// What the cases of the line say if its money is to leave them again.
Result<CasesGive> BankService::ask_cases(const Record& record, Instant now) {
  std::map<CaseId, Fen> wanted;
  for (const v1::AllocationRecord& part : record.to()) {
    wanted[*CaseId::from_bytes(part.case_id())].value += part.amount_fen();
  }
  for (const auto& [id, amount] : wanted) {
    TRY(const auto subject, cases_.load(id, now));
    if (subject == nullptr || subject->side != Side::kIn) return CasesGive::kGone;
    if (!guard_.may_write(subject->peer)) return CasesGive::kRecovering;
    if (amount > subject->moved) return CasesGive::kGone;
    if (is_told_of(*subject, amount) && is_terminal(subject->relationship)) {
      return CasesGive::kClosed;
    }
  }
  return CasesGive::kAll;
}

Result<Digest> BankService::original_of(Digest line) const {
  std::set<Digest> passed;  // lines that stand for each other end the search where it began
  while (passed.insert(line).second) {
    TRY(const auto entry, read(line));
    if (!entry || outcome_of(entry->record) != BankOutcome::kReportedAgain) break;
    const auto next = to_array<kDigestSize>(entry->record.may_repeat());
    if (!next) break;
    line = *next;
  }
  return line;
}

Result<bool> BankService::is_known_line(const Entry& entry, const Digest& other) const {
  if (other == entry.digest) return false;
  TRY(const auto known, read(other));
  const v1::BankLine& line = entry.record.line();
  return known && outcome_of(known->record) != BankOutcome::kReportedAgain &&
         known->record.line().account_number() == line.account_number() &&
         known->record.line().amount_fen() == line.amount_fen();
}

// What the notices of its batch say, if the line can be shared out by them.
Result<std::optional<ExpectedBatch>> BankService::noticed_batch(const Record& record, Instant now) {
  if (record.batch().empty()) return std::nullopt;
  book_.set_now(now);
  TRY(auto batch, book_.batch(record.batch()));
  if (batch && (batch->settled || batch->noticed.empty())) batch.reset();
  return batch;
}

Result<LineAsked> BankService::ask_of(const Entry& entry, const v1::LineActRecord& act,
                                      LineNow& line, Instant now) {
  LineAsked asked;
  const auto kind = static_cast<LineAct>(act.act());
  asked.event = event_of(kind);
  asked.usable = is_usable(entry.record.line());
  asked.explained = !act.note().empty();
  asked.shares = static_cast<size_t>(act.to_size());
  asked.asked = sum_of_shares(shares_of(act));
  asked.fee = Fen{act.fee_fen()};
  std::vector<Allocation> to = shares_of(act);
  if (kind == LineAct::kMatchNoticed) {
    TRY(const auto batch, noticed_batch(entry.record, now));
    line.of_batch = batch.has_value();
    if (batch) to = batch->noticed;
    if (batch) asked.asked = sum_of_shares(batch->noticed);
  }
  if (kind == LineAct::kSame) {
    TRY(asked.names_other,
        is_known_line(entry, to_array<kDigestSize>(act.same_as()).value_or(Digest{})));
  }
  if (kind == LineAct::kSame || kind == LineAct::kUndo) {
    TRY(asked.cases_give, ask_cases(entry.record, now));
  } else {
    TRY(const auto recovering, is_recovering(to, now));
    if (recovering) asked.cases_give = CasesGive::kRecovering;
  }
  return asked;
}

// Why the act cannot be done as things stand.
Result<std::optional<Rejection>> BankService::bar_to(const Entry& entry,
                                                     const v1::LineActRecord& act, Instant now) {
  LineNow line = line_now(entry.record);
  TRY(const auto asked, ask_of(entry, act, line, now));
  const LineNow before = line;
  if (const auto done = step(asked, line); !done) return refusal_of(done.error(), before);
  if (static_cast<LineAct>(act.act()) != LineAct::kMatch) return std::nullopt;
  TRY(const auto named, name_payments(entry.record.line(), shares_of(act), said_at(act, now)));
  return named ? std::nullopt : std::optional(named.error());
}

// --- two people ---

Result<Reply> BankService::propose(const Digest& line, v1::LineActRecord act, std::string_view user,
                                   Instant now) {
  TRY(auto entry, read(line));
  if (!entry) return Reply(refuse(Refusal::kBankLineUnknown));
  Record& record = entry->record;
  if (static_cast<LineAct>(act.act()) == LineAct::kSame) {
    const std::string& named = act.same_as().empty() ? record.may_repeat() : act.same_as();
    TRY(const auto original, original_of(to_array<kDigestSize>(named).value_or(Digest{})));
    act.set_same_as(std::string(view(original)));
  }
  act.set_proposed_by(std::string(user));
  act.set_outcome_before(record.outcome());
  TRY(const auto bar, bar_to(*entry, act, now));
  if (bar) return Reply(tl::unexpected(*bar));
  const Digest content = act_content(line, record, act);
  const auto* open = open_act(record);
  if (open == nullptr || open->content() != view(content)) {
    const bool stands =
        open != nullptr && view(act_content(line, record, *open)) == open->content();
    if (stands) return Reply(refuse(Refusal::kProposalOpen, to_hex(view(line))));
    if (open != nullptr) record.mutable_acts()->RemoveLast();
    act.set_proposed_at_ms(now.ms);
    act.set_content(std::string(view(content)));
    *record.add_acts() = std::move(act);
    TRY_DO(write(*entry));
  }
  v1::BankLineResult result = result_of(*entry);
  result.set_content(to_hex(view(content)));
  return Reply(std::move(result));
}

Result<Reply> BankService::approve(const Digest& line, std::string_view content,
                                   std::string_view user, Instant now) {
  TRY(auto entry, read(line));
  if (!entry) return Reply(refuse(Refusal::kBankLineUnknown));
  Record& record = entry->record;
  const std::string id = to_hex(view(line));
  if (record.acts().empty()) return Reply(refuse(Refusal::kUnknownProposal, id));
  const v1::LineActRecord act = *record.acts().rbegin();
  const bool seen = from_hex(content) == act.content();
  if (seen && act.approved_by() == user) return Reply(result_of(*entry));  // again
  if (!act.approved_by().empty()) return Reply(refuse(Refusal::kUnknownProposal, id));
  if (act.proposed_by() == user) return Reply(refuse(Refusal::kOwnProposal, id));
  if (!seen || view(act_content(line, record, act)) != act.content()) {
    return Reply(refuse(Refusal::kProposalChanged, id));
  }
  TRY(const auto bar, bar_to(*entry, act, now));
  if (bar) return Reply(tl::unexpected(*bar));
  v1::LineActRecord& decided = *record.mutable_acts()->rbegin();
  decided.set_approved_by(std::string(user));
  decided.set_approved_at_ms(now.ms);
  TRY_DO(carry_out(*entry, act, std::string(user), now));
  return Reply(result_of(*entry));
}

Result<Reply> BankService::retract(const Digest& line) {
  TRY(auto entry, read(line));
  if (!entry) return Reply(refuse(Refusal::kBankLineUnknown));
  if (open_act(entry->record) == nullptr) {
    return Reply(refuse(Refusal::kUnknownProposal, to_hex(view(line))));
  }
  entry->record.mutable_acts()->RemoveLast();
  TRY_DO(write(*entry));
  return Reply(result_of(*entry));
}

// --- what is done then ---

Result<void> BankService::carry_out(Entry& entry, const v1::LineActRecord& act,
                                    const std::string& user, Instant now) {
  const std::string by = act.proposed_by() + ", " + user;
  switch (static_cast<LineAct>(act.act())) {
    case LineAct::kMatch: return match(entry, act, by, now);
    case LineAct::kMatchNoticed: return match_noticed(entry, by, act.note(), now);
    case LineAct::kSetAside: {
      TRY_DO(leave_batch(entry));
      return settle(entry, BankOutcome::kSetAside, by, act.note(), now);
    }
    case LineAct::kSame: return void_line(entry, act, by, now);
    case LineAct::kAnother: return place_another(entry, now);
    case LineAct::kUndo: return undo(entry, act, now);
  }
  return {};
}

Result<void> BankService::match(Entry& entry, const v1::LineActRecord& act, std::string_view by,
                                Instant now) {
  Record& record = entry.record;
  LineNow line = line_now(record);
  const std::vector<Allocation> to = shares_of(act);
  LineAsked asked;
  asked.event = LineEvent::kMatch;
  asked.fee = Fen{act.fee_fen()};
  asked.asked = sum_of_shares(to);
  asked.shares = to.size();
  TRY(const auto named, name_payments(record.line(), to, said_at(act, now)));
  CHECK(named.has_value());  // asked before
  TRY(const auto left_batch, leave_batch(entry));
  if (left_batch) {
    TRY_DO(give_up_batch(record.batch()));
  }
  TRY_DO(park(entry, Fen{}, now));
  const bool debit = line.open.value < 0;
  TRY(const auto refused, debit ? take_parts(entry, *named, now) : allot(record, *named, now));
  asked.left = Fen{refused.value + asked.fee.value};
  // Whose another line of these cases is may be known now.
  for (const Allocation& part : to) try_again_soon(part.id);
  TRY_DO(park(entry, debit ? -asked.left : asked.left, now));
  const auto row = step(asked, line);
  CHECK(row.has_value());
  return note_match(entry, line, by, act.note(), now);
}

Result<void> BankService::note_match(Entry& entry, const LineNow& line, std::string_view by,
                                     std::string_view note, Instant now) {
  Record& record = entry.record;
  record.set_note(std::string(note));
  if (line.waits) {
    set_outcome(line.outcome, record);
    return write(entry);
  }
  // Until now it might have been another line, which a reversal would then have found twice.
  if (!record.may_repeat().empty()) {
    TRY_DO(note_twin(entry));
  }
  return settle(entry, line.outcome, by, note, now);
}

// A transfer for many cases: each whose notice is here gets what it says; the rest stays in
// suspense, and the line in its queue (X26, X27).
Result<void> BankService::match_noticed(Entry& entry, std::string_view by, std::string_view note,
                                        Instant now) {
  Record& record = entry.record;
  LineNow line = line_now(record);
  TRY(const auto expected, noticed_batch(record, now));
  CHECK(expected.has_value());  // asked before
  LineAsked asked;
  asked.event = LineEvent::kMatchNoticed;
  asked.asked = sum_of_shares(expected->noticed);
  const Fen rest{record.suspense_fen() - asked.asked->value};
  TRY_DO(leave_batch(entry));
  TRY(auto batch, book_.read_batch(record.batch()));
  batch->set_settled(true);
  book_.write_batch(record.batch(), *batch);
  TRY_DO(park(entry, Fen{}, now));
  TRY(const auto refused, allot(record, expected->noticed, now));
  asked.left = Fen{rest.value + refused.value};
  TRY_DO(park(entry, asked.left, now));
  CHECK(step(asked, line).has_value());
  return note_match(entry, line, by, note, now);
}

// Another booking than the one that it may be: it is placed as any that comes.
Result<void> BankService::place_another(Entry& entry, Instant now) {
  entry.record.clear_proposals();
  return place_anew(entry, now);
}

Result<void> BankService::place_anew(Entry& entry, Instant now) {
  book_.set_now(now);
  const bool credit = entry.record.line().amount_fen() > 0;
  TRY_DO(credit ? place_credit(entry, now) : place_debit(entry, now));
  TRY_DO(write(entry));
  TRY_DO(note_twin(entry));
  TRY(const auto met, credit ? meet_reversal(entry, now) : Result<bool>(false));
  if (!met) return {};
  TRY(auto again, read(entry.digest));
  entry = std::move(*again);
  return {};
}

// It is a known line, reported again: none of its money stands anywhere.
Result<void> BankService::void_line(Entry& entry, const v1::LineActRecord& act, std::string_view by,
                                    Instant now) {
  TRY_DO(go_back(entry, now));
  TRY_DO(park(entry, Fen{}, now));
  if (entry.record.to_size() > 0) return write(entry);
  postpone(entry, false);
  entry.record.set_may_repeat(act.same_as());
  return settle(entry, BankOutcome::kReportedAgain, by, act.note(), now);
}

// Before anybody was told of it the money only leaves its cases; then the other agency is told of a
// difference, as when the bank takes money back.
Result<void> BankService::go_back(Entry& entry, Instant now) {
  TRY_DO(leave_batch(entry));
  std::vector<Allocation> parts;
  for (const v1::AllocationRecord& part : entry.record.to()) {
    parts.push_back({*CaseId::from_bytes(part.case_id()), Fen{part.amount_fen()}});
  }
  entry.record.clear_to();
  for (const Allocation& part : parts) {
    TRY(const auto subject, cases_.load(part.id, now));
    const bool told = subject != nullptr && is_told_of(*subject, part.amount);
    const EventKind kind = told ? EventKind::kBankReversal : EventKind::kMatchUndone;
    TRY(const auto after, apply(part.id, kind, part.amount, now));
    if (after == nullptr) add_part(part, entry.record);  // ask_cases() has seen that it gives it
    try_again_soon(part.id);
  }
  return {};
}

// The line is again what it was before two people decided on it. One that has found its cases by
// itself has found the wrong ones: it waits to be matched by hand.
Result<void> BankService::undo(Entry& entry, const v1::LineActRecord& act, Instant now) {
  Record& record = entry.record;
  auto before = BankOutcome::kNotExpected;
  bool was_void = false;
  for (const v1::LineActRecord& earlier : record.acts()) {
    const auto kind = static_cast<LineAct>(earlier.act());
    if (kind == LineAct::kUndo) continue;
    before = static_cast<BankOutcome>(earlier.outcome_before());
    was_void = kind == LineAct::kSame;
  }
  if (record.queued_at_ms() != 0 || outcome_of(record) == BankOutcome::kMatched) {
    before = BankOutcome::kNotExpected;
    was_void = false;
    postpone(entry, false);
  }
  TRY_DO(go_back(entry, now));
  if (record.to_size() > 0) return write(entry);
  record.clear_settled_by();
  record.clear_settled_at_ms();
  record.set_note(act.note());
  // Its batch goes on without it.
  if (before == BankOutcome::kEarly && !record.batch().empty()) before = BankOutcome::kBatchDiffers;
  const bool unsure = before == BankOutcome::kMayRepeat || before == BankOutcome::kUnreadable;
  if ((was_void && !unsure) || !is_queue(before)) return place_anew(entry, now);
  set_outcome(before, record);
  TRY_DO(park(entry, Fen{record.line().amount_fen()}, now));
  return write(entry);
}

}  // namespace jiexu
