#include "daemon/bank/bank_files.h"

#include <algorithm>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/rules/hold.h"
#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/limits.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr int kStatementsShown = 10;

bool is_whole(const v1::BankFileRecord& record) {
  return record.lines() > 0 && record.staged() == record.lines();
}

std::string state_name(const v1::BankFileRecord& record) {
  if (!is_whole(record)) return "staging";
  if (record.held()) return "held";
  if (record.set_aside()) return "set_aside";
  return record.booked() == record.lines() ? "done" : "booking";
}

void count(BankOutcome outcome, v1::BankFileRecord& record) {
  const auto at = static_cast<int>(outcome);
  while (record.outcomes_size() <= at) record.add_outcomes(0);
  record.set_outcomes(at, record.outcomes(at) + 1);
}

// Adds to the sums over what is staged; false if they leave 64 bits.
bool add_to_sums(const v1::BankLine& line, v1::BankFileRecord& record) {
  const Fen amount{line.amount_fen()};
  const bool credit = amount.value >= 0;
  const Fen before{credit ? record.staged_credited_fen() : record.staged_debited_fen()};
  if (amount.value == INT64_MIN) return false;
  const auto sum = add(before, credit ? amount : -amount);
  if (!sum) return false;
  if (credit) record.set_staged_credited_fen(sum->value);
  if (!credit) record.set_staged_debited_fen(sum->value);
  return true;
}

// The number, from 1, of the statement that line `n` is of; 0: the file has none.
uint32_t statement_of(uint64_t n, const v1::BankFileRecord& record) {
  const auto& all = record.statements();
  // The last that begins at or before the line and has lines.
  auto at = std::upper_bound(all.begin(), all.end(), n, [](uint64_t place, const auto& statement) {
    return place < statement.first();
  });
  while (at != all.begin()) {
    --at;
    if (n - at->first() < at->lines()) return static_cast<uint32_t>(at - all.begin()) + 1;
  }
  return 0;
}

// The statements' lines follow one another through the file; there may be others between.
bool follow_one_another(const v1::BankFileRecord& record) {
  uint64_t next = 0;
  for (const v1::Statement& statement : record.statements()) {
    const bool within = statement.first() >= next && statement.first() <= record.lines() &&
                        statement.lines() <= record.lines() - statement.first();
    if (!within) return false;
    next = statement.first() + statement.lines();
  }
  return true;
}

std::vector<StatementGap> gaps_of(const v1::Statement& last) {
  std::vector<StatementGap> gaps;
  for (const v1::StatementGap& gap : last.gaps()) {
    gaps.push_back({Fen{gap.from_fen()}, gap.from_on(), Fen{gap.to_fen()}, gap.to_on()});
  }
  return gaps;
}

void put_gaps(const std::vector<StatementGap>& gaps, v1::Statement& last) {
  last.clear_gaps();
  for (const StatementGap& gap : gaps) {
    v1::StatementGap* one = last.add_gaps();
    one->set_from_fen(gap.from.value);
    one->set_from_on(gap.from_day);
    one->set_to_fen(gap.to.value);
    one->set_to_on(gap.to_day);
  }
}

Proof proof_of(const v1::BankFileRecord& record) {
  Proof proof = Proof::kProved;
  uint64_t lines = 0;
  for (const v1::Statement& statement : record.statements()) {
    const Proof one = prove(statement_facts(statement));
    if (one == Proof::kDiffers) return one;
    if (one == Proof::kUnproved) proof = one;
    lines += statement.lines();
  }
  return lines == record.lines() ? proof : Proof::kUnproved;
}

// Of a file with many statements those of which there is something to say.
bool is_shown(const v1::Statement& statement, const v1::BankFileRecord& record) {
  return record.statements_size() <= kStatementsShown || statement.gap_fen() != 0 ||
         prove(statement_facts(statement)) == Proof::kDiffers;
}

// An earlier version held files for their balances alone.
HoldReason hold_reason(const v1::BankFileRecord& record) {
  return record.held_for() == 0 ? HoldReason::kBalances
                                : static_cast<HoldReason>(record.held_for());
}

void show_hold(const v1::BankFileRecord& record, v1::BankFileView& out) {
  out.set_held_for(std::string(name(hold_reason(record))));
  const auto day = Date::from_yyyymmdd(record.held_day());
  if (!day) return;
  out.set_why("line " + std::to_string(record.held_line()) + ": " + day->str());
}

bool adds_up(const v1::BankFileRecord& record) {
  return record.staged_credited_fen() == record.credited_fen() &&
         record.staged_debited_fen() == record.debited_fen();
}

}  // namespace

void show_decision(const v1::LineActRecord& act, v1::LineDecisionView& out) {
  const auto kind = static_cast<LineAct>(act.act());
  out.set_act(act.act() == 0 ? "take" : std::string(name(kind)));
  out.set_fee_fen(act.fee_fen());
  out.set_replaced_by(to_hex(act.replaced_by()));
  for (const v1::AllocationRecord& part : act.to()) {
    v1::AllocationView* to = out.add_to();
    to->set_case_id(CaseId::from_bytes(part.case_id()).value_or(CaseId()).str());
    to->set_amount_fen(part.amount_fen());
    to->set_attempt(part.attempt());
  }
  out.set_note(act.note());
  out.set_same_as(to_hex(act.same_as()));
  out.set_content(to_hex(act.content()));
  out.set_proposed_by(act.proposed_by());
  out.set_proposed_at(Instant{act.proposed_at_ms()}.str());
  out.set_approved_by(act.approved_by());
  if (act.approved_at_ms() != 0) out.set_approved_at(Instant{act.approved_at_ms()}.str());
  const auto before = static_cast<BankOutcome>(act.outcome_before());
  if (line_outcomes().has(before)) out.set_outcome_before(std::string(name(before)));
}

v1::BankFileView view_bank_file(const Digest& file, const v1::BankFileRecord& record) {
  v1::BankFileView out;
  out.set_digest(to_hex(view(file)));
  out.set_name(record.name());
  out.set_state(state_name(record));
  out.set_lines(record.lines());
  out.set_staged(record.staged());
  out.set_booked(record.booked());
  out.set_credited_fen(record.credited_fen());
  out.set_debited_fen(record.debited_fen());
  out.set_user(record.user());
  out.set_at(Instant{record.at_ms()}.str());
  if (is_whole(record)) out.set_proof(std::string(name(proof_of(record))));
  for (const v1::Statement& statement : record.statements()) {
    if (is_shown(statement, record)) *out.add_statements() = statement;
  }
  if (record.held() || record.set_aside()) show_hold(record, out);
  out.set_replaced_by(to_hex(record.replaced_by()));
  out.set_replaces(to_hex(record.replaces()));
  for (const v1::LineActRecord& act : record.acts()) show_decision(act, *out.add_decisions());
  for (int i = 0; i < record.outcomes_size(); ++i) {
    if (record.outcomes(i) == 0) continue;
    v1::OutcomeCount* counted = out.add_outcomes();
    counted->set_outcome(std::string(name(static_cast<BankOutcome>(i))));
    counted->set_lines(record.outcomes(i));
  }
  return out;
}

BankFiles::BankFiles(AgencyId self, const std::vector<std::string>& accounts, Transaction& tx,
                     BankService& service, EngineObserver& observer)
    : self_(self), tx_(tx), service_(service), observer_(observer), alarms_(self, observer) {
  for (const std::string& account : accounts) others_.insert(clean_number(account));
}

Result<void> BankFiles::start(Instant now) {
  Result<void> read;
  const auto done =
      tx_.scan(Family::kFunds, layout::kBankFiles, layout::prefix_end(layout::kBankFiles),
               [&](std::string_view key, std::string_view value) {
                 const auto file = layout::parse_bank_file_key(key);
                 if (!file) read = tl::unexpected(file.error());
                 v1::BankFileRecord record;
                 if (!file || !record.ParseFromString(std::string(value))) return file.has_value();
                 const bool stopped = record.held() || record.set_aside();
                 if (is_whole(record) && !stopped && record.booked() < record.lines()) {
                   waiting_.push_back(*file);
                 }
                 alarms_.set_held(*file, record.held());
                 return true;
               });
  if (!read) return read;
  if (!done) return done;
  TRY_DO(start_gaps());
  alarms_.show(now);
  return {};
}

Result<void> BankFiles::start_gaps() {
  return tx_.scan(Family::kFunds, layout::kLastStatements,
                  layout::prefix_end(layout::kLastStatements),
                  [&](std::string_view, std::string_view value) {
                    v1::Statement last;
                    if (last.ParseFromString(std::string(value))) {
                      alarms_.set_gaps(last.account(), gaps_of(last));
                    }
                    return true;
                  });
}

Result<v1::BankFileRecord> BankFiles::read(const Digest& file) const {
  TRY(auto record, tx_.get_message<v1::BankFileRecord>(layout::bank_file_key(file)));
  return record.value_or(v1::BankFileRecord());
}

void BankFiles::write(const Digest& file, const v1::BankFileRecord& record) {
  tx_.put_message(layout::bank_file_key(file), record);
  alarms_.set_held(file, record.held());
}

Result<v1::BankFileView> BankFiles::stage(const Digest& file, const v1::BankFileInput& part,
                                          std::string_view user, Instant now) {
  TRY(auto found, read(file));
  v1::BankFileRecord record = std::move(found);
  const bool fits = part.first() == record.staged() && !is_whole(record) &&
                    part.first() + static_cast<uint64_t>(part.lines_size()) <= part.lines_total();
  if (!fits || part.lines().empty()) return view_bank_file(file, record);
  bool sound = part.first() > 0 || begin(part, user, now, record);
  sound = sound && record.lines() == part.lines_total();
  for (const v1::BankLine& line : part.lines()) {
    sound = sound && add_to_sums(line, record) && is_ours(line.account_number());
    const uint32_t number = sound ? statement_of(record.staged(), record) : 0;
    v1::Statement* statement =
        number == 0 ? nullptr : record.mutable_statements(static_cast<int>(number) - 1);
    judge_days(line, statement, now, record);
    if (statement != nullptr) {
      const auto sum = add(Fen{statement->fen()}, Fen{line.amount_fen()});
      sound = sum.has_value();
      statement->set_fen(sum.value_or(Fen{}).value);
      const bool unknown = !line.unreadable().empty() && line.amount_fen() == 0;
      statement->set_without_amount(statement->without_amount() + (unknown ? 1 : 0));
    }
    tx_.put_message(layout::staged_line_key(file, record.staged()), line);
    record.set_staged(record.staged() + 1);
  }
  if (!sound || (is_whole(record) && !adds_up(record))) {
    forget(file, record);
    return refuse_file(file, part);
  }
  if (is_whole(record)) {
    const bool differs = proof_of(record) == Proof::kDiffers;
    if (differs) record.set_held_for(static_cast<uint32_t>(HoldReason::kBalances));
    record.set_held(record.held_for() != 0);
    if (!record.held()) {
      TRY_DO(open(file, record));
    }
  }
  write(file, record);
  if (is_whole(record)) alarms_.show(now);
  return view_bank_file(file, record);
}

// It says whose line it is that is not ours.
v1::BankFileView BankFiles::refuse_file(const Digest& file, const v1::BankFileInput& part) const {
  v1::BankFileView refused = view_bank_file(file, v1::BankFileRecord());
  refused.set_state("refused");
  uint64_t n = part.first();
  for (const v1::BankLine& line : part.lines()) {
    ++n;
    if (is_ours(line.account_number())) continue;
    refused.set_state("not_ours");
    refused.set_why("line " + std::to_string(line.file_line() != 0 ? line.file_line() : n) + ": " +
                    masked_account(line.account_number()));
    break;
  }
  return refused;
}

// The first line on a day that cannot be holds the file, and is named.
void BankFiles::judge_days(const v1::BankLine& line, const v1::Statement* statement, Instant now,
                           v1::BankFileRecord& record) const {
  if (record.held_for() != 0 || !line.unreadable().empty()) return;
  const auto facts = statement == nullptr ? StatementFacts() : statement_facts(*statement);
  const DayFault fault = judge_day(line.booked_on(), line.made_day(),
                                   statement == nullptr ? nullptr : &facts, date_of(now));
  if (fault == DayFault::kNone) return;
  record.set_held_for(static_cast<uint32_t>(HoldReason::kDay));
  record.set_held_line(line.file_line() != 0 ? line.file_line() : record.staged() + 1);
  record.set_held_day(line.booked_on());
}

// What the first part says of the file; false if that cannot be.
bool BankFiles::begin(const v1::BankFileInput& part, std::string_view user, Instant now,
                      v1::BankFileRecord& record) const {
  record.set_name(part.name());
  record.set_user(std::string(user));
  record.set_at_ms(now.ms);
  record.set_lines(part.lines_total());
  record.set_credited_fen(part.credited_fen());
  record.set_debited_fen(part.debited_fen());
  for (const v1::Statement& said : part.statements()) {
    v1::Statement& statement = *record.add_statements();
    statement = said;
    statement.set_fen(0);
    statement.set_without_amount(0);
    statement.set_gap_fen(0);
    statement.set_follows(false);
    statement.clear_gaps();
  }
  return static_cast<size_t>(record.statements_size()) <= limits::kBankFileStatementsMax &&
         follow_one_another(record);
}

void BankFiles::set_directory(const Directory& directory) {
  const Agency* own = directory.find(self_);
  account_ = own == nullptr ? std::string() : clean_number(own->bank.account);
}

// A line that cannot be read may lack it.
bool BankFiles::is_ours(std::string_view account) const {
  return account_.empty() || account.empty() || account == account_ || others_.contains(account);
}

// From now on its lines are booked.
Result<void> BankFiles::open(const Digest& file, v1::BankFileRecord& record) {
  for (v1::Statement& statement : *record.mutable_statements()) TRY_DO(join(statement));
  waiting_.push_back(file);
  asleep_ = true;
  return {};
}

// Notes what lies between the statement and the one before of its account.
Result<void> BankFiles::join(v1::Statement& statement) {
  const RecordKey key = layout::last_statement_key(sha256(statement.account()));
  TRY(const auto before, tx_.get_message<v1::Statement>(key));
  const StatementFacts facts = statement_facts(statement);
  std::vector<StatementGap> gaps = before ? gaps_of(*before) : std::vector<StatementGap>();
  const bool fills = fills_gap(gaps, facts);
  gaps = fill_gaps(gaps, facts);
  // One of earlier days comes late: what is before it is not known any more.
  const bool later = before && !fills && before->opened_on() <= statement.opened_on();
  if (later && !tells_again(statement_facts(*before), facts)) {
    const auto gap = gap_between(statement_facts(*before), facts);
    statement.set_follows(gap.has_value());
    statement.set_gap_fen(gap.value_or(Fen{}).value);
  }
  if (statement.gap_fen() != 0) {
    gaps.push_back({Fen{before->closing_fen()}, before->closed_on(), Fen{statement.opening_fen()},
                    statement.opened_on()});
    if (gaps.size() > limits::kStatementGapsMax) gaps.erase(gaps.begin());
    observer_.bank_alarm(self_, "a bank statement does not join the one before: " +
                                    Fen{statement.gap_fen()}.yuan() + " yuan lie between");
  }
  const bool newer = !before || (!fills && before->closed_on() <= statement.closed_on());
  if (!before && !statement.has_closing()) return {};
  v1::Statement last = statement.has_closing() && newer ? statement : *before;
  put_gaps(gaps, last);
  tx_.put_message(key, last);
  alarms_.set_gaps(statement.account(), std::move(gaps));
  return {};
}

void BankFiles::forget(const Digest& file, const v1::BankFileRecord& record) {
  for (uint64_t n = 0; n < record.staged(); ++n) tx_.remove(layout::staged_line_key(file, n));
  tx_.remove(layout::bank_file_key(file));
}

Result<bool> BankFiles::book(Instant now) {
  if (!wants_to_book()) return false;
  const Digest file = waiting_.front();
  TRY(auto found, read(file));
  v1::BankFileRecord record = std::move(found);
  std::vector<v1::BankLine> lines;
  bool readable = true;
  const auto scanned = tx_.scan(
      Family::kFunds, layout::staged_line_key(file, record.booked()),
      layout::staged_line_key(file, record.lines()), [&](std::string_view, std::string_view value) {
        readable =
            lines.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
        return readable && lines.size() < limits::kBankChunkLinesMax;
      });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!readable) return fail(Errc::kCorrupt, "a staged bank line is unreadable");
  // The rest is on its way to the disk.
  asleep_ = lines.empty();
  LineSource source;
  source.file = view(file);
  source.record = &record;
  for (const v1::BankLine& line : lines) {
    auto done = book_line(file, line, source, record, now);
    if (done) done = tx_.end_step();
    if (!done) return tl::unexpected(done.error());
  }
  write(file, record);
  if (record.booked() == record.lines()) waiting_.pop_front();
  return !lines.empty();
}

Result<void> BankFiles::book_line(const Digest& file, const v1::BankLine& line, LineSource& source,
                                  v1::BankFileRecord& record, Instant now) {
  source.place = record.booked();
  source.statement = statement_of(record.booked(), record);
  TRY(const auto result, service_.import(line, source, now));
  const bool repeated = result.outcome().starts_with("duplicate");
  const OutcomeRule* rule = find_outcome(result.outcome());
  count(repeated || rule == nullptr ? BankOutcome::kDuplicate : rule->outcome, record);
  v1::FileLineRecord place;
  place.set_line_id(from_hex(result.line_id()).value_or(""));
  place.set_repeated(repeated);
  if (repeated || rule == nullptr || rule->outcome == BankOutcome::kInvalid) {
    *place.mutable_line() = line;  // as no record of a line has it
  }
  tx_.put_message(layout::file_line_key(file, record.booked()), place);
  tx_.remove(layout::staged_line_key(file, record.booked()));
  record.set_booked(record.booked() + 1);
  return {};
}

}  // namespace jiexu
