#include "tests/bench/exchange/open_cases.h"

#include "daemon/base/check.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/case_store.h"
#include "storage/records.h"
#include "tests/bench/exchange/home.h"
#include "tests/bench/exchange/site.h"

namespace jiexu::bench {
namespace {

constexpr size_t kCommitCases = 10'000;
// Far from the people and days that the measurement itself uses.
constexpr size_t kFirstPerson = 5'000'000;
constexpr int kDaysToLetter = 7;

// Of the application and its acceptance, as the engine writes them.
std::string entries(const v1::Application& form, Instant at) {
  v1::TimelineRecord accepted;
  v1::TimelineRecord* applied = accepted.add_earlier();
  v1::ActionInput input;
  *input.mutable_application() = form;
  applied->set_payload(input.SerializeAsString());
  applied->set_event(static_cast<uint32_t>(EventKind::kApply));
  accepted.set_event(static_cast<uint32_t>(EventKind::kAccept));
  for (v1::TimelineRecord* entry : {applied, &accepted}) {
    entry->set_at_ms(at.ms);
    entry->set_relationship(static_cast<uint32_t>(Relationship::kAccepted));
    entry->set_actor("clerk");
  }
  return accepted.SerializeAsString();
}

Case open_case(size_t n, Instant at, const Vault& vault) {
  const v1::Application form = application(kFirstPerson + n, "S41131010001");
  Case out;
  std::string random(2, '\0');
  append_u64(random, n);
  out.id = CaseId::make(at.ms, *to_array<10>(random));
  out.side = Side::kIn;
  out.peer = *AgencyId::parse(form.origin_agency());
  out.relationship = Relationship::kAccepted;
  out.person = form.person();
  out.person_hash = vault.person_hash(document_text(out.person));
  out.scheme_from = form.scheme_from();
  out.scheme_to = form.scheme_to();
  out.policy_profile = "NHSA-2021";
  out.revision = 2;
  out.timeline_count = 2;
  out.newest_entries = entries(form, at);
  out.deadlines.push_back({.kind = DeadlineKind::kLetterDue,
                           .started = date_of(at),
                           .due = Date::from_days(date_of(at).days() + kDaysToLetter)});
  out.created_at = out.updated_at = at;
  return out;
}

}  // namespace

void make_open_cases(const std::filesystem::path& agency_folder, size_t count) {
  const Home home = open_home(agency_folder);
  Records records(*home.store, *home.vault);
  Batch batch;
  const Instant start = SystemClock().now().plus_ms(-86'400'000);
  for (size_t n = 0; n < count; ++n) {
    const Case subject = open_case(n, start.plus_ms(static_cast<int64_t>(n / 100)), *home.vault);
    v1::CaseRecord record;
    encode_case(subject, &record);
    records.put_message(batch, Family::kCase, layout::case_key(subject.id, false), record);
    const Deadline& deadline = subject.deadlines.front();
    const auto firing = next_firing(subject.side, deadline);
    CHECK(firing.has_value());
    batch.put(Family::kTimer,
              layout::timer_key(*firing, subject.id, static_cast<uint8_t>(deadline.kind)), "");
    batch.put(Family::kIndex, layout::person_key(subject.person_hash), subject.id.bytes());
    if (n % kCommitCases != kCommitCases - 1 && n + 1 != count) continue;
    CHECK(home.store->commit(batch).has_value());
    batch.clear();
  }
}

}  // namespace jiexu::bench
