#include "daemon/bankfiles/camt.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/camt_fields.h"
#include "daemon/bankfiles/xml_stream.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

using camt::Field;

// By their path's end: some banks put a business header around the document.
constexpr std::string_view kStatement = "Document/BkToCstmrStmt/Stmt";
constexpr std::string_view kNotification = "Document/BkToCstmrDbtCdtNtfctn/Ntfctn";
constexpr std::string_view kReport = "Document/BkToCstmrAcctRpt/Rpt";  // of the day so far

bool in_yuan(std::string_view currency) {
  return currency == "CNY" || currency == "RMB";
}

// A letter number, a batch number, an EndToEndId: all hold this many digits at least.
constexpr auto kOurDigitsMin = 20;

bool is_decimal(char c) {
  return c >= '0' && c <= '9';
}

tl::unexpected<Error> wrong(std::string text) {
  return fail(Errc::kInvalid, std::move(text));
}

// Each line of it is a part: banks cut texts into lines.
void add_text(std::string_view text, std::vector<std::string>& to) {
  size_t bytes = 0;
  for (const std::string& part : to) bytes += part.size() + 1;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string clean = clean_field(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    bytes += clean.size() + 1;
    if (bytes > limits::kXmlTextBytesMax) return;
    if (!clean.empty()) to.push_back(std::move(clean));
  }
}

Result<void> take_amount(std::string_view text, std::optional<Fen>& to) {
  to = parse_amount(text);
  if (!to || to->value < 0) return wrong("Amt of a detail is not an amount in yuan");
  return {};
}

struct Party {
  std::string name;
  std::string account;
  std::string bank;
};

struct Detail {
  std::optional<Fen> amount;  // without a sign
  std::optional<Fen> amount_within;
  std::optional<Fen> amount_instructed;
  std::string sign;
  std::string bank_reference;
  std::string batch;
  std::string end_to_end_id;
  std::vector<std::string> remark;
  std::string return_reason;
  Party debtor;
  Party creditor;
  std::string raw;
  uint64_t line = 0;
};

struct Entry {
  uint64_t line = 0;
  Fen amount;
  std::string currency;
  std::string sign;
  std::string reversal;
  std::string status;
  int32_t booked_on = 0;
  int32_t valued_on = 0;
  std::string reference;
  std::string bank_reference;
  std::vector<std::string> text;
  std::vector<std::string> batches;  // one for each NtryDtls that names one, "" for the others
  std::string header;                // as it stands in the file, before the first detail
  uint64_t details = 0;
  std::optional<Detail> held;  // the first detail, until it is known whether others follow
  int64_t sum = 0;             // of the details handed on
};

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
  Result<void> take(Field field, const XmlElement& element);
  Result<void> take_of_statement(Field field, std::string_view text);
  Result<void> take_entry(Field field, const XmlElement& element);
  Result<void> take_detail(Field field, std::string_view text);
  Result<void> end_entry();
  Result<void> end_detail();
  Result<void> hand_on_detail(const Detail& detail, Fen amount);
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
  Entry entry_;
  Detail detail_;
  v1::BankLine line_;
};

void CamtReader::Handler::start_statement(const XmlElement& element) {
  ++summary_.statements;
  statement_path_ = element.path.size();
  statement_id_.clear();
  statement_made_ = statement_end_ = 0;
  account_.clear();
  passed_over_ = ends_in(element.path, kReport);
  entries_ = 0;
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
    statement_path_ = 0;
    return {};
  }
  const std::string_view below = path_below(element.path, statement_path_);
  if (below.empty()) return {};
  if (below == "Ntry") return end_entry();
  if (below == "Ntry/NtryDtls/TxDtls") return end_detail();
  const auto found = camt::fields().find(below);
  if (found == camt::fields().end()) return {};
  // Sts holds text in old versions and Cd or Prtry in .08.
  if (element.text.empty()) return {};
  return take(found->second, element);
}

Result<void> CamtReader::Handler::take(Field field, const XmlElement& element) {
  if (field <= Field::kAccountCurrency) return take_of_statement(field, element.text);
  if (passed_over_) return {};
  if (field < Field::kBankReference) return take_entry(field, element);
  const bool amount =
      field == Field::kAmount || field == Field::kAmountWithin || field == Field::kAmountInstructed;
  // What was ordered in another currency says nothing about what was booked.
  if (amount && !in_yuan(element.currency)) return {};
  return take_detail(field, element.text);
}

Result<void> CamtReader::Handler::take_of_statement(Field field, std::string_view text) {
  switch (field) {
    case Field::kStatementId: statement_id_ = clean_field(text); return {};
    case Field::kStatementMade: statement_made_ = parse_day(text).value_or(0); return {};
    case Field::kStatementEnd: statement_end_ = parse_day(text).value_or(0); return {};
    case Field::kAccount: account_ = clean_number(text); return {};
    case Field::kAccountCurrency: passed_over_ |= !in_yuan(clean_field(text)); return {};
    default: return {};
  }
}

Result<void> CamtReader::Handler::take_entry(Field field, const XmlElement& element) {
  switch (field) {
    case Field::kEntryReference: entry_.reference = clean_field(element.text); return {};
    case Field::kEntryBankReference: entry_.bank_reference = clean_field(element.text); return {};
    case Field::kEntrySign: entry_.sign = clean_field(element.text); return {};
    case Field::kReversal: entry_.reversal = clean_field(element.text); return {};
    case Field::kStatus: entry_.status = clean_field(element.text); return {};
    case Field::kEntryText: add_text(element.text, entry_.text); return {};
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
      entry_.amount = *amount;
      entry_.currency = element.currency;
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
    case Field::kAmount: return take_amount(text, detail_.amount);
    case Field::kAmountWithin: return take_amount(text, detail_.amount_within);
    case Field::kAmountInstructed: return take_amount(text, detail_.amount_instructed);
    // Banks count their own instructions in it too; only what may be ours belongs to the text.
    case Field::kInstructionId:
      if (std::ranges::count_if(text, is_decimal) >= kOurDigitsMin) add_text(text, detail_.remark);
      return {};
    case Field::kBankReference: detail_.bank_reference = clean_field(text); return {};
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
    default: add_text(text, detail_.remark); return {};
  }
}

Result<Fen> CamtReader::Handler::signed_amount(Fen amount, std::string_view sign) const {
  if (sign == "CRDT") return amount;
  if (sign == "DBIT") return -amount;
  return wrong("CdtDbtInd is neither CRDT nor DBIT");
}

Result<void> CamtReader::Handler::end_detail() {
  detail_.raw = entry_.header + stream_.kept();
  if (!booked()) return {};
  if (!detail_.amount) detail_.amount = detail_.amount_within;
  if (!detail_.amount) detail_.amount = detail_.amount_instructed;
  if (detail_.batch.empty() && !entry_.batches.empty()) detail_.batch = entry_.batches.back();
  if (entry_.details == 1) {
    entry_.held = std::move(detail_);
    return {};
  }
  if (entry_.held) {
    const Detail first = std::move(*entry_.held);
    entry_.held.reset();
    if (!first.amount) return wrong("one of several details has no amount in yuan");
    TRY_DO(hand_on_detail(first, *first.amount));
  }
  if (!detail_.amount) return wrong("one of several details has no amount in yuan");
  return hand_on_detail(detail_, *detail_.amount);
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

Result<void> CamtReader::Handler::hand_on_detail(const Detail& detail, Fen amount) {
  if (!in_yuan(entry_.currency)) return wrong("an amount in another currency than CNY");
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
  line_.Clear();
  line_.set_account_number(account_);
  line_.set_host_sequence(number(detail, alone));
  line_.set_made_number(!names_number(detail));
  line_.set_amount_fen(with_sign.value);
  line_.set_booked_on(day);
  line_.set_counterparty_account(other.account);
  line_.set_counterparty_name(other.name);
  line_.set_counterparty_bank(other.bank);
  line_.set_remark(remark_of(detail, alone));
  // Banks write this where the payer gave no reference.
  if (detail.end_to_end_id != "NOTPROVIDED") line_.set_end_to_end_id(detail.end_to_end_id);
  line_.set_batch_reference(batch_of(detail));
  line_.set_reversal(is_reversal());
  line_.set_return_reason(detail.return_reason);
  line_.set_raw(detail.raw);
  line_.set_file_line(detail.line);
  return hand_on(line_, sink_, summary_);
}

Result<void> CamtReader::Handler::end_entry() {
  if (!booked()) {
    ++summary_.not_booked;
    stream_.kept();
    return {};
  }
  if (entry_.details == 0) {
    Detail whole;
    whole.raw = stream_.kept();
    whole.line = entry_.line;
    return hand_on_detail(whole, entry_.amount);
  }
  // Of a single detail the entry's amount counts: it is what was booked, after the bank's charges.
  if (entry_.held) return hand_on_detail(*entry_.held, entry_.amount);
  TRY(const auto total, signed_amount(entry_.amount, entry_.sign));
  if (entry_.sum != total.value) {
    return wrong("the details of the entry add up to " + Fen{entry_.sum}.yuan() +
                 ", the entry says " + total.yuan());
  }
  return {};
}

Result<BankFileSummary> CamtReader::Handler::finish() {
  TRY_DO(stream_.finish());
  if (summary_.statements == 0) {
    return wrong("line 1: neither a statement (camt.053) nor a notification (camt.054)");
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
