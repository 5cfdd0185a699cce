#include "daemon/api/statistics.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <vector>

#include "daemon/cases/step.h"
#include "daemon/casework/case_queries.h"

namespace jiexu {
namespace {

constexpr size_t kCountyDigits = 6;       // of an agency code, after its letter
constexpr size_t kProvinceDigits = 2;     // of these
constexpr int32_t kAges[] = {5, 10, 30};  // calendar days over

std::string county_of(AgencyId agency) {
  return std::string(agency.text().substr(1, kCountyDigits));
}

// Terminal states that are no transfer are counted apart.
void count_end(const Case& subject, v1::StatisticsRow& row) {
  if (is_dead(subject.relationship)) {
    row.set_ended_without(row.ended_without() + 1);
    return;
  }
  row.set_done(row.done() + 1);
  const bool from_employee = subject.scheme_from == v1::SCHEME_EMPLOYEE;
  const bool to_employee = subject.scheme_to == v1::SCHEME_EMPLOYEE;
  if (from_employee && to_employee) {
    row.set_employee_to_employee(row.employee_to_employee() + 1);
  } else if (from_employee) {
    row.set_employee_to_resident(row.employee_to_resident() + 1);
  } else if (to_employee) {
    row.set_resident_to_employee(row.resident_to_employee() + 1);
  } else {
    row.set_resident_to_resident(row.resident_to_resident() + 1);
  }
}

void count_money(const Case& subject, v1::StatisticsRow& row) {
  row.set_transferred_fen(row.transferred_fen() + subject.credited.value);
  if (subject.refunded.value == 0) return;
  row.set_refunded_persons(row.refunded_persons() + 1);
  row.set_refunded_fen(row.refunded_fen() + subject.refunded.value);
}

void count(const Case& subject, const Month& month, v1::StatisticsRow& row) {
  if (month.contains(subject.created_at)) row.set_begun(row.begun() + 1);
  if (!subject.closed_at || !month.contains(*subject.closed_at)) return;
  count_end(subject, row);
  count_money(subject, row);
}

// In the order of the totals.
enum class Group : uint8_t { kCounty, kAll, kOutside, kMigrants, kMigrantsOutside };
constexpr std::string_view kGroupNames[] = {"county", "all", "outside-province", "migrants",
                                            "migrants-outside-province"};

bool is_migrant(const v1::Person& person) {
  const std::string& type = person.household_type();
  return type == "20" || type == "21" || type == "22";
}

std::vector<Group> groups_of(const Case& subject, AgencyId self) {
  const bool outside = county_of(subject.peer).substr(0, kProvinceDigits) !=
                       county_of(self).substr(0, kProvinceDigits);
  std::vector<Group> groups = {Group::kCounty, Group::kAll};
  if (outside) groups.push_back(Group::kOutside);
  if (!is_migrant(subject.person)) return groups;
  groups.push_back(Group::kMigrants);
  if (outside) groups.push_back(Group::kMigrantsOutside);
  return groups;
}

bool says_nothing(const v1::StatisticsRow& row) {
  return row.begun() + row.done() + row.ended_without() == 0;
}

uint64_t* bucket(int32_t days, std::array<uint64_t, 4>& counts) {
  for (size_t i = 0; i < std::size(kAges); ++i) {
    if (days <= kAges[i]) return &counts[i];
  }
  return &counts.back();
}

struct Aged {
  std::array<uint64_t, 4> counts{};
  std::optional<Date> oldest;
};

}  // namespace

std::optional<Month> Month::parse(std::string_view text) {
  const auto first = Date::parse(std::string(text) + "-01");
  if (!first || text.size() != 7) return std::nullopt;
  return Month{first->year, first->month};
}

std::string Month::str() const {
  return Date{year, month, 1}.str().substr(0, 7);
}

bool Month::contains(Instant at) const {
  const Date day = date_of(at);
  return day.year == year && day.month == month;
}

Result<v1::StatisticsView> compute_statistics(const Records& records, AgencyId self,
                                              const Month& month, const std::stop_token& stop) {
  std::map<std::tuple<Side, Group, std::string>, v1::StatisticsRow> rows;
  const auto done = visit_cases(records, true, stop, [&](const Case& subject) {
    for (const Group group : groups_of(subject, self)) {
      const std::string county = group == Group::kCounty ? county_of(subject.peer) : "";
      count(subject, month, rows[{subject.side, group, county}]);
    }
  });
  if (!done) return tl::unexpected(done.error());
  v1::StatisticsView view;
  view.set_month(month.str());
  view.set_unreadable(records.passed_over());
  for (auto& [key, row] : rows) {
    if (says_nothing(row)) continue;
    const auto group = std::get<Group>(key);
    row.set_direction(std::string(name(std::get<Side>(key))));
    row.set_group(std::string(kGroupNames[static_cast<size_t>(group)]));
    row.set_county(std::get<std::string>(key));
    *(group == Group::kCounty ? view.add_rows() : view.add_totals()) = std::move(row);
  }
  return view;
}

Result<v1::AgeingView> compute_ageing(const Records& records, Date today,
                                      const std::stop_token& stop) {
  std::map<std::tuple<AgencyId, bool>, Aged> all;
  const auto done = visit_cases(records, false, stop, [&](const Case& subject) {
    for (const Deadline& deadline : subject.deadlines) {
      if (!deadline.due || *deadline.due >= today) continue;
      Aged& aged = all[{subject.peer, is_ours(subject.side, deadline.kind)}];
      ++*bucket(today.days() - deadline.due->days(), aged.counts);
      if (!aged.oldest || *deadline.due < *aged.oldest) aged.oldest = deadline.due;
    }
  });
  if (!done) return tl::unexpected(done.error());
  v1::AgeingView view;
  view.set_on(today.str());
  view.set_unreadable(records.passed_over());
  for (const auto& [key, aged] : all) {
    v1::AgeingRow& row = *view.add_rows();
    row.set_peer(std::get<AgencyId>(key).str());
    row.set_ours(std::get<bool>(key));
    row.set_days_to_5(aged.counts[0]);
    row.set_days_to_10(aged.counts[1]);
    row.set_days_to_30(aged.counts[2]);
    row.set_days_above_30(aged.counts[3]);
    row.set_oldest_due_on(aged.oldest->str());
  }
  return view;
}

namespace {

std::string csv_line(const std::string& month, const v1::StatisticsRow& row) {
  std::string out = month + "," + row.direction() + "," + row.group() + "," + row.county();
  for (const uint64_t number :
       {row.begun(), row.done(), row.ended_without(), row.employee_to_employee(),
        row.employee_to_resident(), row.resident_to_employee(), row.resident_to_resident()}) {
    out += "," + std::to_string(number);
  }
  return out + "," + Fen{row.transferred_fen()}.yuan() + "," +
         std::to_string(row.refunded_persons()) + "," + Fen{row.refunded_fen()}.yuan() + "\r\n";
}

}  // namespace

std::string to_csv(const v1::StatisticsView& view) {
  std::string out =
      "month,direction,group,county,begun,done,ended_without,employee_to_employee,"
      "employee_to_resident,resident_to_employee,resident_to_resident,transferred_yuan,"
      "refunded_persons,refunded_yuan\r\n";
  for (const v1::StatisticsRow& row : view.rows()) out += csv_line(view.month(), row);
  for (const v1::StatisticsRow& row : view.totals()) out += csv_line(view.month(), row);
  return out;
}

}  // namespace jiexu
