#include "tests/bench/exchange/open_cases.h"

#include "daemon/base/check.h"
#include "daemon/engine/case_desk.h"
#include "daemon/engine/case_store.h"
#include "storage/records.h"
#include "tests/bench/exchange/home.h"
#include "tests/bench/exchange/site.h"

namespace jiexu::bench {
namespace {

constexpr size_t kCommitCases = 10'000;
// Far from the people and days that the measurement itself uses.
constexpr size_t kFirstPerson = 5'000'000;

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
    batch.put(Family::kIndex, layout::person_key(subject.person_hash), subject.id.bytes());
    if (n % kCommitCases != kCommitCases - 1 && n + 1 != count) continue;
    CHECK(home.store->commit(batch).has_value());
    batch.clear();
  }
}

}  // namespace jiexu::bench
