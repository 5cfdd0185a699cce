#include "daemon/casework/rejudge.h"

#include "daemon/cases/deadlines.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/work_list.h"
#include "daemon/rules/policy.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kCasesPerSlice = 200;  // some 10 ms of the engine's thread

}  // namespace

const std::string_view kFirstEdition =
    "2020.2 2021.1 2022.1 2023.1 2024.1 2025.1 2026.1"
    " MOHRSS-2016@2016-09-01 NHSA-2021@2021-12-01 FJ-QZ@2021-12-01";

std::string judging_edition(const Calendar& calendar) {
  std::string out = calendar.edition();
  for (const Profile& profile : profiles()) {
    out += ' ' + std::string(profile.name) + '@' + profile.in_force_from.str();
  }
  return out + ' ' + std::string(kOwnDefaultsEdition);
}

Rejudge::Rejudge(v1::JudgedRecord record) : record_(std::move(record)) {
  if (record_.edition().empty()) record_.set_edition(std::string(kFirstEdition));
  if (record_.target().empty()) record_.set_target(record_.edition());
}

void Rejudge::use(const std::string& edition, bool pending) {
  if (record_.target() == edition) return;
  // Cases that an unfinished pass has seen were judged by its target: no edition holds for all.
  if (running()) record_.set_edition("mixed");
  record_.set_target(edition);
  record_.clear_after();
  slice_open_ = false;
  waits_ = pending ? 2 : 0;
}

void Rejudge::again(bool pending) {
  record_.set_edition("mixed");
  record_.clear_after();
  slice_open_ = false;
  waits_ = pending ? 2 : 0;
}

void Rejudge::landed() {
  slice_open_ = false;
  if (waits_ > 0) --waits_;
}

void Rejudge::moved(std::string_view last_case_id) {
  record_.set_after(std::string(last_case_id));
  slice_open_ = true;
}

void Rejudge::finished() {
  record_.set_edition(record_.target());
  record_.clear_after();
}

void CaseService::peer_recovered() {
  if (!std::exchange(held_, {}).empty()) next_deadline_ = Instant{0};
  if (directory_->successions(judged_day_).empty()) return;
  rejudge_.again(true);
  write_judged();
}

void CaseService::write_judged() {
  tx_.put_message(layout::judged_key(), rejudge_.record());
}

void CaseService::set_calendar(std::shared_ptr<const Calendar> calendar) {
  calendar_ = std::move(calendar);
  use_edition(judged_day_);
}

void CaseService::use_edition(Date today) {
  judged_day_ = today;
  rejudge_.use(judging_edition(*calendar_) + directory_->successions(today), !tx_.all_durable());
}

// A new day may bring successions into force.
bool CaseService::rejudge_ready(Instant now) const {
  if (date_of(now) != judged_day_) return true;
  if (!rejudge_.running()) return false;
  return rejudge_.ready() || tx_.all_durable();
}

Result<void> CaseService::rejudge_case(const CaseId& id, Instant now) {
  auto subject = load(id, now);
  if (!subject) return tl::unexpected(subject.error());
  if (*subject == nullptr) return {};
  TRY_DO(follow_successor(**subject, now));
  subject = load(id, now);
  if (!subject) return tl::unexpected(subject.error());
  // Those that an older version has written have none.
  for (const RecordKey& key : duty_keys(**subject)) tx_.put(key, "");
  tx_.put(layout::named_key({name_hash(vault_, (*subject)->person.name()), id}), "");
  Decision& decision = begin(**subject);
  const std::string what = rejudge_deadlines(*calendar_, now, *decision.after);
  if (what.empty()) return {};
  Event event;
  event.kind = EventKind::kRejudge;
  event.at = now;
  event.actor = kCalendarActor;
  note(decision, event, what);
  TRY_DO(write(**subject, decision));
  return {};
}

Result<bool> CaseService::rejudge_some(Instant now) {
  if (const Date today = date_of(now); today != judged_day_) use_edition(today);
  if (!rejudge_ready(now)) return false;
  rejudge_.settled();
  const std::string& after = rejudge_.record().after();
  const auto last = CaseId::from_bytes(after);
  std::string lower = layout::case_key(last.value_or(CaseId()), false).str();
  if (last) lower += '\0';
  std::vector<CaseId> ids;
  Result<void> read;
  const auto scanned =
      tx_.store().scan(Family::kCase, lower, layout::prefix_end(layout::kOpenCases),
                       [&](std::string_view key, std::string_view) {
                         const auto id = layout::parse_case_key(key);
                         if (id) ids.push_back(*id);
                         if (!id) read = tl::unexpected(id.error());
                         return id && ids.size() < kCasesPerSlice;
                       });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!read) return tl::unexpected(read.error());
  for (const CaseId& id : ids) {
    auto done = rejudge_case(id, now);
    if (done) done = end_step();
    if (!done) return tl::unexpected(done.error());
  }
  if (ids.size() < kCasesPerSlice) {
    rejudge_.finished();
  } else {
    rejudge_.moved(ids.back().bytes());
  }
  write_judged();
  return true;
}

}  // namespace jiexu
