// What a person may write where one of several names is asked for.
#include "ops/cli/choices.h"

#include <catch2/catch.hpp>

namespace jiexu::cli::choices_test {
namespace {

TEST_CASE("filters take the words that the list shows, in both languages, and names in any case") {
  using Names = std::vector<std::string>;
  CHECK(names_meant("state.", "LETTER_RECEIVED") == Names{"LETTER_RECEIVED"});
  CHECK(names_meant("state.", "letter-received") == Names{"LETTER_RECEIVED"});
  CHECK(names_meant("state.", "Letter to decide") == Names{"LETTER_RECEIVED"});
  CHECK(names_meant("state.", "信息表已确认") == Names{"INFO_CONFIRMED", "FORM_CONFIRMED"});
  CHECK(names_meant("side.", "转入") == Names{"IN"});
  CHECK(names_meant("duty.", "划转余额") == Names{"funds-due"});
  for (const char* none : {"", "NONE", "DRAFT.says", "draught"}) {
    CHECK(names_meant("state.", none).empty());
  }
  CHECK(names_text("side.") ==
        "\n  IN                transfer-in\n  OUT               transfer-out");
}

TEST_CASE("a field with a list names each of its values with its word") {
  const std::string codes = choices_text("code", "  ");
  CHECK(codes.find("\n  INPATIENT ") != codes.npos);
  CHECK(codes.find("UNSPECIFIED") == codes.npos);
  CHECK(choices_text("segments[3].kind", "").find("ACTUAL") != codes.npos);
  CHECK(choices_text("person.sex", "").find("FEMALE") != codes.npos);
  CHECK(choices_text("application.scheme_from", "").find("EMPLOYEE") != codes.npos);
  for (const char* none : {"reason", "person", "no.such.field", "", "3", "code.code"}) {
    CHECK(choices_text(none, "").empty());
  }
}

}  // namespace
}  // namespace jiexu::cli::choices_test
