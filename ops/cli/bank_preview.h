// What a bank's file says, without a daemon: for looking before importing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/bankfiles/bank_file.h"
#include "daemon/base/result.h"

namespace jiexu::cli {

// Feeds a file, or standard input for "-", to the reader in pieces.
Result<BankFileSummary> read_bank_file(const std::string& file, BankFileReader& reader);

// "utf-8", "gbk", "" (detect). Error kInvalid.
Result<NoticeEncoding> notice_encoding(const std::string& name);

struct Preview {
  BankFileSummary summary;
  std::vector<v1::BankLine> first;  // as many as asked for; account numbers are masked
  uint64_t with_letter = 0;         // lines that name a letter or a batch
  uint64_t with_batch = 0;
};

// Reads the whole file.
Result<Preview> preview_bank_file(const std::string& file, NoticeEncoding encoding,
                                  size_t lines_max);

std::string preview_text(const Preview& preview);
std::string preview_json(const Preview& preview);

}  // namespace jiexu::cli
