#include "ops/cli/bank_preview.h"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/bank/rules/references.h"
#include "daemon/base/gbk.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

constexpr size_t kPieceBytes = 256 << 10;
constexpr size_t kRemarkColumns = 48;

// The last four characters are enough to tell one's own accounts apart.
std::string masked(const std::string& account) {
  return account.size() <= 4 ? account : "*" + account.substr(account.size() - 4);
}

std::string reference_of(const v1::BankLine& line) {
  const References found = find_references(line);
  if (!found.batches.empty()) return say("batch {number}", {{"number", found.batches.front()}});
  if (!found.letters.empty()) return say("letter {number}", {{"number", found.letters.front()}});
  if (!found.end_to_end) return "";
  return say("payment {number}", {{"number", found.end_to_end->text()}});
}

std::string kind_of(const v1::BankLine& line) {
  if (!line.unreadable().empty()) return "unreadable";
  if (line.reversal()) return "reversal";
  if (!line.return_reason().empty()) return "returned " + line.return_reason();
  return line.amount_fen() < 0 ? "debit" : "credit";
}

std::string kind_text(const v1::BankLine& line) {
  const std::string kind = kind_of(line);
  if (!kind.starts_with("returned ")) return say(kind);
  return say("returned {reason}", {{"reason", line.return_reason()}});
}

// What a statement's balances say of its lines.
std::string proof_of(const v1::Statement& statement) {
  if (!statement.has_opening() || !statement.has_closing()) {
    return say("unproved, for want of balances");
  }
  const bool agrees = statement.opening_fen() + statement.fen() == statement.closing_fen();
  return say(
      agrees ? "opening balance {opening}, closing balance {closing}, proved"
             : "opening balance {opening}, closing balance {closing}, which its lines do "
               "not lead to",
      {{"opening", yuan(statement.opening_fen())}, {"closing", yuan(statement.closing_fen())}});
}

void note(const v1::BankLine& line, Preview& preview) {
  const References found = find_references(line);
  preview.with_batch += found.batches.empty() ? 0 : 1;
  preview.with_letter += found.letters.empty() && !found.end_to_end ? 0 : 1;
}

}  // namespace

Result<BankFileSummary> read_bank_file(const std::string& file, BankFileReader& reader) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  if (file != "-" && !opened) return fail(Errc::kNotFound, file + ": cannot be opened");
  std::istream& in = file == "-" ? std::cin : opened;
  std::string piece(kPieceBytes, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::string_view got(piece.data(), static_cast<size_t>(in.gcount()));
    if (auto done = reader.feed(got); !done) {
      return fail(done.error().code, file + ", " + done.error().text);
    }
  }
  if (in.bad()) return fail(Errc::kIo, file + ": cannot be read to its end");
  auto summary = reader.finish();
  if (!summary) return fail(summary.error().code, file + ", " + summary.error().text);
  return summary;
}

Result<NoticeEncoding> notice_encoding(const std::string& name) {
  if (name.empty()) return NoticeEncoding::kDetect;
  if (name == "utf-8") return NoticeEncoding::kUtf8;
  if (name == "gbk") return NoticeEncoding::kGbk;
  return fail(Errc::kInvalid, name + ": the encoding is utf-8 or gbk");
}

Result<Preview> preview_bank_file(const std::string& file, NoticeEncoding encoding,
                                  size_t lines_max) {
  Preview preview;
  BankFileReader reader(
      [&](v1::BankLine& line) {
        note(line, preview);
        if (preview.first.size() < lines_max) {
          preview.first.push_back(line);
          preview.first.back().set_account_number(masked(line.account_number()));
          preview.first.back().set_counterparty_account(masked(line.counterparty_account()));
          preview.first.back().clear_raw();
        }
        return Result<void>();
      },
      encoding);
  TRY(auto summary, read_bank_file(file, reader));
  preview.summary = summary;
  return preview;
}

std::string preview_text(const Preview& preview) {
  const BankFileSummary& sums = preview.summary;
  Table table({"LINE", "ACCOUNT", "BANK'S NUMBER", "DAY", "AMOUNT", "KIND", "NAMES", "REMARK"});
  for (const v1::BankLine& line : preview.first) {
    table.add({std::to_string(line.file_line()), line.account_number(), line.host_sequence(),
               std::to_string(line.booked_on()), yuan(line.amount_fen()), kind_text(line),
               reference_of(line), fit_gbk(line.remark(), kRemarkColumns)});
  }
  std::string text = table.text();
  if (preview.first.size() < sums.lines) {
    text +=
        say("... and {n} more", {{"n", std::to_string(sums.lines - preview.first.size())}}) + "\n";
  }
  text += say(sums.statements == 1 ? "{lines} lines in {n} statement; in {in}, out {out}"
                                   : "{lines} lines in {n} statements; in {in}, out {out}",
              {{"lines", std::to_string(sums.lines)},
               {"n", std::to_string(sums.statements)},
               {"in", yuan(sums.credited.value)},
               {"out", yuan(sums.debited.value)}}) +
          "\n";
  text += say("{letters} name a letter, {batches} a batch; {n} are not booked yet, for information "
              "or in another currency, and are passed over",
              {{"letters", std::to_string(preview.with_letter)},
               {"batches", std::to_string(preview.with_batch)},
               {"n", std::to_string(sums.not_booked)}}) +
          "\n";
  for (const v1::Statement& statement : sums.parts) {
    text += say("statement {id}: {n} lines, {proof}", {{"id", statement.id()},
                                                       {"n", std::to_string(statement.lines())},
                                                       {"proof", proof_of(statement)}}) +
            "\n";
  }
  if (sums.unreadable > 0) {
    text += say("{n} cannot be read, and will wait alone; the first: {why}",
                {{"n", std::to_string(sums.unreadable)}, {"why", sums.first_reason}}) +
            "\n";
  }
  return text;
}

std::string preview_json(const Preview& preview) {
  const BankFileSummary& sums = preview.summary;
  nlohmann::json out = {{"statements", sums.statements},     {"lines", sums.lines},
                        {"not_booked", sums.not_booked},     {"with_letter", preview.with_letter},
                        {"with_batch", preview.with_batch},  {"credited_fen", sums.credited.value},
                        {"debited_fen", sums.debited.value}, {"first", nlohmann::json::array()}};
  for (const v1::BankLine& line : preview.first) {
    out["first"].push_back({{"line", line.file_line()},
                            {"account", line.account_number()},
                            {"host_sequence", line.host_sequence()},
                            {"booked_on", line.booked_on()},
                            {"amount_fen", line.amount_fen()},
                            {"kind", kind_of(line)},
                            {"reference", reference_of(line)},
                            {"counterparty_name", line.counterparty_name()},
                            {"remark", line.remark()}});
  }
  return out.dump() + "\n";
}

}  // namespace jiexu::cli
