#include "daemon/bankfiles/camt.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/camt_entry.h"
#include "daemon/bankfiles/camt_fields.h"
#include "daemon/bankfiles/xml_stream.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

using camt::Detail;
using camt::Entry;
using camt::Field;
using camt::Party;

// By their path's end: some banks put a header around the document.
constexpr std::string_view kStatement = "Document/BkToCstmrStmt/Stmt";
constexpr std::string_view kNotification = "Document/BkToCstmrDbtCdtNtfctn/Ntfctn";
constexpr std::string_view kReport = "Document/BkToCstmrAcctRpt/Rpt";  // of the day so far

// Lines of one entry that wait until all of it is read: some 20 MB. Beyond it the file is refused.
constexpr size_t kEntryLinesMax = 4'096;

tl::unexpected<Error> wrong(std::string text) {
  return fail(Errc::kInvalid, std::move(text));
}

}  // namespace

class CamtReader::Handler final : public XmlHandler {
 public:
  explicit Handler(BankLineSink sink) : sink_(std::move(sink)), stream_(*this) {}

  Result<void> feed(std::string_view bytes) { return stream_.feed(bytes); }
  Result<BankFileSummary> finish();

  Result<void> started(const XmlElement& element) override;
  Result<void> ended(const XmlElement& element) override;

 private:
  Result<void> start_detail(const XmlElement& element);
  void start_statement(const XmlElement& element);
  Result<void> end_statement();
  void end_balance();
  Result<void> excuse(const Result<void>& done);
  Result<void> take(Field field, const XmlElement& element);
  Result<void> take_of_statement(Field field, std::string_view text);
  Result<void> take_entry(Field field, const XmlElement& element);
  Result<void> take_detail(Field field, std::string_view text);
  Result<void> end_entry();
  Result<void> finish_entry();
  Result<void> finish_single();
  Result<void> end_detail();
  Result<void> add_detail();
  Result<void> add_line(const Detail& detail, Fen amount);
  void add_fee(Fen charges);
  void add_unreadable(std::string raw);
  v1::BankLine& next_line();
  Result<void> hand_on_lines();
  Result<Fen> signed_amount(Fen amount, std::string_view sign) const;
  std::string number(const Detail& detail, bool alone) const;
  // Whether the number is the bank's own; NtryRef counts within one statement.
  bool names_number(const Detail& detail) const {
    return !detail.bank_reference.empty() || !entry_.bank_reference.empty();
  }
  bool is_reversal() const { return entry_.reversal == "true" || entry_.reversal == "1"; }
  const Party& counterparty(const Detail& detail, bool credit) const;
  bool booked() const {
    return !passed_over_ && (entry_.status.empty() || entry_.status == "BOOK");
  }
  int32_t day_of_entry() const;
  std::string batch_of(const Detail& detail) const;
  std::string remark_of(const Detail& detail, bool alone) const;

  BankLineSink sink_;
  XmlStream stream_;
  BankFileSummary summary_;
  size_t statement_path_ = 0;  // its size; 0: outside of all
  std::string statement_id_;
  int32_t statement_made_ = 0;
  int32_t statement_end_ = 0;
  std::string account_;
  bool passed_over_ = false;  // a report of the day so far, or in another currency
  uint64_t entries_ = 0;      // of the statement
  camt::Balance balance_;
  Entry entry_;
  Detail detail_;
  std::vector<v1::BankLine> lines_;  // of the entry; `count_` are in use
  size_t count_ = 0;
};

void CamtReader::Handler::start_statement(const XmlElement& element) {
  ++summary_.statements;
  statement_path_ = element.path.size();
  statement_id_.clear();
  statement_made_ = statement_end_ = 0;
  account_.clear();
  passed_over_ = ends_in(element.path, kReport);
  entries_ = 0;
  balance_ = camt::Balance();
  summary_.parts.emplace_back().set_first(summary_.lines);
}

// Without balances it is none that could prove anything: there may be one for each entry.
Result<void> CamtReader::Handler::end_statement() {
  statement_path_ = 0;
  v1::Statement& statement = summary_.parts.back();
  if (passed_over_ || (!statement.has_opening() && !statement.has_closing())) {
    summary_.parts.pop_back();
    return {};
  }
  statement.set_account(account_);
  statement.set_id(statement_id_);
  if (summary_.parts.size() <= limits::kBankFileStatementsMax) return {};
  return wrong("more statements than a file can hold: ask the bank for shorter periods");
}

void CamtReader::Handler::end_balance() {
  std::exchange(balance_, camt::Balance()).add_to(summary_.parts.back());
}

// What is wrong with an entry is said of that entry alone.
Result<void> CamtReader::Handler::excuse(const Result<void>& done) {
  if (done || done.error().code != Errc::kInvalid || entry_.flushed) return done;
  if (entry_.wrong.empty()) entry_.wrong = done.error().text;
  return {};
}

Result<void> CamtReader::Handler::started(const XmlElement& element) {
  if (statement_path_ == 0) {
    const bool statement = ends_in(element.path, kStatement) ||
                           ends_in(element.path, kNotification) || ends_in(element.path, kReport);
    if (statement) start_statement(element);
    return {};
  }
  const std::string_view below = path_below(element.path, statement_path_);
  if (below == "Ntry") {
    if (account_.empty()) return wrong("an entry before the account (Acct) of its statement");
    entry_ = Entry();
    entry_.line = element.line;
    ++entries_;
    stream_.keep();
  } else if (below == "Ntry/NtryDtls") {
    entry_.batches.emplace_back();
  } else if (below == "Ntry/NtryDtls/TxDtls") {
    return start_detail(element);
  }
  return {};
}

Result<void> CamtReader::Handler::start_detail(const XmlElement& element) {
  if (entry_.details++ == 0) {
    entry_.header = stream_.kept();
    entry_.header.resize(std::min(entry_.header.rfind('<'), entry_.header.size()));
  }
  detail_ = Detail();
  detail_.line = element.line;
  stream_.keep();
  return {};
}

Result<void> CamtReader::Handler::ended(const XmlElement& element) {
  if (element.path.size() == statement_path_) {
    return end_statement();
  }
  const std::string_view below = path_below(element.path, statement_path_);
  if (below.empty()) return {};
  if (below == "Ntry") return end_entry();
  if (below == "Ntry/NtryDtls/TxDtls") return end_detail();
  if (below == "Bal") end_balance();
  const auto found = camt::fields().find(below);
  if (found == camt::fields().end()) return {};
  // Sts holds text in old versions and Cd or Prtry in .08.
  if (element.text.empty()) return {};
  return take(found->second, element);
}

Result<void> CamtReader::Handler::take(Field field, const XmlElement& element) {
  if (field == Field::kBalanceAmount && !camt::in_yuan(element.currency)) return {};
  if (field <= Field::kAccountCurrency) return take_of_statement(field, element.text);
  if (passed_over_) return {};
  if (field < Field::kBankReference) return excuse(take_entry(field, element));
  const bool amount = field == Field::kAmount || field == Field::kAmountWithin ||
                      field == Field::kAmountInstructed || field == Field::kCharge;
  // What was ordered in another currency says nothing about what was booked.
  if (amount && !camt::in_yuan(element.currency)) return {};
  return excuse(take_detail(field, element.text));
}

Result<void> CamtReader::Handler::take_of_statement(Field field, std::string_view text) {
  switch (field) {
    case Field::kStatementId: statement_id_ = clean_field(text); return {};
    case Field::kStatementMade: statement_made_ = parse_day(text).value_or(0); return {};
    case Field::kStatementEnd: statement_end_ = parse_day(text).value_or(0); return {};
    case Field::kAccount: account_ = clean_number(text); return {};
    case Field::kBalanceKind: balance_.kind = clean_field(text); return {};
    case Field::kBalanceAmount: balance_.amount = parse_amount(text); return {};
    case Field::kBalanceSign: balance_.sign = clean_field(text); return {};
    case Field::kBalanceDay: balance_.day = parse_day(text).value_or(0); return {};
    case Field::kAccountCurrency: passed_over_ |= !camt::in_yuan(clean_field(text)); return {};
    default: return {};
  }
}

Result<void> CamtReader::Handler::take_entry(Field field, const XmlElement& element) {
  switch (field) {
    case Field::kEntryReference: entry_.reference = clean_field(element.text); return {};
    case Field::kEntryBankReference:
      entry_.bank_reference = camt::reference(element.text);
      return {};
    case Field::kEntrySign: entry_.sign = clean_field(element.text); return {};
    case Field::kReversal: entry_.reversal = clean_field(element.text); return {};
    case Field::kStatus: entry_.status = clean_field(element.text); return {};
    case Field::kEntryText: camt::add_text(element.text, entry_.text); return {};
    case Field::kEntryCharge:
      if (camt::in_yuan(element.currency)) camt::take_charge(element.text, entry_.charges);
      return {};
    // A bank may name either by our number, so both are looked at.
    case Field::kBatch:
    case Field::kBatchFile: {
      std::string& batch = entry_.batches.back();
      batch += (batch.empty() ? "" : " ") + clean_field(element.text);
      return {};
    }
    case Field::kEntryAmount: {
      const auto amount = parse_amount(element.text);
      if (!amount || amount->value < 0) return wrong("Amt is not an amount in yuan");
      entry_.currency = element.currency;
      entry_.amount = *amount;
      return {};
    }
    case Field::kBookedOn:
    case Field::kValuedOn: {
      const bool booked = field == Field::kBookedOn;
      const auto day = parse_day(element.text);
      if (!day) return wrong(booked ? "BookgDt is not a date" : "ValDt is not a date");
      (booked ? entry_.booked_on : entry_.valued_on) = *day;
      return {};
    }
    default: return {};
  }
}

Result<void> CamtReader::Handler::take_detail(Field field, std::string_view text) {
  switch (field) {
    case Field::kAmount: return camt::take_amount(text, detail_.amount);
    case Field::kAmountWithin: return camt::take_amount(text, detail_.amount_within);
    case Field::kAmountInstructed: return camt::take_amount(text, detail_.amount_instructed);
    case Field::kCharge: camt::take_charge(text, detail_.charges); return {};
    // Banks count their own instructions in it too; only what may be ours belongs to the text.
    case Field::kInstructionId:
      if (camt::may_be_ours(text)) camt::add_text(text, detail_.remark);
      return {};
    case Field::kBankReference: detail_.bank_reference = camt::reference(text); return {};
    case Field::kDetailBatch: detail_.batch = clean_field(text); return {};
    case Field::kEndToEndId: detail_.end_to_end_id = clean_field(text); return {};
    case Field::kSign: detail_.sign = clean_field(text); return {};
    case Field::kDebtorName: detail_.debtor.name = clean_field(text); return {};
    case Field::kDebtorAccount: detail_.debtor.account = clean_number(text); return {};
    case Field::kDebtorBank: detail_.debtor.bank = clean_number(text); return {};
    case Field::kCreditorName: detail_.creditor.name = clean_field(text); return {};
    case Field::kCreditorAccount: detail_.creditor.account = clean_number(text); return {};
    case Field::kCreditorBank: detail_.creditor.bank = clean_number(text); return {};
    case Field::kReturnReason: detail_.return_reason = clean_field(text); return {};
    default: camt::add_text(text, detail_.remark); return {};
  }
}

Result<Fen> CamtReader::Handler::signed_amount(Fen amount, std::string_view sign) const {
  if (sign == "CRDT") return amount;
  if (sign == "DBIT") return -amount;
  return wrong("CdtDbtInd is neither CRDT nor DBIT");
}

Result<void> CamtReader::Handler::end_detail() {
  detail_.raw = entry_.header + stream_.kept();
  if (!booked() || !entry_.wrong.empty()) return {};
  TRY_DO(excuse(add_detail()));
  if (count_ < kEntryLinesMax || !entry_.wrong.empty()) return {};
  entry_.flushed = true;
  return hand_on_lines();
}

Result<void> CamtReader::Handler::add_detail() {
  if (!detail_.amount) detail_.amount = detail_.amount_within;
  if (!detail_.amount) detail_.amount = detail_.amount_instructed;
  if (detail_.batch.empty() && !entry_.batches.empty()) detail_.batch = entry_.batches.back();
  if (const auto sum = add(entry_.charges, detail_.charges)) entry_.charges = *sum;
  if (entry_.details == 1) {
    entry_.held = std::move(detail_);
    return {};
  }
  if (entry_.held) {
    const Detail first = std::move(*entry_.held);
    entry_.held.reset();
    if (!first.amount) return wrong("one of several details has no amount in yuan");
    TRY_DO(add_line(first, *first.amount));
  }
  if (!detail_.amount) return wrong("one of several details has no amount in yuan");
  return add_line(detail_, *detail_.amount);
}

std::string CamtReader::Handler::number(const Detail& detail, bool alone) const {
  if (!detail.bank_reference.empty()) return detail.bank_reference;
  std::string entry = entry_.bank_reference.empty() ? entry_.reference : entry_.bank_reference;
  if (entry.empty()) entry = statement_id_ + "#" + std::to_string(entries_);
  // The first of several comes here when the second is known.
  const uint64_t place = &detail == &detail_ ? entry_.details : 1;
  return alone ? entry : entry + "/" + std::to_string(place);
}

// In a payment of ours that came back we are still the debtor, in a credit that is reversed still
// the creditor; some banks then name only the other one.
const Party& CamtReader::Handler::counterparty(const Detail& detail, bool credit) const {
  const Party& usual = credit ? detail.debtor : detail.creditor;
  const Party& other = credit ? detail.creditor : detail.debtor;
  const bool unnamed = usual.account.empty() && usual.name.empty();
  if (is_reversal() && unnamed && other.account != account_) return other;
  return usual.account == account_ ? other : usual;
}

// A bank that gives no booking day gives the day of value, or at least that of its statement.
int32_t CamtReader::Handler::day_of_entry() const {
  for (const int32_t day : {entry_.booked_on, entry_.valued_on, statement_end_, statement_made_}) {
    if (day != 0) return day;
  }
  return 0;
}

// Of an entry without details that is several batches, none is the one; the text names them.
std::string CamtReader::Handler::batch_of(const Detail& detail) const {
  if (!detail.batch.empty() || entry_.details > 0) return detail.batch;
  return entry_.batches.size() == 1 ? entry_.batches.front() : std::string();
}

std::string CamtReader::Handler::remark_of(const Detail& detail, bool alone) const {
  std::vector<std::string> parts = detail.remark;
  if (alone) parts.insert(parts.end(), entry_.text.begin(), entry_.text.end());
  const bool batches = entry_.details == 0 && entry_.batches.size() > 1;
  for (const std::string& batch : batches ? entry_.batches : std::vector<std::string>()) {
    if (!batch.empty()) parts.push_back(batch);
  }
  return join_text(parts);
}

v1::BankLine& CamtReader::Handler::next_line() {
  if (count_ == lines_.size()) lines_.emplace_back();
  v1::BankLine& line = lines_[count_++];
  line.Clear();
  return line;
}

Result<void> CamtReader::Handler::add_line(const Detail& detail, Fen amount) {
  if (!camt::in_yuan(entry_.currency)) return wrong("an amount in another currency than CNY");
  const int32_t day = day_of_entry();
  if (day == 0) return wrong("the entry has no booking date (BookgDt), nor its statement a day");
  if (const auto why = why_impossible(amount)) return wrong(*why);
  const bool alone = entry_.details <= 1;
  TRY(const auto with_sign,
      signed_amount(amount, detail.sign.empty() || alone ? entry_.sign : detail.sign));
  const auto sum = add(Fen{entry_.sum}, with_sign);
  if (!sum) return wrong("the details of the entry add up to more than 64 bits hold");
  entry_.sum = sum->value;
  const Party& other = counterparty(detail, with_sign.value >= 0);
  v1::BankLine& line = next_line();
  line.set_account_number(account_);
  line.set_host_sequence(number(detail, alone));
  line.set_made_number(!names_number(detail));
  if (!alone && !entry_.bank_reference.empty()) {
    TRY(const auto whole, signed_amount(entry_.amount.value_or(Fen{}), entry_.sign));
    line.set_entry_reference(entry_.bank_reference);
    line.set_entry_fen(whole.value);
  }
  line.set_made_day(entry_.booked_on == 0);
  line.set_amount_fen(with_sign.value);
  line.set_booked_on(day);
  line.set_counterparty_account(other.account);
  line.set_counterparty_name(other.name);
  line.set_counterparty_bank(other.bank);
  line.set_remark(remark_of(detail, alone));
  // Banks write this where the payer gave no reference.
  if (detail.end_to_end_id != "NOTPROVIDED") line.set_end_to_end_id(detail.end_to_end_id);
  line.set_batch_reference(batch_of(detail));
  line.set_reversal(is_reversal());
  line.set_return_reason(detail.return_reason);
  line.set_raw(detail.raw);
  line.set_file_line(detail.line);
  return {};
}

// What the bank has kept of a debit besides what it has paid.
void CamtReader::Handler::add_fee(Fen charges) {
  const v1::BankLine paid = lines_[count_ - 1];
  v1::BankLine& fee = next_line();
  fee.set_account_number(account_);
  fee.set_host_sequence(paid.host_sequence() + "/fee");
  fee.set_made_number(paid.made_number());
  fee.set_made_day(paid.made_day());
  fee.set_amount_fen(-charges.value);
  fee.set_booked_on(paid.booked_on());
  fee.set_remark("手续费");
  fee.set_raw(paid.raw());
  fee.set_file_line(entry_.line);
}

void CamtReader::Handler::add_unreadable(std::string raw) {
  count_ = 0;
  v1::BankLine& line = next_line();
  Detail none;
  line.set_account_number(account_);
  line.set_host_sequence(number(none, true));
  line.set_made_number(!names_number(none));
  const Fen amount = entry_.amount.value_or(Fen{});
  const auto with_sign = signed_amount(amount, entry_.sign);
  const bool known = with_sign && camt::in_yuan(entry_.currency) && !why_impossible(amount);
  line.set_amount_fen(known ? with_sign->value : 0);
  line.set_booked_on(day_of_entry());
  line.set_raw(std::move(raw));
  line.set_file_line(entry_.line);
  line.set_unreadable(entry_.wrong);
}

Result<void> CamtReader::Handler::hand_on_lines() {
  const size_t count = std::exchange(count_, 0);
  for (size_t i = 0; i < count; ++i) TRY_DO(hand_on(lines_[i], sink_, summary_));
  return {};
}

Result<void> CamtReader::Handler::end_entry() {
  if (entry_.details == 0) {
    detail_ = Detail();
    detail_.raw = stream_.kept();
    detail_.line = entry_.line;
  }
  if (!booked()) {
    ++summary_.not_booked;
    count_ = 0;
    return {};
  }
  if (entry_.wrong.empty()) TRY_DO(excuse(finish_entry()));
  if (!entry_.wrong.empty()) add_unreadable(entry_.held ? entry_.held->raw : detail_.raw);
  return hand_on_lines();
}

Result<void> CamtReader::Handler::finish_entry() {
  if (!entry_.amount) return wrong("the entry has no amount (Amt)");
  if (entry_.details == 0) return add_line(detail_, *entry_.amount);
  if (entry_.held) return finish_single();
  TRY(const auto total, signed_amount(*entry_.amount, entry_.sign));
  if (entry_.sum == total.value) return {};
  const auto less = add(Fen{entry_.sum}, -entry_.charges);
  const bool charged = total.value < 0 && entry_.charges.value > 0 && count_ > 0;
  if (charged && less == total) {
    add_fee(entry_.charges);
    return {};
  }
  return wrong("the details of the entry add up to " + Fen{entry_.sum}.yuan() +
               ", the entry says " + total.yuan());
}

// Of a single detail the entry's amount counts: it is what was booked, after the bank's charges.
// But a payment of ours has its own amount, and what the bank took besides is its fee.
Result<void> CamtReader::Handler::finish_single() {
  const Detail& detail = *entry_.held;
  const auto with_fee = detail.amount ? add(*detail.amount, entry_.charges) : std::nullopt;
  const bool fee = entry_.sign == "DBIT" && entry_.charges.value > 0 && with_fee == entry_.amount;
  TRY_DO(add_line(detail, fee ? *detail.amount : *entry_.amount));
  if (fee) add_fee(entry_.charges);
  return {};
}

Result<BankFileSummary> CamtReader::Handler::finish() {
  TRY_DO(stream_.finish());
  if (summary_.statements == 0) {
    return wrong("line 1: neither a statement (camt.053) nor a notification (camt.054)");
  }
  if (summary_.unreadable > 0 && summary_.unreadable == summary_.lines) {
    return wrong(summary_.first_reason);
  }
  return summary_;
}

CamtReader::CamtReader(BankLineSink sink) : handler_(std::make_unique<Handler>(std::move(sink))) {}
CamtReader::~CamtReader() = default;

Result<void> CamtReader::feed(std::string_view bytes) {
  return handler_->feed(bytes);
}

Result<BankFileSummary> CamtReader::finish() {
  return handler_->finish();
}

}  // namespace jiexu
