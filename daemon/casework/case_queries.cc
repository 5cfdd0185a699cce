#include "daemon/casework/case_queries.h"

#include "daemon/casework/case_store.h"
#include "daemon/engine/scan_page.h"

namespace jiexu {
namespace {

Result<Case> read_stored_case(std::string_view key, std::string_view value) {
  const auto id = layout::parse_case_key(key);
  const auto record = parse_as<v1::CaseRecord>(value);
  if (!id || !record) return fail(Errc::kCorrupt, "a case record is unreadable; run jiexu doctor");
  return decode_case(*id, *record);
}

}  // namespace

Result<void> visit_cases(const Records& records, bool closed_too, const std::stop_token& stop,
                         const std::function<void(const Case&)>& visit) {
  for (const std::string_view prefix : {layout::kOpenCases, layout::kClosedCases}) {
    if (prefix == layout::kClosedCases && !closed_too) break;
    Result<void> readable;
    const auto one = [&](std::string_view key, std::string_view value) {
      const auto subject = read_stored_case(key, value);
      if (!subject) readable = tl::unexpected(subject.error());
      if (subject) visit(*subject);
      return readable.has_value() && !stop.stop_requested();
    };
    TRY_DO(records.scan(Family::kCase, prefix, layout::prefix_end(prefix), one));
    if (!readable) return readable;
    if (stop.stop_requested()) return fail(Errc::kBusy, "stopped");
  }
  return {};
}

}  // namespace jiexu
