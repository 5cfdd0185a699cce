#include "daemon/bankfiles/payment_report.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/camt_entry.h"
#include "daemon/bankfiles/duplicate.h"
#include "daemon/bankfiles/xml_stream.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

// Below the report.
constexpr std::string_view kStatusReport = "Document/CstmrPmtStsRpt";
constexpr std::string_view kGroup = "OrgnlGrpInfAndSts";
constexpr std::string_view kBatch = "OrgnlPmtInfAndSts";
constexpr std::string_view kPayment = "OrgnlPmtInfAndSts/TxInfAndSts";
constexpr std::string_view kNoId = "NOTPROVIDED";
constexpr size_t kReasonBytesMax = 140;
constexpr size_t kAmountBytesMax = 40;

// ISO 20022 external code list, payment transaction status. What is neither settled nor refused is
// on its way, a code that is not known to us too: its payment waits, and the code is the reason.
PaymentStatus status_of(std::string_view code) {
  if (code == "ACSC" || code == "ACCC" || code == "ACWC") return PaymentStatus::kPaid;
  if (code == "RJCT" || code == "CANC") return PaymentStatus::kRejected;
  return PaymentStatus::kPending;
}

bool is_known(std::string_view code) {
  static constexpr std::string_view kKnown[] = {
      "ACCC", "ACCP", "ACCR", "ACFC", "ACIS", "ACPD", "ACSC", "ACSP", "ACTC", "ACWC", "ACWP",
      "BLCK", "CANC", "PART", "PATC", "PDNG", "PRES", "PRSY", "RCVC", "RCVD", "RJCT"};
  return std::ranges::find(kKnown, code) != std::end(kKnown);
}

std::optional<PaymentStatus> status_in_list(std::string_view word) {
  if (word == "paid" || word == "成功") return PaymentStatus::kPaid;
  if (word == "rejected" || word == "失败") return PaymentStatus::kRejected;
  if (word == "pending" || word == "处理中") return PaymentStatus::kPending;
  return std::nullopt;
}

PaymentStatus told_apart(PaymentStatus status, std::string_view words) {
  const bool refused = status == PaymentStatus::kRejected;
  return refused && says_duplicate(words) ? PaymentStatus::kDuplicate : status;
}

// What the bank says of a file, a batch in it, or a payment in that.
struct Said {
  PaymentFate fate;
  std::string code;         // of the status; empty: none
  std::string words;        // codes and text of the reasons
  std::string instruction;  // of a payment: OrgnlInstrId
};

class Pain002 final : public XmlHandler {
 public:
  explicit Pain002(const PaymentFateSink& sink) : sink_(sink) {}

  Result<void> started(const XmlElement& element) override {
    if (report_path_ == 0) {
      if (ends_in(element.path, kStatusReport)) report_path_ = element.path.size();
      return {};
    }
    const std::string_view below = path_below(element.path, report_path_);
    if (below == kGroup || below == kBatch) {
      found_ = true;
      batch_ = Said();
      batch_.fate.line = element.line;
      told_ = false;
    } else if (below == kPayment) {
      TRY_DO(tell_batch());
      payment_ = Said();
      payment_.fate.batch_number = batch_.fate.batch_number;
      payment_.fate.line = element.line;
    }
    return {};
  }

  Result<void> ended(const XmlElement& element) override {
    const std::string_view below = path_below(element.path, report_path_);
    if (below == kGroup) {
      auto done = tell_batch();
      group_ = batch_;
      return done;
    }
    if (below == kBatch) return tell_batch();
    if (below == kPayment) return tell_payment();
    if (below.empty() || element.text.empty()) return {};
    const std::string_view name = below.substr(below.rfind('/') + 1);
    Said& said = below.starts_with(kPayment) ? payment_ : batch_;
    if (name == "OrgnlMsgId" || name == "OrgnlPmtInfId") {
      batch_.fate.batch_number = clean_field(element.text);
    } else if (name == "OrgnlEndToEndId") {
      payment_.fate.end_to_end_id = clean_field(element.text);
    } else if (name == "OrgnlInstrId") {
      payment_.instruction = clean_field(element.text);
    } else if (name == "GrpSts" || name == "PmtInfSts" || name == "TxSts") {
      said.code = clean_field(element.text);
    } else if (names_amount(below)) {
      take_amount(element, said.fate);
    } else {
      add_reason(element, said);
    }
    return {};
  }

  bool found() const { return found_; }

 private:
  // What was ordered, of a payment or in sum; what one bank pays another may be less by a fee.
  static bool names_amount(std::string_view below) {
    return below.ends_with("OrgnlTxRef/Amt/InstdAmt") ||
           below == "OrgnlGrpInfAndSts/OrgnlCtrlSum" || below == "OrgnlPmtInfAndSts/OrgnlCtrlSum";
  }

  static void take_amount(const XmlElement& element, PaymentFate& fate) {
    const bool yuan = element.currency.empty() || camt::in_yuan(element.currency);
    fate.amount = yuan ? parse_amount(element.text) : std::nullopt;
    fate.amount_said = fit_gbk(clean_field(element.text), kAmountBytesMax);
    if (!yuan) fate.amount_said += " " + fit_gbk(element.currency, kAmountBytesMax);
  }

  // There may be several, and a text to each code.
  static void add_reason(const XmlElement& element, Said& said) {
    const bool code =
        element.path.ends_with("StsRsnInf/Rsn/Cd") || element.path.ends_with("StsRsnInf/Rsn/Prtry");
    const bool text = element.path.ends_with("StsRsnInf/AddtlInf");
    if (!code && !text) return;
    said.words += (said.words.empty() ? "" : " ") + clean_field(element.text);
  }

  // A status of the whole, if there is one; with PART each payment has its own.
  Result<void> tell_batch() {
    if (std::exchange(told_, true) || batch_.code.empty() || batch_.code == "PART") return {};
    return tell(batch_);
  }

  Result<void> tell_payment() {
    std::string& id = payment_.fate.end_to_end_id;
    if (id.empty() || id == kNoId) id = payment_.instruction;
    // It is no payment of ours by any name, and costs the others nothing.
    if (id.empty()) id = kNoId;
    // What has no status of its own has that of its batch, or of the whole file.
    for (const Said* whole : {&batch_, &group_}) {
      if (payment_.code.empty() && whole->code != "PART") payment_.code = whole->code;
    }
    return tell(payment_);
  }

  Result<void> tell(Said& said) {
    PaymentFate& fate = said.fate;
    fate.status = status_of(said.code);
    for (const Said* whole : {&batch_, &group_}) {
      if (fate.status == PaymentStatus::kRejected && said.words.empty()) said.words = whole->words;
    }
    if (!is_known(said.code)) {
      const std::string code = said.code.empty() ? "no status" : "status " + said.code;
      said.words = code + (said.words.empty() ? "" : ": " + said.words);
    }
    fate.reason = fit_gbk(said.words, kReasonBytesMax);
    fate.status = told_apart(fate.status, said.words);
    return sink_(fate);
  }

  const PaymentFateSink& sink_;
  size_t report_path_ = 0;  // its size; 0: outside
  bool found_ = false;
  bool told_ = false;  // what there is of the batch as a whole
  Said group_;
  Said batch_;
  Said payment_;
};

Result<void> read_pain002(std::string_view bytes, const PaymentFateSink& sink) {
  Pain002 handler(sink);
  XmlStream stream(handler);
  TRY_DO(stream.feed(bytes));
  TRY_DO(stream.finish());
  if (!handler.found()) return fail(Errc::kInvalid, "line 1: not a payment status report");
  return {};
}

Result<void> read_list_line(std::string_view text, uint64_t number, const PaymentFateSink& sink) {
  const std::string where = "line " + std::to_string(number) + ": ";
  const size_t bar = text.find('|');
  if (bar == text.npos) return fail(Errc::kInvalid, where + "is not EndToEndId|status|reason");
  const size_t second = std::min(text.find('|', bar + 1), text.size());
  PaymentFate fate;
  fate.end_to_end_id = clean_number(text.substr(0, bar));
  const auto status = status_in_list(clean_field(text.substr(bar + 1, second - bar - 1)));
  if (!status) return fail(Errc::kInvalid, where + "the status is not paid, rejected or pending");
  if (fate.end_to_end_id.empty()) return fail(Errc::kInvalid, where + "the EndToEndId is missing");
  fate.reason = clean_field(text.substr(std::min(second + 1, text.size())));
  if (fate.reason.ends_with('|')) fate.reason.pop_back();
  fate.status = told_apart(*status, fate.reason);
  fate.line = number;
  return sink(fate);
}

Result<void> read_list(std::string_view bytes, const PaymentFateSink& sink) {
  const auto decoded = is_utf8(bytes) ? std::optional(std::string(bytes)) : from_gbk(bytes);
  if (!decoded) return fail(Errc::kInvalid, "line 1: neither UTF-8 nor GBK");
  std::string_view text = *decoded;
  size_t lines = 0;
  for (uint64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_blank(line)) continue;
    TRY_DO(read_list_line(line, number, sink));
    ++lines;
  }
  if (lines == 0) return fail(Errc::kInvalid, "line 1: the file is empty");
  return {};
}

}  // namespace

Result<void> read_payment_report(std::string_view bytes, const PaymentFateSink& sink) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != bytes.npos && bytes[first] == '<') return read_pain002(bytes, sink);
  return read_list(bytes, sink);
}

}  // namespace jiexu
