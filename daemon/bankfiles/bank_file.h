// A bank's file of whichever kind: XML (camt.053, camt.054) or notices with columns, told apart by
// the first character. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "daemon/bankfiles/camt.h"
#include "daemon/bankfiles/notice_file.h"

namespace jiexu {

class BankFileReader {
 public:
  // `encoding` is for notices; XML says its own.
  explicit BankFileReader(BankLineSink sink, NoticeEncoding encoding = NoticeEncoding::kDetect)
      : sink_(std::move(sink)), encoding_(encoding) {}

  // Errors kInvalid, naming the line; for good. Lines that were handed on before must not be used
  // then: a file is taken whole or not at all.
  Result<void> feed(std::string_view bytes);
  Result<BankFileSummary> finish();

 private:
  BankLineSink sink_;
  NoticeEncoding encoding_;
  std::string start_;  // what came before the first character that says something
  std::variant<std::monostate, CamtReader, NoticeReader> reader_;
};

}  // namespace jiexu
