#include "daemon/rules/calendar.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

namespace jiexu::calendar_test {
namespace {

Date date(std::string_view text) {
  const auto parsed = Date::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

int working_days_in(const Calendar& calendar, int16_t year) {
  int count = 0;
  for (Date day{year, 1, 1}; day.year == year; day = Date::from_days(day.days() + 1)) {
    const auto working = calendar.is_working_day(day);
    REQUIRE(working);
    count += *working ? 1 : 0;
  }
  return count;
}

// A year with one notice and these lines.
std::string year_text(std::string_view lines, std::string_view version = "1") {
  return "year 2027\nversion " + std::string(version) + "\nnotice 2026-11-05 No. 9\n" +
         std::string(lines);
}

std::string error_of(std::string_view text) {
  const auto year = parse_calendar(text);
  REQUIRE_FALSE(year);
  CHECK(year.error().code == Errc::kInvalid);
  return year.error().text;
}

}  // namespace

TEST_CASE("each shipped year has the working days it had") {
  const Calendar calendar = Calendar::shipped();
  CHECK(working_days_in(calendar, 2020) == 249);
  CHECK(working_days_in(calendar, 2021) == 250);
  CHECK(working_days_in(calendar, 2022) == 249);
  CHECK(working_days_in(calendar, 2023) == 249);
  CHECK(working_days_in(calendar, 2024) == 251);
  CHECK(working_days_in(calendar, 2025) == 248);
  CHECK(working_days_in(calendar, 2026) == 248);
}

TEST_CASE("terms counted by hand come out the same") {
  struct Row {
    const char* start;
    const char* due[5];  // after 2, 3, 5, 10, 15 working days
  };
  const Row rows[] = {
      {"2024-02-05", {"2024-02-07", "2024-02-08", "2024-02-18", "2024-02-23", "2024-03-01"}},
      {"2024-09-27", {"2024-09-30", "2024-10-08", "2024-10-10", "2024-10-16", "2024-10-23"}},
      {"2025-01-20", {"2025-01-22", "2025-01-23", "2025-01-26", "2025-02-08", "2025-02-14"}},
      {"2025-09-26", {"2025-09-29", "2025-09-30", "2025-10-10", "2025-10-16", "2025-10-23"}},
      {"2025-12-25", {"2025-12-29", "2025-12-30", "2026-01-04", "2026-01-09", "2026-01-16"}},
      {"2026-02-10", {"2026-02-12", "2026-02-13", "2026-02-24", "2026-03-02", "2026-03-09"}},
      {"2026-04-28", {"2026-04-30", "2026-05-06", "2026-05-08", "2026-05-14", "2026-05-21"}},
      {"2026-09-18", {"2026-09-21", "2026-09-22", "2026-09-24", "2026-10-09", "2026-10-15"}},
  };
  const int terms[] = {2, 3, 5, 10, 15};
  const Calendar calendar = Calendar::shipped();
  for (const Row& row : rows) {
    for (size_t i = 0; i < 5; ++i) {
      CAPTURE(row.start, terms[i]);
      CHECK(calendar.due(date(row.start), terms[i]) == date(row.due[i]));
    }
  }
}

TEST_CASE("the day of the event is not counted, working day or not") {
  const Calendar calendar = Calendar::shipped();
  CHECK(calendar.due(date("2026-11-16"), 1) == date("2026-11-17"));  // a Monday
  CHECK(calendar.due(date("2026-11-14"), 1) == date("2026-11-16"));  // a Saturday
  CHECK(calendar.due(date("2026-10-03"), 1) == date("2026-10-08"));  // in a holiday
}

TEST_CASE("an unpublished year is unknown, and so is a term that ends in it") {
  const Calendar calendar = Calendar::shipped();
  CHECK_FALSE(calendar.is_working_day(date("2027-01-04")));
  CHECK_FALSE(calendar.is_working_day(date("2019-12-31")));
  CHECK(calendar.due(date("2026-12-30"), 1) == date("2026-12-31"));
  CHECK_FALSE(calendar.due(date("2026-12-30"), 2));
  CHECK_FALSE(calendar.due(date("2026-12-31"), 1));
  CHECK(calendar.due(date("2019-12-31"), 1) == date("2020-01-02"));
}

TEST_CASE("a year's text may declare days of the December before") {
  Calendar calendar = Calendar::shipped();
  CHECK(calendar.is_working_day(date("2022-12-31")) == false);
  CHECK(calendar.is_working_day(date("2026-12-31")) == true);
  REQUIRE(calendar.add(*parse_calendar(
      year_text("off 2026-12-31..2027-01-02 New Year\nwork 2026-12-27 New Year\n"))));
  CHECK(calendar.is_working_day(date("2026-12-31")) == false);
  CHECK(calendar.is_working_day(date("2026-12-27")) == true);
  CHECK(calendar.due(date("2026-12-30"), 1) == date("2027-01-04"));
}

TEST_CASE("an amendment replaces its year, an older text does not") {
  Calendar calendar;
  REQUIRE(calendar.add(*parse_calendar(year_text("", "1"))));
  CHECK(calendar.edition() == "2027.1");
  CHECK(calendar.is_working_day(date("2027-09-03")) == true);
  REQUIRE(calendar.add(*parse_calendar(year_text("off 2027-09-03 Parade\n", "2"))));
  CHECK(calendar.edition() == "2027.2");
  CHECK(calendar.is_working_day(date("2027-09-03")) == false);
  REQUIRE(calendar.add(*parse_calendar(year_text("", "1"))));
  CHECK(calendar.edition() == "2027.2");
}

TEST_CASE("one version with two contents is refused") {
  Calendar calendar;
  REQUIRE(calendar.add(*parse_calendar(year_text(""))));
  CHECK(calendar.add(*parse_calendar(year_text(""))));
  const auto added = calendar.add(*parse_calendar(year_text("off 2027-09-03 Parade\n")));
  REQUIRE_FALSE(added);
  CHECK(added.error().text == "calendar 2027 version 1 exists with other days; raise its version");
  CHECK(calendar.is_working_day(date("2027-09-03")) == true);
}

TEST_CASE("the shipped years carry their notices, and 2020 its amendment") {
  const Calendar calendar = Calendar::shipped();
  CHECK(calendar.edition() == "2020.2 2021.1 2022.1 2023.1 2024.1 2025.1 2026.1");
  CHECK(calendar.years().at(2020).notices.size() == 2);
  CHECK(calendar.years().at(2026).notices ==
        std::vector{Notice{date("2025-11-04"), "国办发明电〔2025〕7号"}});
}

TEST_CASE("a calendar text may have comments, tabs and DOS line ends") {
  const auto year = parse_calendar(
      "# 2027\r\n\r\nyear 2027\r\nversion\t3\r\nnotice 2026-11-05 No. 9\r\n"
      "off 2027-02-05..2027-02-12\tSpring Festival\r\nwork 2027-02-20 Spring Festival");
  REQUIRE(year);
  CHECK(year->version == 3);
  CHECK(year->days.size() == 2);
  CHECK(year->days[0].holiday == "Spring Festival");
  CHECK(year->days[1].kind == DayKind::kWork);
}

TEST_CASE("a wrong line of a calendar is named") {
  CHECK(error_of("") == "line 0: the text ends without a year");
  CHECK(error_of("year 2027\n") == "line 1: the text ends without a version");
  CHECK(error_of("year 2027\nversion 1\n") == "line 2: the text ends without a notice");
  CHECK(error_of("year 27\n") == "line 1: year must be from 2000 to 2099");
  CHECK(error_of("year 2027 x\n") == "line 1: nothing may follow the year");
  CHECK(error_of("year 2027\nyear 2027\n") == "line 2: year is given twice");
  CHECK(error_of("version 0\n") == "line 1: version must be a number from 1");
  CHECK(error_of("version 1 2\n") == "line 1: nothing may follow the version");
  CHECK(error_of("version 1\nversion 1\n") == "line 2: version is given twice");
  CHECK(error_of("notice today No. 9\n") == "line 1: notice must begin with its date, YYYY-MM-DD");
  CHECK(error_of("notice 2026-11-05\n") == "line 1: notice must carry its number");
  CHECK(error_of("holiday\n") ==
        "line 1: a line begins with year, version, notice, off, work or #");
  CHECK(error_of("\xff\n") == "line 1: the text is not UTF-8");
}

TEST_CASE("a wrong day of a calendar is named") {
  CHECK(error_of("off 2027-01-01 New Year\n") == "line 1: the year must come first");
  CHECK(error_of(year_text("off 2027-02-29 Leap\n")) ==
        "line 4: days are written YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD");
  CHECK(error_of(year_text("off 2027-01-02..2027-01-01 New Year\n")) ==
        "line 4: the range ends before it begins");
  CHECK(error_of(year_text("off 2026-11-30 Early\n")) ==
        "line 4: the day is neither in the year nor in December before it");
  CHECK(error_of(year_text("off 2028-01-01 Late\n")) ==
        "line 4: the day is neither in the year nor in December before it");
  CHECK(error_of(year_text("off 2027-01-01\n")) == "line 4: the name of the holiday is missing");
  CHECK(error_of(year_text("off 2027-05-01..2027-05-05 Labour\nwork 2027-05-01 Labour\n")) ==
        "line 5: a day is named twice");
  CHECK(error_of(year_text("work 2027-01-04 New Year\n")) ==
        "line 4: a weekday needs no work line");
}

// Terms on which two calendars of other hands agree: receipt date, working days, due date.
TEST_CASE("terms agree with independent calendars, where their file is at hand") {
  const char* folder = std::getenv("JIEXU_SHARED_DATA");
  if (folder == nullptr) {
    WARN("JIEXU_SHARED_DATA is not set: independent vectors were not compared");
    return;
  }
  std::ifstream file(std::string(folder) + "/deadline_vectors.csv");
  std::string line;
  REQUIRE(std::getline(file, line));
  const Calendar calendar = Calendar::shipped();
  int agreeing = 0;
  while (std::getline(file, line)) {
    const size_t second = line.find(',', 11);
    const auto due = calendar.due(date(line.substr(0, 10)), std::stoi(line.substr(11)));
    CAPTURE(line);
    REQUIRE(due == date(line.substr(second + 1, 10)));
    ++agreeing;
  }
  CHECK(agreeing > 1000);
  WARN(agreeing << " terms agree with independent calendars");
}

}  // namespace jiexu::calendar_test
