// pain.001.001.09, CustomerCreditTransferInitiation. Elements in the order of the schema.
#include <string>

#include "daemon/bankfiles/payment_file.h"

namespace jiexu {
namespace {

// Characters that XML 1.0 cannot hold at all become '?'.
std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<uint8_t>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return out;
}

// Writes elements with their indentation.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void open(std::string_view name) {
    indent();
    out_ += "<" + std::string(name) + ">\n";
    ++depth_;
  }
  void close(std::string_view name) {
    --depth_;
    indent();
    out_ += "</" + std::string(name) + ">\n";
  }
  void leaf(std::string_view name, std::string_view text, std::string_view attribute = "") {
    indent();
    out_ += "<" + std::string(name) + std::string(attribute) + ">" + escape(text) + "</" +
            std::string(name) + ">\n";
  }

 private:
  void indent() { out_.append(depth_ * 2, ' '); }
  std::string& out_;
  size_t depth_ = 0;
};

void write_party(Writer& xml, std::string_view element, const v1::Payee& party) {
  xml.open(element);
  xml.leaf("Nm", party.account_holder());
  xml.close(element);
}

void write_account(Writer& xml, std::string_view element, const v1::Payee& party) {
  xml.open(element);
  xml.open("Id");
  xml.open("Othr");
  xml.leaf("Id", party.account_number());
  xml.close("Othr");
  xml.close("Id");
  xml.close(element);
}

void write_bank(Writer& xml, std::string_view element, const v1::Payee& party) {
  xml.open(element);
  xml.open("FinInstnId");
  if (!party.cnaps().empty()) {
    xml.open("ClrSysMmbId");
    xml.open("ClrSysId");
    xml.leaf("Cd", "CNAPS");  // ISO 20022 external code list, clearing system identification
    xml.close("ClrSysId");
    xml.leaf("MmbId", party.cnaps());
    xml.close("ClrSysMmbId");
  }
  xml.leaf("Nm", party.bank_name());
  xml.close("FinInstnId");
  xml.close(element);
}

void write_payment(Writer& xml, const Payment& payment) {
  xml.open("CdtTrfTxInf");
  xml.open("PmtId");
  xml.leaf("InstrId", payment.end_to_end_id);
  xml.leaf("EndToEndId", payment.end_to_end_id);
  xml.close("PmtId");
  xml.open("Amt");
  xml.leaf("InstdAmt", payment.amount.yuan(), " Ccy=\"CNY\"");
  xml.close("Amt");
  write_bank(xml, "CdtrAgt", payment.payee);
  write_party(xml, "Cdtr", payment.payee);
  write_account(xml, "CdtrAcct", payment.payee);
  xml.open("RmtInf");
  xml.leaf("Ustrd", payment.remark);
  xml.close("RmtInf");
  xml.close("CdtTrfTxInf");
}

void write_sums(Writer& xml, const PaymentBatch& batch) {
  xml.leaf("NbOfTxs", std::to_string(batch.payments.size()));
  xml.leaf("CtrlSum", total_of(batch).yuan());
}

}  // namespace

std::string write_pain001(const PaymentBatch& batch) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n";
  Writer xml(out);
  xml.open("CstmrCdtTrfInitn");
  xml.open("GrpHdr");
  xml.leaf("MsgId", batch.number);
  xml.leaf("CreDtTm", batch.made_at.str());
  write_sums(xml, batch);
  write_party(xml, "InitgPty", batch.payer);
  xml.close("GrpHdr");
  xml.open("PmtInf");
  xml.leaf("PmtInfId", batch.number);
  xml.leaf("PmtMtd", "TRF");
  write_sums(xml, batch);
  xml.open("ReqdExctnDt");
  xml.leaf("Dt", batch.pay_on.str());
  xml.close("ReqdExctnDt");
  write_party(xml, "Dbtr", batch.payer);
  write_account(xml, "DbtrAcct", batch.payer);
  write_bank(xml, "DbtrAgt", batch.payer);
  for (const Payment& payment : batch.payments) write_payment(xml, payment);
  xml.close("PmtInf");
  xml.close("CstmrCdtTrfInitn");
  return out + "</Document>\n";
}

}  // namespace jiexu
