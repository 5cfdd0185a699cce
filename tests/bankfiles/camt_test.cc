#include <catch2/catch.hpp>

#include "tests/bankfiles/bank_files.h"

using namespace jiexu;

namespace camt_test {
namespace {

constexpr const char* kBooked =
    "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>";

std::string entry(const std::string& amount, const std::string& details = "") {
  return "<Ntry><Amt Ccy=\"CNY\">" + amount + "</Amt>" + kBooked +
         (details.empty() ? "" : "<NtryDtls>" + details + "</NtryDtls>") + "</Ntry>";
}

std::string detail(const std::string& amount) {
  return "<TxDtls><Amt Ccy=\"CNY\">" + amount + "</Amt></TxDtls>";
}

std::string error_of(const std::string& body) {
  return read_bank_file(camt053(body)).error;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a camt.053.001.08 with statements, batch, reversal, return is read to the golden text") {
  check_golden("camt053-08.golden", read_bank_file(sample_file("camt053-08.xml")).text());
}

TEST_CASE("a camt.054.001.02 with a prefix and few elements is read to the golden text") {
  check_golden("camt054-02-prefixed.golden",
               read_bank_file(sample_file("camt054-02-prefixed.xml")).text());
}

TEST_CASE("in which pieces a file comes makes no difference") {
  for (const char* name : {"camt053-08.xml", "camt054-02-prefixed.xml"}) {
    const std::string file = sample_file(name);
    const ReadFile whole = read_bank_file(file);
    for (const size_t piece : {1u, 2u, 7u, 64u, 1000u}) {
      const ReadFile parts = read_bank_file(file, piece);
      CHECK(parts.text() == whole.text());
      REQUIRE(parts.lines.size() == whole.lines.size());
      for (size_t i = 0; i < parts.lines.size(); ++i) {
        CHECK(parts.lines[i].raw() == whole.lines[i].raw());
      }
    }
  }
}

TEST_CASE("each line keeps the text of its entry as it stands in the file") {
  const std::string file = sample_file("camt053-08.xml");
  const ReadFile read = read_bank_file(file);
  REQUIRE(read.lines.size() == 6);
  const std::string& single = read.lines[0].raw();
  CHECK(single.starts_with("<Ntry>\n        <Amt Ccy=\"CNY\">4084.37"));
  CHECK(single.ends_with("</TxDtls>"));
  CHECK(contains(file, single));
  const std::string& second = read.lines[2].raw();
  CHECK(contains(second, "<AcctSvcrRef>H0002</AcctSvcrRef>"));
  CHECK(contains(second, "<Ustrd>one</Ustrd>"));
  CHECK_FALSE(contains(second, "A-1"));
  CHECK(read.lines[4].raw().ends_with("</AddtlNtryInf>\n      </Ntry>"));
}

TEST_CASE("all versions from .02 to .08 are read") {
  for (const char* version : {"02", "03", "04", "05", "06", "07", "08"}) {
    const ReadFile read = read_bank_file(camt053(entry("1.00"), version));
    CHECK(read.error.empty());
    CHECK(read.lines.size() == 1);
  }
}

TEST_CASE("a GBK file is read as the same in UTF-8") {
  std::string utf8 = sample_file("camt053-08.xml");
  std::string gbk = utf8;
  gbk.replace(gbk.find("UTF-8"), 5, "GBK");
  const ReadFile read = read_bank_file(to_gbk(gbk).value(), 100);
  CHECK(read.text() == read_bank_file(utf8).text());
}

TEST_CASE("the other side of a reversed credit is its payer, in whichever role the bank names it") {
  const std::string nobody;
  const std::string payer = "<DbtrAcct><Id><Othr><Id>6300</Id></Othr></Id></DbtrAcct>";
  const std::string as_creditor = "<CdtrAcct><Id><Othr><Id>6300</Id></Othr></Id></CdtrAcct>";
  const auto other_side = [](const std::string& parties, const std::string& kind) {
    const ReadFile read = read_bank_file(camt053(
        "<Ntry><Amt Ccy=\"CNY\">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>" + kind +
        "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls><RltdPties>" +
        parties + "</RltdPties></TxDtls></NtryDtls></Ntry>"));
    REQUIRE(read.lines.size() == 1);
    return read.lines[0].counterparty_account();
  };
  const std::string reversal = "<RvslInd>true</RvslInd>";
  CHECK(other_side(payer, reversal) == "6300");
  CHECK(other_side(as_creditor, reversal) == "6300");
  CHECK(other_side("", reversal).empty());
  CHECK(other_side(payer, "").empty());  // of a plain debit the debtor is ourselves
}

TEST_CASE("of a single detail the entry's amount counts") {
  const ReadFile read = read_bank_file(camt053(entry("99.00", detail("100.00"))));
  REQUIRE(read.lines.size() == 1);
  CHECK(read.lines[0].amount_fen() == 9900);
}

TEST_CASE("lines without any reference are numbered by statement and place") {
  const ReadFile read = read_bank_file(camt053(entry("1") + entry("2", detail("1") + detail("1"))));
  REQUIRE(read.lines.size() == 3);
  CHECK(read.lines[0].host_sequence() == "S1#1");
  CHECK(read.lines[1].host_sequence() == "S1#2/1");
  CHECK(read.lines[2].host_sequence() == "S1#2/2");
  for (const v1::BankLine& line : read.lines) CHECK(line.made_number());
}

TEST_CASE("where money would have to be guessed the file is refused with line and reason") {
  CHECK(contains(error_of(entry("2.00", detail("1.00") + detail("1.01"))),
                 "line 2: the details of the entry add up to 2.01, the entry says 2.00"));
  CHECK(contains(error_of(entry("2.00", detail("1.00") + "<TxDtls></TxDtls>")), "has no amount"));
  CHECK(contains(error_of(entry("2.00", "<TxDtls/>" + detail("1.00"))), "has no amount"));
  CHECK(contains(error_of(entry("1.001")), "not an amount in yuan"));
  CHECK(contains(error_of(entry("-1")), "not an amount in yuan"));
  CHECK(contains(error_of(entry("1e3")), "not an amount in yuan"));
  CHECK(contains(error_of("<Ntry><Amt Ccy=\"USD\">1</Amt>" + std::string(kBooked) + "</Ntry>"),
                 "another currency"));
  CHECK(contains(error_of("<Ntry><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>X</CdtDbtInd>"
                          "<BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>"),
                 "neither CRDT nor DBIT"));
  CHECK(contains(error_of("<Ntry><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"),
                 "no booking date"));
  CHECK(contains(error_of("<Ntry><BookgDt><Dt>2026-11-31</Dt></BookgDt></Ntry>"), "not a date"));
}

TEST_CASE("each group of details keeps its own batch") {
  const auto group = [](const std::string& batch, const std::string& amount) {
    return "<NtryDtls><Btch><PmtInfId>" + batch + "</PmtInfId></Btch>" + detail(amount) +
           "</NtryDtls>";
  };
  const ReadFile read =
      read_bank_file(camt053("<Ntry><Amt Ccy=\"CNY\">3.00</Amt>" + std::string(kBooked) +
                             group("B1", "1.00") + group("B2", "2.00") + "</Ntry>"));
  REQUIRE(read.lines.size() == 2);
  CHECK(read.lines[0].batch_reference() == "B1");
  CHECK(read.lines[1].batch_reference() == "B2");
}

TEST_CASE("a batch is named by either of its ids, and several are left to the text") {
  const auto whole = [](const std::string& groups) {
    const ReadFile read = read_bank_file(
        camt053("<Ntry><Amt Ccy=\"CNY\">3.00</Amt>" + std::string(kBooked) + groups + "</Ntry>"));
    REQUIRE(read.lines.size() == 1);
    return read.lines[0].batch_reference() + "|" + read.lines[0].remark();
  };
  const std::string one = "<NtryDtls><Btch><MsgId>M1</MsgId></Btch></NtryDtls>";
  const std::string both =
      "<NtryDtls><Btch><MsgId>M2</MsgId><PmtInfId>P2</PmtInfId></Btch></NtryDtls>";
  CHECK(whole(one) == "M1|");
  CHECK(whole(both) == "M2 P2|");
  CHECK(whole(one + both) == "|M1 M2 P2");
}

TEST_CASE("a detail without an amount of its own has the one that was instructed") {
  const auto instructed = [](const std::string& amount, const std::string& currency = "CNY") {
    return "<TxDtls><AmtDtls><InstdAmt><Amt Ccy=\"" + currency + "\">" + amount +
           "</Amt></InstdAmt></AmtDtls></TxDtls>";
  };
  const ReadFile read =
      read_bank_file(camt053(entry("3.00", instructed("1.00") + instructed("2.00"))));
  REQUIRE(read.lines.size() == 2);
  CHECK(read.lines[0].amount_fen() == 100);
  CHECK(read.lines[1].amount_fen() == 200);
  CHECK(contains(error_of(entry("3.00", instructed("1.00") + instructed("1.00"))), "add up to"));
  CHECK(contains(error_of(entry("3.00", instructed("1.00") + instructed("2", "EUR"))),
                 "no amount in yuan"));
}

TEST_CASE("of a single detail in another currency the entry counts") {
  const ReadFile read =
      read_bank_file(camt053(entry("99.00", "<TxDtls><Amt Ccy=\"EUR\">12</Amt></TxDtls>")));
  REQUIRE(read.lines.size() == 1);
  CHECK(read.lines[0].amount_fen() == 9900);
}

TEST_CASE("a number that is cut into several texts is found whole") {
  const auto remark = [](const std::string& information) {
    const ReadFile read = read_bank_file(
        camt053(entry("1.00", "<TxDtls><RmtInf>" + information + "</RmtInf></TxDtls>")));
    REQUIRE(read.lines.size() == 1);
    return read.lines[0].remark();
  };
  CHECK(remark("<Ustrd>医保转移 411300012611</Ustrd><Ustrd>30000013</Ustrd>") ==
        "医保转移 41130001261130000013");
  CHECK(remark("<Ustrd>411300012611\n30000013 x</Ustrd>") == "41130001261130000013 x");
  CHECK(remark("<Strd><RfrdDocInf><Nb>41130001261130000013</Nb></RfrdDocInf>"
               "<AddtlRmtInf>转移</AddtlRmtInf></Strd>") == "41130001261130000013 转移");
}

TEST_CASE("an instruction's id is text if it may hold a number of ours") {
  const auto remark = [](const std::string& id) {
    const ReadFile read = read_bank_file(
        camt053(entry("1", "<TxDtls><Refs><InstrId>" + id + "</InstrId></Refs></TxDtls>")));
    REQUIRE(read.lines.size() == 1);
    return read.lines[0].remark();
  };
  CHECK(remark("41130001261130000013-1") == "41130001261130000013-1");
  CHECK(remark("BANK-0001").empty());
}

TEST_CASE("without a booking day the day of value counts, else that of the statement") {
  const auto day = [](const std::string& in_entry, const std::string& in_statement = "") {
    const ReadFile read = read_bank_file(camt053(
        in_statement + "<Ntry><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>" +
        in_entry + "</Ntry>"));
    return read.error.empty() ? read.lines.at(0).booked_on() : 0;
  };
  const std::string valued = "<ValDt><Dt>2026-11-19</Dt></ValDt>";
  const std::string made = "<CreDtTm>2026-11-21T08:00:00+08:00</CreDtTm>";
  const std::string span = "<FrToDt><ToDtTm>2026-11-20T23:59:59+08:00</ToDtTm></FrToDt>";
  CHECK(day("<BookgDt><Dt>2026-11-18</Dt></BookgDt>" + valued, made + span) == 20261118);
  CHECK(day(valued, made + span) == 20261119);
  CHECK(day("", made + span) == 20261120);
  CHECK(day("", made) == 20261121);
  CHECK(day("") == 0);
}

TEST_CASE("a business header around the document, or a message, changes nothing") {
  const std::string file = camt053(entry("1.00"));
  const size_t begin = file.find("<Document");
  const ReadFile read = read_bank_file("<BizMsg><AppHdr><BizMsgIdr>1</BizMsgIdr></AppHdr>" +
                                       file.substr(begin) + "</BizMsg>");
  CHECK(read.error.empty());
  CHECK(read.lines.size() == 1);
  CHECK(contains(read_bank_file("<A><NoDocument><BkToCstmrStmt><Stmt/></BkToCstmrStmt>"
                                "</NoDocument></A>")
                     .error,
                 "neither a statement"));
}

TEST_CASE("accounts in other currencies, and reports of the day so far, are passed over") {
  std::string file = camt053(entry("1.00"));
  const std::string other =
      "<Stmt><Id>S2</Id><Acct><Id><Othr><Id>7000</Id></Othr></Id><Ccy>USD</Ccy></Acct>"
      "<Ntry><Amt Ccy=\"USD\">1.234</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt>";
  file.insert(file.find("<Stmt>"), other);
  const ReadFile read = read_bank_file(file);
  CHECK(read.error.empty());
  CHECK(read.lines.size() == 1);
  CHECK(read.summary.not_booked == 1);
  std::string report = camt053(entry("1.00"));
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"BkToCstmrStmt", "BkToCstmrAcctRpt"},
        {"Stmt>", "Rpt>"}}) {
    for (size_t at = 0; (at = report.find(from, at)) != report.npos; at += to.size()) {
      report.replace(at, from.size(), to);
    }
  }
  const ReadFile so_far = read_bank_file(report);
  CHECK(so_far.error.empty());
  CHECK(so_far.lines.empty());
  CHECK(so_far.summary.not_booked == 1);
}

TEST_CASE("a document that is no statement is refused") {
  CHECK(contains(read_bank_file("<Document><Other/></Document>").error, "neither a statement"));
  CHECK(contains(read_bank_file("").error, "the file is empty"));
  CHECK(contains(read_bank_file("  \n ").error, "the file is empty"));
  CHECK(contains(read_bank_file("<Document>").error, "not XML"));
}

TEST_CASE("an entry that cannot be read is a line that says why, and costs the others nothing") {
  struct Damage {
    std::string entry;
    std::string why;
    int64_t fen;
  };
  const std::string usd = "<Ntry><Amt Ccy=\"USD\">7</Amt>" + std::string(kBooked) + "</Ntry>";
  const std::string dayless = "<Ntry><Amt Ccy=\"CNY\">7</Amt><CdtDbtInd>DBIT</CdtDbtInd></Ntry>";
  for (const Damage& damage :
       {Damage{entry("7.00", detail("1.00") + detail("1.01")), "add up to 2.01", 700},
        Damage{entry("7.00", detail("1.00") + "<TxDtls/>"), "has no amount", 700},
        Damage{entry("7.001"), "not an amount", 0}, Damage{usd, "another currency", 0},
        Damage{entry("7.00", detail("x")), "not an amount", 700},
        Damage{dayless, "no booking date", -700}}) {
    INFO(damage.why);
    const ReadFile read = read_bank_file(camt053(entry("1.00") + damage.entry + entry("2.00")));
    REQUIRE(read.error.empty());
    REQUIRE(read.lines.size() == 3);
    CHECK(read.lines[0].amount_fen() == 100);
    CHECK(read.lines[2].amount_fen() == 200);
    const v1::BankLine& line = read.lines[1];
    CHECK(contains(line.unreadable(), damage.why));
    CHECK(line.amount_fen() == damage.fen);
    CHECK(line.raw().starts_with("<Ntry>"));
    CHECK(read.summary.unreadable == 1);
    CHECK(contains(read.summary.first_reason, damage.why));
  }
}

TEST_CASE("of an entry of very many details the last of which is damaged the file is refused") {
  std::string many;
  for (int i = 0; i < 4'100; ++i) many += detail("0.01");
  CHECK(read_bank_file(camt053(entry("41.00", many) + entry("1.00"))).lines.size() == 4'101);
  CHECK(contains(error_of(entry("41.01", many) + entry("1.00")), "add up to 41.00"));
}

TEST_CASE("balances of a statement are read, whichever of them the bank gives") {
  const auto balance = [](const std::string& kind, const std::string& amount,
                          const std::string& sign = "CRDT", const std::string& currency = "CNY") {
    return "<Bal><Tp><CdOrPrtry><Cd>" + kind + "</Cd></CdOrPrtry></Tp><Amt Ccy=\"" + currency +
           "\">" + amount + "</Amt><CdtDbtInd>" + sign +
           "</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>";
  };
  const auto statement = [&](const std::string& balances) {
    const ReadFile read = read_bank_file(camt053(balances + entry("1.00") + entry("2.00")));
    REQUIRE(read.summary.parts.size() == 1);
    CHECK(read.summary.parts[0].lines() == 2);
    CHECK(read.summary.parts[0].fen() == 300);
    return read.summary.parts[0];
  };
  const v1::Statement whole = statement(balance("OPBD", "5") + balance("CLBD", "8"));
  CHECK(whole.has_opening());
  CHECK(whole.opening_fen() == 500);
  CHECK(whole.closing_fen() == 800);
  CHECK(whole.closed_on() == 20261120);
  CHECK(statement(balance("PRCD", "5") + balance("CLAV", "9")).opening_fen() == 500);
  CHECK_FALSE(statement(balance("PRCD", "5") + balance("CLAV", "9")).has_closing());
  CHECK(statement(balance("OPBD", "5", "DBIT") + balance("CLBD", "2", "DBIT")).opening_fen() ==
        -500);
  const v1::Statement inner = statement(balance("ITBD", "5") + balance("ITBD", "8"));
  CHECK(inner.opening_fen() == 500);
  CHECK(inner.closing_fen() == 800);
  const v1::Statement first = statement(balance("OPBD", "5") + balance("ITBD", "8"));
  CHECK(first.opening_fen() == 500);
  CHECK(first.closing_fen() == 800);
  const std::string dollars = balance("OPBD", "5", "CRDT", "USD");
  CHECK(read_bank_file(camt053(dollars + entry("1.00"))).summary.parts.empty());
  CHECK(read_bank_file(camt053(entry("1.00"))).summary.parts.empty());
}

TEST_CASE("what the bank keeps of a debit is a line of its own") {
  const auto debit = [](const std::string& amount, const std::string& details) {
    return "<Ntry><Amt Ccy=\"CNY\">" + amount +
           "</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>"
           "<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>" +
           details + "</NtryDtls></Ntry>";
  };
  const auto charged = [](const std::string& amount, const std::string& fee) {
    return "<TxDtls><Refs><EndToEndId>A-1</EndToEndId></Refs><Amt Ccy=\"CNY\">" + amount +
           "</Amt><Chrgs><Rcrd><Amt Ccy=\"CNY\">" + fee + "</Amt></Rcrd></Chrgs></TxDtls>";
  };
  SECTION("of one payment") {
    const ReadFile read = read_bank_file(camt053(debit("100.50", charged("100.00", "0.50"))));
    REQUIRE(read.lines.size() == 2);
    CHECK(read.lines[0].amount_fen() == -10000);
    CHECK(read.lines[0].end_to_end_id() == "A-1");
    CHECK(read.lines[1].amount_fen() == -50);
    CHECK(read.lines[1].host_sequence() == "R1/fee");
    CHECK(read.lines[1].end_to_end_id().empty());
  }
  SECTION("of several") {
    const ReadFile read =
        read_bank_file(camt053(debit("3.02", charged("1.00", "0.01") + charged("2.00", "0.01"))));
    REQUIRE(read.lines.size() == 3);
    CHECK(read.lines[1].amount_fen() == -200);
    CHECK(read.lines[2].amount_fen() == -2);
  }
  SECTION("which says something else than the entry: the entry counts") {
    const ReadFile read = read_bank_file(camt053(debit("100.50", charged("100.00", "0.40"))));
    REQUIRE(read.lines.size() == 1);
    CHECK(read.lines[0].amount_fen() == -10050);
  }
  SECTION("of a credit: what came is less") {
    std::string credit = debit("99.50", charged("100.00", "0.50"));
    credit.replace(credit.find("DBIT"), 4, "CRDT");
    const ReadFile read = read_bank_file(camt053(credit));
    REQUIRE(read.lines.size() == 1);
    CHECK(read.lines[0].amount_fen() == 9950);
  }
}

TEST_CASE("details say of which entry they are, and a number that is none is none") {
  const std::string two = "<Ntry><Amt Ccy=\"CNY\">3</Amt>" + std::string(kBooked) +
                          "<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>" + detail("1") + detail("2") +
                          "</NtryDtls></Ntry>";
  const ReadFile read = read_bank_file(camt053(two));
  REQUIRE(read.lines.size() == 2);
  for (const v1::BankLine& line : read.lines) {
    CHECK(line.entry_reference() == "R1");
    CHECK(line.entry_fen() == 300);
    CHECK_FALSE(line.made_day());
  }
  std::string none = two;
  none.replace(none.find("R1"), 2, "NONREF");
  for (const v1::BankLine& line : read_bank_file(camt053(none)).lines) {
    CHECK(line.entry_reference().empty());
    CHECK(line.made_number());
  }
  const std::string valued =
      "<Ntry><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
      "<ValDt><Dt>2026-11-20</Dt></ValDt></Ntry>";
  CHECK(read_bank_file(camt053(valued)).lines[0].made_day());
}

}  // namespace camt_test
