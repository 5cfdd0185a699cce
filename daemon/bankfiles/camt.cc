#include "daemon/bankfiles/camt.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/xml_stream.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

constexpr std::string_view kStatement = "Document/BkToCstmrStmt/Stmt";
constexpr std::string_view kNotification = "Document/BkToCstmrDbtCdtNtfctn/Ntfctn";

// The elements that say something, by their path below the statement. What differs between the
// versions stands twice.
enum class Field {
  kStatementId,
  kAccount,
  kEntryReference,
  kEntryAmount,
  kEntrySign,
  kReversal,
  kStatus,
  kBookedOn,
  kEntryBankReference,
  kEntryText,
  kBatch,
  kBankReference,
  kDetailBatch,
  kEndToEndId,
  kAmount,
  kAmountWithin,
  kSign,
  kDebtorName,
  kDebtorAccount,
  kDebtorBank,
  kCreditorName,
  kCreditorAccount,
  kCreditorBank,
  kRemark,
  kReference,
  kReturnReason,
  kDetailText,
};

struct Place {
  std::string_view path;
  Field field;
};

#define DETAIL "Ntry/NtryDtls/TxDtls/"
constexpr Place kPlaces[] = {
    {"Id", Field::kStatementId},
    {"Acct/Id/IBAN", Field::kAccount},
    {"Acct/Id/Othr/Id", Field::kAccount},
    {"Ntry/NtryRef", Field::kEntryReference},
    {"Ntry/Amt", Field::kEntryAmount},
    {"Ntry/CdtDbtInd", Field::kEntrySign},
    {"Ntry/RvslInd", Field::kReversal},
    {"Ntry/Sts", Field::kStatus},        // to .07
    {"Ntry/Sts/Cd", Field::kStatus},     // .08
    {"Ntry/Sts/Prtry", Field::kStatus},  // .08
    {"Ntry/BookgDt/Dt", Field::kBookedOn},
    {"Ntry/BookgDt/DtTm", Field::kBookedOn},
    {"Ntry/AcctSvcrRef", Field::kEntryBankReference},
    {"Ntry/AddtlNtryInf", Field::kEntryText},
    {"Ntry/NtryDtls/Btch/PmtInfId", Field::kBatch},
    {DETAIL "Refs/AcctSvcrRef", Field::kBankReference},
    {DETAIL "Refs/PmtInfId", Field::kDetailBatch},
    {DETAIL "Refs/EndToEndId", Field::kEndToEndId},
    {DETAIL "Amt", Field::kAmount},                      // from .04 on
    {DETAIL "AmtDtls/TxAmt/Amt", Field::kAmountWithin},  // .02
    {DETAIL "CdtDbtInd", Field::kSign},
    {DETAIL "RltdPties/Dbtr/Nm", Field::kDebtorName},      // to .07
    {DETAIL "RltdPties/Dbtr/Pty/Nm", Field::kDebtorName},  // .08
    {DETAIL "RltdPties/DbtrAcct/Id/IBAN", Field::kDebtorAccount},
    {DETAIL "RltdPties/DbtrAcct/Id/Othr/Id", Field::kDebtorAccount},
    {DETAIL "RltdPties/Cdtr/Nm", Field::kCreditorName},
    {DETAIL "RltdPties/Cdtr/Pty/Nm", Field::kCreditorName},
    {DETAIL "RltdPties/CdtrAcct/Id/IBAN", Field::kCreditorAccount},
    {DETAIL "RltdPties/CdtrAcct/Id/Othr/Id", Field::kCreditorAccount},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId", Field::kDebtorBank},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/BIC", Field::kDebtorBank},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/BICFI", Field::kDebtorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", Field::kCreditorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/BIC", Field::kCreditorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/BICFI", Field::kCreditorBank},
    {DETAIL "RmtInf/Ustrd", Field::kRemark},
    {DETAIL "RmtInf/Strd/CdtrRefInf/Ref", Field::kReference},
    {DETAIL "RtrInf/Rsn/Cd", Field::kReturnReason},
    {DETAIL "RtrInf/Rsn/Prtry", Field::kReturnReason},
    {DETAIL "AddtlTxInf", Field::kDetailText},
};
#undef DETAIL

const std::unordered_map<std::string_view, Field>& fields() {
  static const auto* map = [] {
    auto* made = new std::unordered_map<std::string_view, Field>();
    for (const Place& place : kPlaces) made->emplace(place.path, place.field);
    return made;
  }();
  return *map;
}

// What stands below a statement; nullopt for what stands elsewhere.
std::optional<std::string_view> below_statement(std::string_view path) {
  for (const std::string_view root : {kStatement, kNotification}) {
    if (path.starts_with(root) && path.size() > root.size() && path[root.size()] == '/') {
      return path.substr(root.size() + 1);
    }
  }
  return std::nullopt;
}

tl::unexpected<Error> wrong(std::string text) {
  return fail(Errc::kInvalid, std::move(text));
}

void add_text(std::string_view text, std::string& to) {
  const std::string clean = clean_field(text);
  if (clean.empty() || to.size() + clean.size() > limits::kXmlTextBytesMax) return;
  if (!to.empty()) to += ' ';
  to += clean;
}

struct Party {
  std::string name;
  std::string account;
  std::string bank;
};

struct Detail {
  std::optional<Fen> amount;  // without a sign
  std::optional<Fen> amount_within;
  std::string sign;
  std::string bank_reference;
  std::string batch;
  std::string end_to_end_id;
  std::string remark;
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
  std::string reference;
  std::string bank_reference;
  std::string text;
  std::string batch;
  std::string header;  // as it stands in the file, before the first detail
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
  Result<void> take(Field field, const XmlElement& element);
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
  bool booked() const { return entry_.status.empty() || entry_.status == "BOOK"; }

  BankLineSink sink_;
  XmlStream stream_;
  BankFileSummary summary_;
  std::string statement_id_;
  std::string account_;
  uint64_t entries_ = 0;  // of the statement
  Entry entry_;
  Detail detail_;
  v1::BankLine line_;
};

Result<void> CamtReader::Handler::started(const XmlElement& element) {
  if (element.path == kStatement || element.path == kNotification) {
    ++summary_.statements;
    statement_id_.clear();
    account_.clear();
    entries_ = 0;
    return {};
  }
  const auto below = below_statement(element.path);
  if (!below) return {};
  if (*below == "Ntry") {
    if (account_.empty()) return wrong("an entry before the account (Acct) of its statement");
    entry_ = Entry();
    entry_.line = element.line;
    ++entries_;
    stream_.keep();
  } else if (*below == "Ntry/NtryDtls/TxDtls") {
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
  const auto below = below_statement(element.path);
  if (!below) return {};
  if (*below == "Ntry") return end_entry();
  if (*below == "Ntry/NtryDtls/TxDtls") return end_detail();
  const auto found = fields().find(*below);
  if (found == fields().end()) return {};
  // Sts holds text in old versions and Cd or Prtry in .08.
  if (element.text.empty()) return {};
  return take(found->second, element);
}

Result<void> CamtReader::Handler::take(Field field, const XmlElement& element) {
  if (field == Field::kStatementId) {
    statement_id_ = clean_field(element.text);
    return {};
  }
  if (field == Field::kAccount) {
    account_ = clean_number(element.text);
    return {};
  }
  if (field >= Field::kBankReference) {
    const bool amount = field == Field::kAmount;
    if (amount && element.currency != "CNY" && element.currency != "RMB") {
      return wrong("an amount in another currency than CNY");
    }
    // What was ordered in another currency says nothing about what was booked.
    if (field == Field::kAmountWithin && element.currency != "CNY" && element.currency != "RMB") {
      return {};
    }
    return take_detail(field, element.text);
  }
  return take_entry(field, element);
}

Result<void> CamtReader::Handler::take_entry(Field field, const XmlElement& element) {
  switch (field) {
    case Field::kEntryReference: entry_.reference = clean_field(element.text); return {};
    case Field::kEntryBankReference: entry_.bank_reference = clean_field(element.text); return {};
    case Field::kEntrySign: entry_.sign = clean_field(element.text); return {};
    case Field::kReversal: entry_.reversal = clean_field(element.text); return {};
    case Field::kStatus: entry_.status = clean_field(element.text); return {};
    case Field::kEntryText: add_text(element.text, entry_.text); return {};
    case Field::kBatch: entry_.batch = clean_field(element.text); return {};
    case Field::kEntryAmount: {
      const auto amount = parse_amount(element.text);
      if (!amount || amount->value < 0) return wrong("Amt is not an amount in yuan");
      entry_.amount = *amount;
      entry_.currency = element.currency;
      return {};
    }
    case Field::kBookedOn: {
      const auto day = parse_day(element.text);
      if (!day) return wrong("BookgDt is not a date");
      entry_.booked_on = *day;
      return {};
    }
    default: return {};
  }
}

Result<void> CamtReader::Handler::take_detail(Field field, std::string_view text) {
  switch (field) {
    case Field::kAmount:
    case Field::kAmountWithin: {
      const auto amount = parse_amount(text);
      if (!amount || amount->value < 0) return wrong("Amt of a detail is not an amount in yuan");
      (field == Field::kAmount ? detail_.amount : detail_.amount_within) = *amount;
      return {};
    }
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
  if (entry_.details == 1) {
    entry_.held = std::move(detail_);
    return {};
  }
  if (entry_.held) {
    const Detail first = std::move(*entry_.held);
    entry_.held.reset();
    if (!first.amount) return wrong("one of several details has no amount");
    TRY_DO(hand_on_detail(first, *first.amount));
  }
  if (!detail_.amount) return wrong("one of several details has no amount");
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

Result<void> CamtReader::Handler::hand_on_detail(const Detail& detail, Fen amount) {
  if (entry_.currency != "CNY" && entry_.currency != "RMB") {
    return wrong("an amount in another currency than CNY");
  }
  if (entry_.booked_on == 0) return wrong("the entry has no booking date (BookgDt)");
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
  line_.set_booked_on(entry_.booked_on);
  line_.set_counterparty_account(other.account);
  line_.set_counterparty_name(other.name);
  line_.set_counterparty_bank(other.bank);
  line_.set_remark(detail.remark);
  if (alone) add_text(entry_.text, *line_.mutable_remark());
  // Banks write this where the payer gave no reference.
  if (detail.end_to_end_id != "NOTPROVIDED") line_.set_end_to_end_id(detail.end_to_end_id);
  line_.set_batch_reference(detail.batch.empty() ? entry_.batch : detail.batch);
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
