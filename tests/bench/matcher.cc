// Matches bank lines against a million open instructions, on one core: a tenth of the lines names a
// batch, most name a letter, some in full width, some nothing.
#include <unistd.h>

#include "ops/cli/command_line.h"
#include "tests/bank/rules/memory_book.h"
#include "tests/bench/measure.h"

using namespace jiexu;

namespace {

constexpr uint64_t kBatchLines = 50;

AgencyId agency(uint64_t n) {
  char code[16];
  std::snprintf(code, sizeof code, "S%06u%05u", 350000 + static_cast<unsigned>(n % 90), 1u);
  return *AgencyId::parse(code);
}

std::string letter(uint64_t n) {
  return LetterNumber::make(agency(n), {2026, 11, 20}, static_cast<uint32_t>(n / 90 + 1))->text();
}

std::string batch_number(uint64_t n) {
  return BatchNumber::make(agency(n), {2026, 11, 20}, static_cast<uint32_t>(n / 90 + 1))->text();
}

CaseId id(uint64_t n) {
  std::string bytes(8, '\1');
  append_u64(bytes, n);
  return *CaseId::from_bytes(bytes);
}

Fen amount(uint64_t n) {
  return Fen{static_cast<int64_t>(1 + n * 7919 % 900'000)};
}

std::string wide(const std::string& digits) {
  std::string out;
  for (const char digit : digits) {
    out += "\xef\xbc";
    out += static_cast<char>(0x90 + digit - '0');
  }
  return out;
}

void fill(MemoryBook& book, uint64_t instructions) {
  book.reserve(instructions);
  for (uint64_t n = 0; n < instructions; ++n) {
    book.add(letter(n), ExpectedCase{id(n), agency(n), true, true, amount(n)});
  }
  for (uint64_t b = 0; b * kBatchLines < instructions; ++b) {
    ExpectedBatch batch{agency(b), 0, Fen{}, {}};
    for (uint64_t n = b * kBatchLines; n < std::min((b + 1) * kBatchLines, instructions); ++n) {
      batch.noticed.push_back({id(n), amount(n)});
      batch.total.value += amount(n).value;
      ++batch.lines;
    }
    book.add(batch_number(b), batch);
  }
}

v1::BankLine line_of(uint64_t n, uint64_t instructions) {
  v1::BankLine line;
  line.set_counterparty_account("6100000000");
  const uint64_t which = n * 7919 % instructions;
  line.set_amount_fen(amount(which).value);
  if (n % 10 == 0) {
    line.set_remark("划转 " + batch_number(which / kBatchLines));
  } else if (n % 10 == 1) {
    line.set_remark("医保转移　" + wide(letter(which)));
  } else if (n % 10 == 2) {
    line.set_remark("利息");
  } else {
    line.set_remark("医保转移 " + letter(which));
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  cli::CommandLine line("Matches lines against open instructions");
  cli::Command app = line.command();
  uint64_t instructions = 1'000'000;
  uint64_t lines = 200'000;
  app.add_option("--instructions", instructions);
  app.add_option("--lines", lines);
  if (const auto ends = line.parse(argc, argv)) return *ends;
  MemoryBook book;
  fill(book, instructions);
  std::vector<v1::BankLine> statement;
  for (uint64_t n = 0; n < lines; ++n) statement.push_back(line_of(n, instructions));
  uint64_t matched = 0;
  const bench::Usage before = bench::Usage::of({getpid()});
  for (const v1::BankLine& booked : statement) {
    matched += match_line(booked, book)->outcome == BankOutcome::kMatched;
  }
  const bench::Usage used = bench::Usage::of({getpid()}) - before;
  bench::print_row("matcher", {{"lines", static_cast<double>(lines)},
                               {"instructions", static_cast<double>(instructions)},
                               {"matched", static_cast<double>(matched)},
                               {"per_second", static_cast<double>(lines) / used.cpu_s}});
  return 0;
}
