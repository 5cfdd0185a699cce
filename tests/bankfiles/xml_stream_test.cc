// Hostile XML is refused by name and line, and costs no memory.
#include <catch2/catch.hpp>

#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "tests/bankfiles/bank_files.h"

using namespace jiexu;

namespace xml_stream_test {
namespace {

std::string error_of(const std::string& file) {
  return read_bank_file(file, 4096).error;
}

std::string repeat(const std::string& text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a document type is refused, so that there are no entities to expand or to fetch") {
  const std::string bomb =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE Document [<!ENTITY a \"aaaaaaaa\">"
      "<!ENTITY b \"&a;&a;&a;&a;\">]>\n<Document>&b;</Document>";
  CHECK(error_of(bomb) == "line 2: a document type (DOCTYPE) is not allowed");
  CHECK(error_of("<!DOCTYPE D SYSTEM \"file:///etc/passwd\"><D/>") ==
        "line 1: a document type (DOCTYPE) is not allowed");
}

TEST_CASE("an entity that is not of XML itself is refused") {
  CHECK(error_of("<Document>\n&secret;</Document>").starts_with("line 2: not XML"));
}

TEST_CASE("elements nested too deeply are refused") {
  CHECK(error_of(repeat("<a>", 40)) == "line 1: elements nested too deeply");
  CHECK(error_of(repeat("<a>", 31)).starts_with("line 1: not XML"));
}

TEST_CASE("a text that is too long is refused") {
  CHECK(error_of("<Document><a>" + std::string(limits::kXmlTextBytesMax + 1, 'x')) ==
        "line 1: a text of more than 16384 bytes");
}

TEST_CASE("an entry that is too large is refused before it fills the memory") {
  const std::string huge =
      camt053("<Ntry>" + repeat("<a>" + std::string(1000, 'x') + "</a>", 1000) + "</Ntry>");
  CHECK(error_of(huge).ends_with("one entry is larger than 262144 bytes"));
}

TEST_CASE("a tag that never ends is refused") {
  const std::string endless = "<Document " + repeat("a", 12 << 20);
  CHECK_FALSE(error_of(endless).empty());
}

TEST_CASE("encodings that lie are refused") {
  CHECK(error_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<D>\xd2\xbd\xb1\xa3</D>")
            .starts_with("line 2: not XML"));
  CHECK(error_of("<?xml version=\"1.0\" encoding=\"GBK\"?>\n<D>\xff\xff</D>" +
                 std::string(300, ' ')) == "line 2: bytes that are not GBK");
  CHECK(error_of("<?xml version=\"1.0\" encoding=\"UTF-7\"?><D/>") ==
        "line 1: the declared encoding is neither UTF-8 nor GBK");
  CHECK(error_of(std::string("\xff\xfe<\0?\0", 6)) ==
        "line 1: the file is in UTF-16 or UTF-32; ask for UTF-8 or GBK");
  CHECK(error_of(std::string("<\0?\0x\0m\0l\0", 10)) ==
        "line 1: the file is in UTF-16 or UTF-32; ask for UTF-8 or GBK");
  CHECK(error_of("<?xml version=\"1.0\" encoding=\"GBK\"?><D>\xd2").starts_with("line 1"));
}

TEST_CASE("UTF-8 that is said to be GBK is refused, however it is cut") {
  const std::string entry =
      "<Ntry><Amt "
      "Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt></BookgDt>"
      "<AddtlNtryInf>";
  std::string file = camt053(entry + "医保转移</AddtlNtryInf></Ntry>");
  file.replace(file.find("UTF-8"), 5, "GBK");
  for (const size_t piece : {1u, 3u, 4096u}) {
    CHECK(read_bank_file(file, piece)
              .error.ends_with("the file says that it is in GBK, and is in UTF-8"));
  }
  std::string plain = camt053(entry + "none</AddtlNtryInf></Ntry>");
  plain.replace(plain.find("UTF-8"), 5, "GBK");
  CHECK(read_bank_file(plain).error.empty());
}

TEST_CASE("after a refusal nothing more is handed on") {
  size_t lines = 0;
  CamtReader reader([&](v1::BankLine&) {
    ++lines;
    return Result<void>();
  });
  CHECK_FALSE(reader.feed(repeat("<a>", 300)));
  CHECK_FALSE(reader.feed(camt053("<Ntry/>")));
  CHECK_FALSE(reader.finish());
  CHECK(lines == 0);
}

TEST_CASE("what the receiver of lines refuses ends the reading with the line") {
  CamtReader reader([&](v1::BankLine&) -> Result<void> { return fail(Errc::kIo, "no room"); });
  const std::string file = camt053(
      "\n<Ntry><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt>"
      "</BookgDt></Ntry>");
  const auto fed = reader.feed(file);
  REQUIRE_FALSE(fed);
  CHECK(fed.error().text == "line 3: no room");
}

}  // namespace xml_stream_test
