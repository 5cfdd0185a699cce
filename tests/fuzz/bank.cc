// What banks send: statements, notices, payment reports, remarks. However a file is cut into pieces
// it says the same; what is handed on adds up and keeps its text; what is written can be read.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/rules/references.h"
#include "daemon/bankfiles/bank_file.h"
#include "daemon/bankfiles/bank_text.h"
#include "daemon/bankfiles/payment_report.h"
#include "daemon/base/check.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

using namespace jiexu;

namespace {

struct Read {
  std::string lines;
  std::optional<BankFileSummary> summary;
};

Read read(std::string_view file, size_t piece) {
  Read out;
  Fen credited, debited;
  BankFileReader reader([&](v1::BankLine& line) {
    CHECK(!line.raw().empty());
    if (line.unreadable().empty()) {
      CHECK(!line.account_number().empty() && !line.host_sequence().empty());
      CHECK(Date::from_yyyymmdd(line.booked_on()).has_value());
    }
    (line.amount_fen() < 0 ? debited : credited).value += std::abs(line.amount_fen());
    out.lines += line.SerializeAsString();
    return Result<void>();
  });
  while (!file.empty()) {
    const std::string_view part = file.substr(0, piece);
    file.remove_prefix(part.size());
    if (!reader.feed(part)) return out;
  }
  if (const auto summary = reader.finish()) {
    CHECK(summary->credited == credited && summary->debited == debited);
    out.summary = *summary;
  }
  return out;
}

void read_file(std::string_view file) {
  const Read whole = read(file, SIZE_MAX);
  for (const size_t piece : {1u, 5u, 61u}) {
    const Read parts = read(file, piece);
    CHECK(parts.summary.has_value() == whole.summary.has_value());
    if (whole.summary) CHECK(parts.lines == whole.lines);
  }
}

void read_report(std::string_view file) {
  const auto done = read_payment_report(file, [](const PaymentFate& fate) {
    CHECK(fate.line > 0);
    return Result<void>();
  });
  if (!done) CHECK(done.error().text.starts_with("line "));
}

void read_remark(std::string_view text) {
  v1::BankLine line;
  if (is_utf8(text)) line.set_remark(std::string(text));
  if (is_utf8(text)) line.set_end_to_end_id(std::string(text));
  const References found = find_references(line);
  for (const std::string& batch : found.batches) CHECK(BatchNumber::parse(batch)->text() == batch);
  for (const std::string& letter : found.letters) CHECK(LetterNumber::parse(letter).has_value());
  if (found.end_to_end) CHECK(EndToEndId::parse(found.end_to_end->text()) == found.end_to_end);
  const std::string number(21, '1');
  const std::string remark = make_remark(text, number);
  CHECK(remark.ends_with(number));
  if (is_utf8(text)) CHECK(to_gbk(remark)->size() <= limits::kRemarkBytesMax);
  if (const auto amount = parse_amount(text)) CHECK(parse_amount(amount->yuan()) == amount);
  if (const auto day = parse_day(text)) CHECK(parse_day(std::to_string(*day)) == day);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: read_file(rest); break;
    case 1: read_report(rest); break;
    default: read_remark(rest); break;
  }
  return 0;
}
