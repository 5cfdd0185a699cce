// Bank files for tests, and what reading them gives, as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/bankfiles/bank_file.h"
#include "daemon/base/gbk.h"

namespace jiexu {

struct ReadFile {
  std::vector<v1::BankLine> lines;
  BankFileSummary summary;
  std::string error;  // empty: read to the end

  // One line of text for each, with what matters; the error or the sums at the end.
  std::string text() const;
};

// Reads `bytes` in pieces of `piece` bytes.
ReadFile read_bank_file(std::string_view bytes, size_t piece = SIZE_MAX,
                        NoticeEncoding encoding = NoticeEncoding::kDetect);

// A file of tests/bankfiles/files.
std::string sample_file(const std::string& name);

// Compares with a file of tests/bankfiles/files; writes it before under JIEXU_REWRITE=1.
void check_golden(const std::string& name, const std::string& text);

// A camt document: `body` inside Stmt (or Ntfctn) with an account, namespace of `version` ("02").
std::string camt053(const std::string& body, const std::string& version = "08");

}  // namespace jiexu
