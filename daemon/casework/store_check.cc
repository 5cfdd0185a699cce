#include "daemon/casework/store_check.h"

#include <chrono>
#include <thread>

#include "daemon/base/bytes.h"
#include "daemon/casework/case_store.h"
#include "daemon/link/frame.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr uint64_t kBytesInARow = 4 << 20;
constexpr auto kRest = std::chrono::milliseconds(100);  // at most some 40 MiB a second

// Whether the record is one of its family, beyond what its seal and the disk's checksums say.
Result<void> judge(Family family, std::string_view key, std::string_view value) {
  if (family == Family::kLinkLog) {
    TRY_DO(decode_batch(std::make_shared<const std::string>(value)));
  }
  if (family != Family::kCase) return {};
  TRY(const auto id, layout::parse_case_key(key));
  v1::CaseRecord record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return fail(Errc::kCorrupt, "a case record is unreadable");
  }
  TRY_DO(decode_case(id, record));
  return {};
}

class StoreCheck {
 public:
  StoreCheck(const Records& records, const std::stop_token& stop)
      : records_(records), stop_(stop) {}

  Result<v1::StoreCheckView> run() {
    for (size_t i = 0; i < kFamilyCount; ++i) {
      TRY_DO(read(static_cast<Family>(i)));
    }
    view_.set_unreadable_total(records_.passed_over());
    return std::move(view_);
  }

 private:
  Result<void> read(Family family) {
    TRY_DO(records_.scan(family, "", layout::prefix_end(""),
                         [&](std::string_view key, std::string_view value) {
                           const auto sound = judge(family, key, value);
                           if (!sound) (void)records_.pass(family, key, sound.error());
                           count(key.size() + value.size());
                           return !stop_.stop_requested();
                         }));
    if (stop_.stop_requested()) return fail(Errc::kBusy, "the daemon stops");
    return {};
  }

  void count(size_t bytes) {
    view_.set_records(view_.records() + 1);
    view_.set_bytes(view_.bytes() + bytes);
    in_a_row_ += bytes;
    if (in_a_row_ < kBytesInARow) return;
    in_a_row_ = 0;
    std::this_thread::sleep_for(kRest);
  }

  const Records& records_;
  const std::stop_token& stop_;
  v1::StoreCheckView view_;
  uint64_t in_a_row_ = 0;
};

// The agency whose link the key belongs to, and for a range the same at its end.
std::string peer_of(const DamagedPlace& place) {
  if (place.family != Family::kLinkLog && place.family != Family::kLink) return "";
  const auto first = AgencyId::parse(place.key.substr(0, AgencyId::kSize));
  if (!first) return "";
  const bool whole = !place.until || place.until->starts_with(first->text());
  return whole ? first->str() : "";
}

std::string case_of(const DamagedPlace& place) {
  if (place.until) return "";
  std::optional<CaseId> id;
  if (place.family == Family::kTimeline)
    id = CaseId::from_bytes(place.key.substr(0, CaseId::kSize));
  if (place.family == Family::kCase) {
    if (const auto parsed = layout::parse_case_key(place.key)) id = *parsed;
  }
  return id ? id->str() : "";
}

}  // namespace

v1::DamageView view_damage(const DamagedPlace& place) {
  v1::DamageView view;
  view.set_family(std::string(layout::family_name(place.family)));
  view.set_key(to_hex(place.key));
  if (place.until) view.set_until(to_hex(*place.until));
  view.set_why(place.why);
  view.set_case_id(case_of(place));
  view.set_peer(peer_of(place));
  return view;
}

Result<v1::StoreCheckView> verify_store(const Records& records, const std::stop_token& stop) {
  return StoreCheck(records, stop).run();
}

}  // namespace jiexu
