#include "tests/bankfiles/bank_files.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace jiexu {

std::string ReadFile::text() const {
  std::ostringstream out;
  for (const v1::BankLine& line : lines) {
    out << line.file_line() << ": " << line.account_number() << ' ' << line.host_sequence() << ' '
        << Fen{line.amount_fen()}.yuan() << ' ' << line.booked_on() << " | "
        << line.counterparty_account() << " | " << line.counterparty_name() << " | "
        << line.counterparty_bank() << " | " << line.remark();
    if (!line.end_to_end_id().empty()) out << " | end-to-end " << line.end_to_end_id();
    if (!line.batch_reference().empty()) out << " | batch " << line.batch_reference();
    if (line.reversal()) out << " | reversal";
    if (!line.return_reason().empty()) out << " | returned " << line.return_reason();
    out << '\n';
  }
  if (!error.empty()) {
    out << "refused: " << error << '\n';
    return out.str();
  }
  out << summary.statements << " statements, " << summary.lines << " lines, " << summary.not_booked
      << " not booked, in " << summary.credited.yuan() << ", out " << summary.debited.yuan()
      << '\n';
  return out.str();
}

ReadFile read_bank_file(std::string_view bytes, size_t piece, NoticeEncoding encoding) {
  ReadFile read;
  BankFileReader reader(
      [&](v1::BankLine& line) {
        read.lines.push_back(line);
        return Result<void>();
      },
      encoding);
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    if (auto done = reader.feed(part); !done) {
      read.error = done.error().text;
      return read;
    }
  }
  const auto summary = reader.finish();
  if (summary) read.summary = *summary;
  if (!summary) read.error = summary.error().text;
  return read;
}

std::string sample_file(const std::string& name) {
  std::ifstream file(std::string(JIEXU_FUNDS_FILES) + "/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("JIEXU_REWRITE") != nullptr) {
    std::ofstream(std::string(JIEXU_FUNDS_FILES) + "/" + name) << text;
  }
  CHECK(text == sample_file(name));
}

std::string camt053(const std::string& body, const std::string& version) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
         "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001." +
         version +
         "\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><Othr>"
         "<Id>6200113205</Id></Othr></Id></Acct>" +
         body + "</Stmt></BkToCstmrStmt></Document>\n";
}

}  // namespace jiexu
