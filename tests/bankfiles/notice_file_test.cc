#include <catch2/catch.hpp>

#include "tests/bankfiles/bank_files.h"

using namespace jiexu;

namespace notice_file_test {
namespace {

// A sound notice, with one column (from 1) replaced.
std::string notice(size_t column = 0, const std::string& value = "") {
  const char* columns[] = {"1",
                           "6200113205",
                           "H1",
                           "TRF",
                           "6100",
                           "甲",
                           "10.00",
                           "20261120",
                           "093000",
                           "0",
                           "102100099996",
                           "41132807261120000014",
                           "CNY",
                           "1",
                           "10.00",
                           "0",
                           "",
                           "",
                           "102100099996",
                           "转账",
                           "0",
                           "1",
                           "1"};
  std::string out;
  for (size_t i = 0; i < 23; ++i) out += (i + 1 == column ? value : columns[i]) + "|";
  return out + "\n";
}

std::string error_of(const std::string& file) {
  return read_bank_file(file).error;
}

}  // namespace

TEST_CASE("notices in full width, with null and U+3000, are read to the golden text") {
  check_golden("notice.golden", read_bank_file(sample_file("notice-utf8.txt")).text());
}

TEST_CASE("notices in GBK with CRLF are the same as in UTF-8") {
  CHECK(read_bank_file(sample_file("notice-gbk.txt"), 3).text() == sample_file("notice.golden"));
}

TEST_CASE("each line keeps its bytes as they came") {
  const ReadFile read = read_bank_file(sample_file("notice-gbk.txt"));
  REQUIRE(read.lines.size() == 3);
  CHECK(sample_file("notice-gbk.txt").find(read.lines[0].raw() + "\r\n") == 0);
}

TEST_CASE("the last line may lack its end, the last column its bar") {
  std::string file = notice();
  file.resize(file.size() - 2);
  CHECK(read_bank_file(file).lines.size() == 1);
}

TEST_CASE("what cannot be read is refused with line and column") {
  CHECK(error_of(notice(23, "1|2")) == "line 1: has not 23 columns, each ended by '|'");
  CHECK(error_of(notice(7, "1O.00")) == "line 1: column 7, amount: not an amount in yuan");
  CHECK(error_of(notice(8, "20261131")) == "line 1: column 8, date: not a date as yyyymmdd");
  CHECK(error_of(notice(13, "USD")) == "line 1: column 13, currency: not yuan");
  CHECK(error_of(notice(21, "?")) == "line 1: column 21, reversal flag: neither 0 nor 1");
  CHECK(error_of(notice(2, " ")) == "line 1: column 2, account: is missing");
  CHECK(error_of(notice(3, "null")) == "line 1: column 3, host number: is missing");
  CHECK(error_of(std::string(9000, '1')) == "line 1: longer than a notice can be");
}

TEST_CASE("a line that cannot be read says why, and costs the others nothing") {
  const ReadFile read =
      read_bank_file(notice() + "1|2|3\n" + notice(8, "20261131") + notice(3, "H2"));
  REQUIRE(read.error.empty());
  REQUIRE(read.lines.size() == 4);
  CHECK(read.lines[1].unreadable() == "has not 23 columns, each ended by '|'");
  CHECK(read.lines[1].amount_fen() == 0);
  CHECK(read.lines[1].raw() == "1|2|3");
  CHECK(read.lines[2].unreadable() == "column 8, date: not a date as yyyymmdd");
  CHECK(read.lines[2].amount_fen() == 1000);
  CHECK(read.lines[3].host_sequence() == "H2");
  CHECK(read.summary.unreadable == 2);
  CHECK(read.summary.credited == Fen{3000});
}

TEST_CASE("half a character at a column's end takes no bar with it") {
  const std::string half = "\xd2\xbd\xb1";  // 医, and half of 保
  for (const size_t column : {6u, 12u, 20u}) {
    const ReadFile read = read_bank_file(notice(column, half));
    REQUIRE(read.lines.size() == 1);
    CHECK(read.lines[0].amount_fen() == 1000);
    CHECK_FALSE(read.lines[0].reversal());
    const std::string text = read.lines[0].counterparty_name() + read.lines[0].remark();
    CHECK(text.find("医") != std::string::npos);
    CHECK(text.find("\xef\xbf\xbd") == std::string::npos);
  }
}

TEST_CASE("a character that holds the byte of a bar is a character") {
  const std::string with_bar = "\x8a|";  // a character of GBK whose second byte is 7C
  REQUIRE(from_gbk(with_bar));
  const ReadFile read = read_bank_file(notice(6, with_bar), SIZE_MAX, NoticeEncoding::kGbk);
  REQUIRE(read.lines.size() == 1);
  CHECK(read.lines[0].counterparty_name() == *from_gbk(with_bar));
  CHECK(read.lines[0].amount_fen() == 1000);
}

TEST_CASE("if neither bytes nor characters give 23 columns, the line says so") {
  CHECK(error_of(notice(6, "\xd2\xbd|\xb1|")).find("has not 23 columns") != std::string::npos);
}

TEST_CASE("a character of UTF-8 that was cut is dropped too") {
  const ReadFile read =
      read_bank_file(notice(6, "医\xe4\xbf") + notice(12, "41132807261120000014 转"));
  REQUIRE(read.lines.size() == 2);
  CHECK(read.lines[0].counterparty_name() == "医");
  CHECK(read.lines[1].remark().ends_with("转 转账"));
}

TEST_CASE("short GBK text that would be Latin letters in UTF-8 is Chinese") {
  const std::string short_name = "\xc3\xb7\xc3\xb7";  // 梅梅, or two signs of division
  std::string line = to_gbk(notice(20, "")).value();
  line.replace(line.find(to_gbk("甲").value()), 2, short_name);
  const ReadFile read = read_bank_file(line);
  REQUIRE(read.lines.size() == 1);
  CHECK(read.lines[0].counterparty_name() == "梅梅");
}

TEST_CASE("a file in UTF-8 that is said, or taken, to be in GBK is refused") {
  CHECK(read_bank_file(notice(), SIZE_MAX, NoticeEncoding::kGbk)
            .error.ends_with("the file is in UTF-8, not in GBK: say so"));
  std::string latin = notice(20, "");
  latin.replace(latin.find("甲"), 3, "\xc3\xb7\xc3\xb7");
  CHECK(error_of(latin + notice()).ends_with("the file is in UTF-8, not in GBK: say so"));
}

TEST_CASE("control characters are refused, the end that old systems write is none") {
  CHECK(error_of(notice(12, std::string("a\0b", 3))) ==
        "line 1: holds a control character; the file is damaged");
  CHECK(error_of(notice(12, "a\x1a")) == "line 1: holds a control character; the file is damaged");
  CHECK(error_of(notice(12, "\x80")).starts_with("line 1: not GBK"));
  CHECK(read_bank_file(notice() + "\x1a").lines.size() == 1);
}

TEST_CASE("the encoding is that of the first line that is not ASCII, and holds for the file") {
  const std::string utf8 = notice();
  const std::string gbk = to_gbk(utf8).value();
  CHECK(error_of(utf8 + gbk) == "line 2: not UTF-8; say which encoding the file has");
  CHECK(read_bank_file(gbk, SIZE_MAX, NoticeEncoding::kGbk).lines[0].counterparty_name() == "甲");
  CHECK(read_bank_file(gbk, SIZE_MAX, NoticeEncoding::kUtf8).error ==
        "line 1: not UTF-8; say which encoding the file has");
}

}  // namespace notice_file_test
