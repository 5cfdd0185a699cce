// Which numbers are days and months, by their names; and what enums' values are called.
#include "daemon/api/json_kind.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "daemon/api/json.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/console.pb.h"
#include "jiexu/v1/queues.pb.h"

namespace jiexu::json_kind_test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

void visit(const std::function<void(const FieldDescriptor&)>& look) {
  for (const Descriptor* known :
       {v1::Message::descriptor(), v1::Application::descriptor(), v1::BankLine::descriptor(),
        v1::CaseView::descriptor(), v1::QueueViews::descriptor(), v1::SessionView::descriptor()}) {
    const FileDescriptor& file = *known->file();
    for (int i = 0; i < file.message_type_count(); ++i) {
      const Descriptor& type = *file.message_type(i);
      for (int n = 0; n < type.field_count(); ++n) look(*type.field(n));
    }
  }
}

TEST_CASE("a number that is no day and no month is on the list of those") {
  std::set<std::string> plain;
  visit([&](const FieldDescriptor& field) {
    const bool number = field.type() == FieldDescriptor::TYPE_INT32;
    if (number && json_kind(field) == JsonKind::kPlain) plain.insert(field.full_name().substr(9));
  });
  CHECK(plain == std::set<std::string>{"InformationForm.actual_months",
                                       "InformationForm.continuous_months",
                                       "InformationForm.deemed_months", "OverdueView.days_over",
                                       "Problem.status", "Reminder.day", "Segment.months",
                                       "Segment.year", "SilentBatchView.days_over"});
}

TEST_CASE("days and months are texts, both ways, and what is neither stays as it is") {
  CHECK(day_or_month_text(JsonKind::kDay, 20261130) == "2026-11-30");
  CHECK(day_or_month_text(JsonKind::kMonth, 202611) == "2026-11");
  CHECK(day_or_month_text(JsonKind::kDay, 0).empty());
  for (const int32_t number :
       {0, 1, -1, 202611, 202613, 20261130, 20261399, INT32_MAX, INT32_MIN, 999912, 99991231}) {
    INFO(number);
    v1::Gap gap, gap_again;
    gap.set_from_month(number);
    v1::LetterAccept accept, accept_again;
    accept.set_accepted_on(number);
    REQUIRE(from_json(to_json(gap), &gap_again));
    REQUIRE(from_json(to_json(accept), &accept_again));
    CHECK(gap_again.from_month() == number);
    CHECK(accept_again.accepted_on() == number);
  }
  CHECK_FALSE(day_or_month_from(JsonKind::kDay, "2026-02-30"));
  CHECK_FALSE(day_or_month_from(JsonKind::kDay, "2026-11"));
  CHECK_FALSE(day_or_month_from(JsonKind::kMonth, "2026-13"));
  CHECK_FALSE(day_or_month_from(JsonKind::kDay, "30.11.2026"));
}

TEST_CASE("a day that is none is refused with its place") {
  v1::Person person;
  const auto read = from_json(R"({"birth_date":"2026-02-30"})", &person);
  REQUIRE_FALSE(read);
  CHECK(read.error().text == "birth_date: must be a day, such as 2026-11-30");
  REQUIRE(from_json(R"({"birth_date":"1990-01-02","sex":"MALE"})", &person));
  CHECK(person.birth_date() == 19900102);
  CHECK(person.sex() == v1::SEX_MALE);
  CHECK(to_json(person).find(R"("sex":"MALE","birth_date":"1990-01-02")") != std::string::npos);
}

TEST_CASE("the values of an enum begin with its name, which JSON leaves out") {
  visit([](const FieldDescriptor& field) {
    const auto* type = field.enum_type();
    for (int i = 0; type != nullptr && i < type->value_count(); ++i) {
      const auto& value = *type->value(i);
      INFO(value.full_name());
      CHECK(value_called(*type, short_name(value)) == &value);
      CHECK(value_called(*type, value.name()) == &value);
      CHECK(short_name(value).size() < value.name().size());
    }
  });
}

TEST_CASE("what is empty is written where a message stands alone, and left out in a list") {
  v1::RelatedCaseView other;
  CHECK(to_json(other).find(R"("side":"")") != std::string::npos);
  v1::CaseView view;
  *view.add_related() = other;
  CHECK(to_json(view).find(R"("related":[{"closed":false}])") != std::string::npos);
  CHECK(to_json(view).find(R"("payments":[])") != std::string::npos);
}

}  // namespace
}  // namespace jiexu::json_kind_test
