// Debits, payments of ours that come back, and credits that the bank takes back.
#include <algorithm>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr std::string_view kBank = "bank";  // as an actor

Evidence evidence_of(const References& found) {
  if (found.end_to_end) return Evidence::kEndToEndId;
  if (!found.batches.empty()) return Evidence::kBatchNumber;
  return found.letters.empty() ? Evidence::kNone : Evidence::kLetterNumber;
}

// The two accounts and how much went between them; a credit and its reversal have the same.
Digest sides_of(const v1::BankLine& line) {
  std::string text;
  const std::string amount = std::to_string(std::abs(line.amount_fen()));
  for (const std::string* field :
       {&line.account_number(), &amount, &line.counterparty_account(), &line.counterparty_name()}) {
    append_u32(text, static_cast<uint32_t>(field->size()));
    text += *field;
  }
  return sha256(text);
}

bool is_reversal(const v1::BankLine& line) {
  return line.reversal() && line.amount_fen() < 0;
}

// Whether `reversal` may be of `credit`, their sides being the same: not booked before it, and
// naming the same if it names anything.
bool suits(const v1::BankLine& credit, const v1::BankLine& reversal) {
  if (credit.amount_fen() <= 0 || !is_reversal(reversal)) return false;
  if (credit.booked_on() > reversal.booked_on()) return false;
  const References named = find_references(reversal);
  const References had = find_references(credit);
  if (named.end_to_end && had.end_to_end) return *named.end_to_end == *had.end_to_end;
  if (!named.batches.empty()) return named.batches == had.batches;
  return named.letters.empty() || named.letters == had.letters;
}

// Whose events may settle the line.
std::vector<CaseId> cases_of(const v1::BankLineRecord& record) {
  std::vector<CaseId> cases;
  for (const std::string& id : record.proposals()) {
    cases.push_back(CaseId::from_bytes(id).value_or(CaseId()));
  }
  return cases;
}

}  // namespace

// --- payments of ours ---

// What has a payment's number and no mark may as well have been sent back by who got it: only the
// bank itself, which names no account or ours, is believed then.
Result<bool> BankService::place_return(Entry& entry, Instant now) {
  const v1::BankLine& line = entry.record.line();
  const std::string& payer = line.counterparty_account();
  const bool from_bank = payer.empty() || payer == line.account_number();
  if (!is_marked_as_return(line) && !(from_bank && says_that_it_came_back(line))) return false;
  TRY(const auto taken, payments_.take_return(entry.record.line(), now));
  if (!taken) return false;
  TRY_DO(take(entry, *taken, now));
  return true;
}

Result<void> BankService::take(Entry& entry, const PaymentService::LineTaken& taken, Instant now) {
  Record& record = entry.record;
  set_outcome(taken.outcome, record);
  record.set_evidence(static_cast<uint32_t>(evidence_of(find_references(record.line()))));
  record.clear_to();
  record.clear_proposals();
  for (const Allocation& part : taken.to) add_part(part, record);
  for (const CaseId& id : taken.proposals) record.add_proposals(std::string(id.bytes()));
  postpone(entry, taken.again);
  // Whose another line of these cases is may be known now.
  for (const Allocation& part : taken.to) try_again_soon(part.id);
  return park(entry, taken.left, now);
}

Result<void> BankService::place_debit(Entry& entry, Instant now) {
  Record& record = entry.record;
  if (is_reversal(record.line())) {
    TRY(const auto reversed, place_reversal(entry, now));
    if (reversed) return {};
  } else {
    TRY(const auto taken, payments_.take_debit(record.line(), entry.digest, now));
    if (taken) return take(entry, *taken, now);
    TRY(const auto sent_back, place_sent_back(entry, now));
    if (sent_back) return {};
  }
  const References found = find_references(record.line());
  const bool names_something = evidence_of(found) != Evidence::kNone;
  set_outcome(names_something ? BankOutcome::kUnknownReference : BankOutcome::kNoCase, record);
  record.clear_proposals();
  // What it names may be among what is being recovered.
  postpone(entry, names_something && !guard_.all_sound());
  return park(entry, Fen{record.line().amount_fen()}, now);
}

// A case has sent its money back in a transfer of its own, once for each time a person did so.
Result<bool> BankService::place_sent_back(Entry& entry, Instant now) {
  Record& record = entry.record;
  record.clear_proposals();
  TRY(const auto senders, named_cases(record.line(), Side::kIn, now));
  if (senders.empty()) return false;
  record.set_evidence(static_cast<uint32_t>(Evidence::kLetterNumber));
  const Fen amount{record.line().amount_fen()};
  for (const auto& sender : senders) {
    TRY(const auto taken, take_debit(*sender, amount));
    if (taken) {
      add_part({sender->id, amount}, record);
      record.clear_proposals();
      postpone(entry, false);
      set_outcome(BankOutcome::kPaidOut, record);
      TRY_DO(park(entry, Fen{}, now));
      return true;
    }
    record.add_proposals(std::string(sender->id.bytes()));
  }
  set_outcome(BankOutcome::kNotExpected, record);
  // After a loss the case may order again what it has sent back already.
  postpone(entry, !guard_.all_sound() || payments_.has_lost());
  TRY_DO(park(entry, amount, now));
  return true;
}

// Notes the debit with the case, if it has sent back that much more than was debited before.
Result<bool> BankService::take_debit(const Case& sender, Fen amount) {
  const RecordKey key = layout::recovered_money_key(sender.id);
  TRY(auto money, tx_.get_message<v1::RecoveredMoneyRecord>(key));
  v1::RecoveredMoneyRecord next = money.value_or(v1::RecoveredMoneyRecord());
  next.set_debited_fen(next.debited_fen() - amount.value);
  if (next.debited_fen() > sender.returned.value) return false;
  tx_.put_message(key, next);
  return true;
}

// --- reversals ---

Result<void> BankService::note_twin(const Entry& entry) {
  const v1::BankLine& line = entry.record.line();
  if (line.amount_fen() < 0 && !is_reversal(line)) return {};
  return add_to_list(layout::twin_lines_key(sides_of(line)), entry.digest, limits::kTwinLinesMax);
}

// The newest credit that it suits; nullopt also if several suit that are of different cases.
Result<std::optional<Digest>> BankService::find_twin(const Entry& entry) {
  TRY(const auto lines, read_list(layout::twin_lines_key(sides_of(entry.record.line()))));
  std::optional<Digest> found;
  std::string cases;
  for (const Digest& digest : lines) {
    TRY(const auto other, read(digest));
    if (!other || !other->record.reversed_by().empty()) continue;
    const Record& record = other->record;
    if (outcome_of(record) == BankOutcome::kReportedAgain) continue;
    if (!suits(record.line(), entry.record.line())) continue;
    std::string its_cases;
    for (const v1::AllocationRecord& part : record.to()) its_cases += part.case_id();
    if (found && its_cases != cases) return std::nullopt;
    found = digest;
    cases = std::move(its_cases);
  }
  return found;
}

Result<bool> BankService::place_reversal(Entry& entry, Instant now) {
  TRY(const auto twin, find_twin(entry));
  if (!twin) return false;
  TRY(auto credit, read(*twin));
  CHECK(credit.has_value());
  TRY_DO(take_back(*credit, entry, now));
  return true;
}

Result<bool> BankService::meet_reversal(const Entry& credit, Instant now) {
  TRY(const auto lines, read_list(layout::twin_lines_key(sides_of(credit.record.line()))));
  for (const Digest& digest : lines) {
    if (digest == credit.digest) continue;
    TRY(auto reversal, read(digest));
    if (!reversal) continue;
    const Record& record = reversal->record;
    const bool waits = record.queued_at_ms() != 0 && record.reverses().empty();
    if (!waits || !suits(credit.record.line(), record.line())) continue;
    TRY(auto now_placed, read(credit.digest));
    TRY_DO(take_back(*now_placed, *reversal, now));
    if (!rule_of(outcome_of(record)).waits) {
      reversal->record.set_settled_by(std::string(kBank));
    }
    TRY_DO(write(*reversal));
    return true;
  }
  return false;
}

Result<void> BankService::take_back(Entry& credit, Entry& reversal, Instant now) {
  Record& record = reversal.record;
  record.set_evidence(credit.record.evidence());
  std::vector<Allocation> of;
  for (const v1::AllocationRecord& part : credit.record.to()) {
    of.push_back({*CaseId::from_bytes(part.case_id()), Fen{part.amount_fen()}});
  }
  TRY(const auto recovering, is_recovering(of, now));
  if (recovering || postponed_.contains(credit.digest)) return wait_for_link(reversal, of, now);
  postpone(reversal, false);
  record.clear_proposals();
  TRY_DO(leave_batch(credit));
  Fen left{-record.line().amount_fen() - credit.record.suspense_fen()};
  TRY_DO(park(credit, Fen{}, now));
  TRY_DO(write(credit));
  // Of lines that were matched together it is not known whose share this one was.
  const bool whole = sum_of_parts(credit.record) == left.value;
  for (const auto& [id, amount, attempt] : of) {
    TRY(const auto refused, whole ? take_from_case(id, amount, now) : Result<Fen>(amount));
    if (refused.value > 0) {
      record.add_proposals(std::string(id.bytes()));
      continue;
    }
    add_part({id, Fen{-amount.value}}, record);
    left.value -= amount.value;
  }
  // The steps of the cases may have changed the credit's record.
  TRY(auto after, read(credit.digest));
  after->record.set_reversed_by(std::string(view(reversal.digest)));
  record.set_reverses(std::string(view(credit.digest)));
  set_outcome(left.value == 0 ? BankOutcome::kReversed : BankOutcome::kNotExpected, record);
  TRY_DO(park(reversal, Fen{-left.value}, now));
  if (!after->record.settled_by().empty()) {
    set_outcome(BankOutcome::kReversed, after->record);
    return write(*after);
  }
  return settle(*after, BankOutcome::kReversed, kBank, "", now);
}

Result<Fen> BankService::take_from_case(const CaseId& id, Fen amount, Instant now) {
  TRY(const auto subject, cases_.load(id, now));
  if (subject == nullptr || subject->side != Side::kIn) return amount;
  TRY(const auto known, take_recovered(id, Proved::kTakenBack, amount));
  const Fen rest{amount.value - known.value};
  if (rest.value == 0) return Fen{};
  TRY(const auto taken, apply(id, EventKind::kBankReversal, rest, now));
  return taken == nullptr ? rest : Fen{};
}

// A line that waits with its batch waits no more. Whether it did.
Result<bool> BankService::leave_batch(Entry& entry) {
  const Record& record = entry.record;
  if (record.batch().empty() || record.queued_at_ms() == 0) return false;
  TRY(auto batch, book_.read_batch(record.batch()));
  if (!batch) return false;
  auto* waiting = batch->mutable_waiting();
  const auto gone = std::find(waiting->begin(), waiting->end(), view(entry.digest));
  if (gone == waiting->end()) return false;
  waiting->erase(gone);
  batch->set_waiting_fen(batch->waiting_fen() - record.line().amount_fen());
  book_.write_batch(record.batch(), *batch);
  return true;
}

// A person takes a line out of its batch, whose other lines then never come to its total: they are
// a person's too.
Result<void> BankService::give_up_batch(const std::string& number) {
  TRY(auto batch, book_.read_batch(number));
  for (const std::string& waiting : batch->waiting()) {
    TRY(auto other, read(*to_array<kDigestSize>(waiting)));
    if (!other) continue;
    set_outcome(BankOutcome::kBatchDiffers, other->record);
    TRY_DO(write(*other));
  }
  batch->clear_waiting();
  batch->set_waiting_fen(0);
  batch->set_settled(true);
  book_.write_batch(number, *batch);
  return {};
}

// --- trying again ---

Result<void> BankService::start() {
  constexpr std::string_view kPrefix = layout::kPostponedLines;
  Result<void> read;
  const auto done = tx_.scan(Family::kIndex, kPrefix, layout::prefix_end(kPrefix),
                             [&](std::string_view key, std::string_view) {
                               const auto digest = layout::parse_postponed_line_key(key);
                               if (digest) postponed_.emplace(*digest, Cases());
                               if (!digest) read = tl::unexpected(digest.error());
                               return read.has_value();
                             });
  if (!done) return done;
  if (!read) return read;
  try_again_soon();
  return {};
}

void BankService::postpone(const Entry& entry, bool again) {
  const auto known = postponed_.find(entry.digest);
  const bool was = known != postponed_.end();
  if (was) forget_cases(entry.digest, known->second);
  if (again) {
    Cases& cases = postponed_[entry.digest];
    cases = cases_of(entry.record);
    for (const CaseId& id : cases) waiting_for_.insert({id, entry.digest});
  } else if (was) {
    postponed_.erase(known);
  }
  if (was == again) return;
  const RecordKey key = layout::postponed_line_key(entry.digest);
  if (again) tx_.put(key, "");
  if (!again) tx_.remove(key);
}

void BankService::forget_cases(const Digest& line, const Cases& cases) {
  for (const CaseId& id : cases) waiting_for_.erase({id, line});
}

void BankService::try_again_soon(const CaseId& id) {
  const auto first = waiting_for_.lower_bound({id, Digest{}});
  for (auto it = first; it != waiting_for_.end() && it->first == id; ++it)
    again_.insert(it->second);
}

void BankService::try_again_soon() {
  for (const auto& [line, cases] : postponed_) again_.insert(line);
}

Result<bool> BankService::try_again(Instant now) {
  const std::set<Digest> lines = std::exchange(again_, {});
  // A reversal waits for its credit.
  for (const bool credits : {true, false}) {
    for (const Digest& digest : lines) {
      if (!postponed_.contains(digest)) continue;
      auto done = try_again(digest, credits, now);
      if (done) done = tx_.end_step();
      if (!done) return tl::unexpected(done.error());
    }
  }
  return !lines.empty();
}

Result<void> BankService::try_again(const Digest& digest, bool credits, Instant now) {
  TRY(auto entry, read(digest));
  const bool waits = entry && entry->record.queued_at_ms() != 0;
  if (!waits || !is_usable(entry->record.line())) {
    postpone(Entry{digest, {}}, false);
    return {};
  }
  Record& record = entry->record;
  const bool credit = record.line().amount_fen() > 0;
  if (credit != credits) return {};
  book_.set_now(now);
  TRY_DO(credit ? place_credit(*entry, now) : place_debit(*entry, now));
  if (!rule_of(outcome_of(record)).waits) record.set_settled_by(std::string(kBank));
  TRY_DO(write(*entry));
  const auto met = credit ? meet_reversal(*entry, now) : Result<bool>(false);
  return met ? Result<void>() : tl::unexpected(met.error());
}

}  // namespace jiexu
