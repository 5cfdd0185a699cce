// Reads a statement (camt.053) of N entries that is made on the way, and says how fast and in how
// much memory.
#include "daemon/bankfiles/bank_file.h"

#include <unistd.h>

#include <cstdio>

#include "ops/cli/command_line.h"
#include "tests/bench/measure.h"

using namespace jiexu;

namespace {

std::string entry(uint64_t n) {
  char number[32];
  std::snprintf(number, sizeof number, "%020llu", static_cast<unsigned long long>(n));
  const std::string digits = number;
  return "<Ntry><Amt Ccy=\"CNY\">4084.37</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
         "<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>H" +
         digits +
         "</AcctSvcrRef><BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs>"
         "<EndToEndId>" +
         digits +
         "-1</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>某市医疗保障基金财政专户</Nm></Pty></"
         "Dbtr>"
         "<DbtrAcct><Id><Othr><Id>6100000000</Id></Othr></Id></DbtrAcct></RltdPties><RltdAgts>"
         "<DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>102100099996</MmbId></ClrSysMmbId></FinInstnId>"
         "</DbtrAgt></RltdAgts><RmtInf><Ustrd>医保转移 " +
         digits + "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n";
}

int run(uint64_t entries) {
  const bench::Usage before = bench::Usage::of({getpid()});
  uint64_t lines = 0;
  uint64_t bytes = 0;
  BankFileReader reader([&](v1::BankLine&) {
    ++lines;
    return Result<void>();
  });
  const auto feed = [&](const std::string& text) {
    bytes += text.size();
    const auto done = reader.feed(text);
    if (!done) std::fprintf(stderr, "%s\n", done.error().text.c_str());
    return done.has_value();
  };
  if (!feed("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document "
            "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>S"
            "</Id><Acct><Id><Othr><Id>6200113205</Id></Othr></Id></Acct>\n")) {
    return 1;
  }
  for (uint64_t n = 1; n <= entries; ++n) {
    if (!feed(entry(n))) return 1;
  }
  if (!feed("</Stmt></BkToCstmrStmt></Document>\n")) return 1;
  if (!reader.finish() || lines != entries) return 1;
  const bench::Usage used = bench::Usage::of({getpid()}) - before;
  bench::print_row("bank-file",
                   {{"entries", static_cast<double>(entries)},
                    {"file_mib", static_cast<double>(bytes) / (1 << 20)},
                    {"per_second", static_cast<double>(entries) / used.cpu_s},
                    {"rss_peak_mib", static_cast<double>(used.rss_peak_bytes) / (1 << 20)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::CommandLine line("Reads a statement of N entries");
  cli::Command app = line.command();
  uint64_t entries = 1'000'000;
  app.add_option("--entries", entries);
  if (const auto ends = line.parse(argc, argv)) return *ends;
  return run(entries);
}
