// The account notice that banks push or answer a query with: 23 columns, each ended by '|', one
// posting a line, in GBK or UTF-8.
//
//   seq | account | host number | code | other's account | other's name | amount | yyyymmdd |
//   time | available | opening bank | remark | currency | cash or transfer | balance |
//   overdraft | voucher type | voucher number | other's bank | summary | reversal flag |
//   line number | book number |
//
// Digits come in full width, unknown fields as "null", texts with U+3000 behind them. Texts are
// cut at so many bytes, within a character too: what is left of that one is dropped. '|' is also
// the second byte of some characters of GBK, so that a line in which the two differ is read both
// ways, and taken if exactly one gives 23 columns. A line that cannot be read says why, and costs
// the others nothing; a file of which no line can be read is refused. A debit has a negative
// amount. Banks repeat lines; telling them apart is for whoever keeps lines (five fields:
// account, host number, amount, other's account and name). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/bankfiles/bank_sink.h"

namespace jiexu {

enum class NoticeEncoding : uint8_t {
  // That of the first line that is not ASCII: UTF-8 if it is that and has a Chinese character, for
  // short texts of GBK happen to be Latin or Greek letters in UTF-8; else GBK.
  kDetect = 0,
  kUtf8 = 1,
  kGbk = 2,
};

class NoticeReader {
 public:
  NoticeReader(BankLineSink sink, NoticeEncoding encoding)
      : sink_(std::move(sink)), encoding_(encoding) {}

  // Errors kInvalid, naming line and column; for good.
  Result<void> feed(std::string_view bytes);
  Result<BankFileSummary> finish();

 private:
  Result<void> take_line(std::string_view raw);
  Result<std::string> decode(std::string_view raw);
  Result<std::string> decode_utf8(std::string_view raw);
  Result<std::string> decode_gbk(std::string_view raw);
  bool is_utf8_line(std::string_view raw) const;
  Result<void> take_columns(std::string_view text, std::string_view raw);
  std::string read_columns(std::string_view text);
  tl::unexpected<Error> wrong(std::string_view what);

  BankLineSink sink_;
  NoticeEncoding encoding_;
  std::string rest_;  // a line that has not ended yet
  uint64_t line_number_ = 0;
  uint64_t bytes_ = 0;
  // Of a file in GBK: lines that would be Chinese in UTF-8 too, and lines that would be nothing.
  uint64_t also_utf8_ = 0;
  uint64_t only_gbk_ = 0;
  std::optional<Error> error_;
  BankFileSummary summary_;
  v1::BankLine line_;
};

}  // namespace jiexu
