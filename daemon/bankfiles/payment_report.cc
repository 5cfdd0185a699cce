#include "daemon/bankfiles/payment_report.h"

#include <optional>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/duplicate.h"
#include "daemon/bankfiles/xml_stream.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr std::string_view kGroup = "Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts";
constexpr std::string_view kBatch = "Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts";
constexpr std::string_view kPayment = "Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts";

// ISO 20022 external code list, payment transaction status. nullopt: not known.
std::optional<PaymentStatus> status_of(std::string_view code) {
  if (code == "ACSC" || code == "ACCC" || code == "ACWC") return PaymentStatus::kPaid;
  if (code == "RJCT" || code == "CANC") return PaymentStatus::kRejected;
  for (const std::string_view pending :
       {"RCVD", "ACTC", "ACCP", "ACSP", "ACWP", "ACFC", "PDNG", "PART", "PATC"}) {
    if (code == pending) return PaymentStatus::kPending;
  }
  return std::nullopt;
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
  std::string words;  // codes and text of the reasons
};

class Pain002 final : public XmlHandler {
 public:
  explicit Pain002(const PaymentFateSink& sink) : sink_(sink) {}

  Result<void> started(const XmlElement& element) override {
    if (element.path == kGroup || element.path == kBatch) {
      found_ = true;
      batch_ = Said();
      batch_.fate.line = element.line;
      code_.clear();
    } else if (element.path == kPayment) {
      TRY_DO(tell_batch());
      payment_ = Said();
      payment_.fate.batch_number = batch_.fate.batch_number;
      payment_.fate.line = element.line;
      code_.clear();
    }
    return {};
  }

  Result<void> ended(const XmlElement& element) override {
    if (element.path == kGroup) {
      auto done = tell_batch();
      group_ = batch_;
      return done;
    }
    if (element.path == kBatch) return tell_batch();
    if (element.path == kPayment) return tell(payment_);
    if (element.text.empty()) return {};
    const size_t slash = element.path.rfind('/');
    const std::string_view name = element.path.substr(slash + 1);
    if (name == "OrgnlMsgId" || name == "OrgnlPmtInfId") {
      batch_.fate.batch_number = clean_field(element.text);
    } else if (name == "OrgnlEndToEndId") {
      payment_.fate.end_to_end_id = clean_field(element.text);
    } else if (name == "GrpSts" || name == "PmtInfSts" || name == "TxSts") {
      code_ = clean_field(element.text);
    } else {
      add_reason(element, element.path.starts_with(kPayment) ? payment_ : batch_);
    }
    return {};
  }

  bool found() const { return found_; }

 private:
  // There may be several. Of the bank's text its code is the short form.
  static void add_reason(const XmlElement& element, Said& said) {
    const bool code =
        element.path.ends_with("StsRsnInf/Rsn/Cd") || element.path.ends_with("StsRsnInf/Rsn/Prtry");
    const bool text = element.path.ends_with("StsRsnInf/AddtlInf");
    if (!code && !text) return;
    const std::string words = clean_field(element.text);
    said.words += (said.words.empty() ? "" : " ") + words;
    if (code || said.fate.reason.empty()) said.fate.reason = words;
  }

  // A status of the whole, if there is one; with PART each payment has its own.
  Result<void> tell_batch() {
    if (code_.empty() || code_ == "PART") {
      code_.clear();
      return {};
    }
    return tell(batch_);
  }

  Result<void> tell(Said& said) {
    const auto status = status_of(code_);
    code_.clear();
    if (!status) return fail(Errc::kInvalid, "a payment status that is not known");
    PaymentFate& fate = said.fate;
    fate.status = *status;
    if (&said == &payment_ && fate.end_to_end_id.empty()) {
      return fail(Errc::kInvalid, "a payment without OrgnlEndToEndId");
    }
    for (const Said* whole : {&batch_, &group_}) {
      if (*status != PaymentStatus::kRejected || !said.words.empty()) break;
      said.words = whole->words;
      fate.reason = whole->fate.reason;
    }
    fate.status = told_apart(*status, said.words);
    return sink_(fate);
  }

  const PaymentFateSink& sink_;
  bool found_ = false;
  Said group_;
  Said batch_;
  Said payment_;
  std::string code_;  // status of the element in hand
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
