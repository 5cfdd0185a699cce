#include "daemon/casework/case_queries.h"

#include "daemon/base/bytes.h"
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

constexpr size_t kShortDigitsMin = 8;
constexpr size_t kShortFoundMax = 2;

// The digits that an id may begin with, without dashes; empty: they are no beginning of one.
std::string digits_of(std::string_view named) {
  std::string digits;
  for (const char c : named) {
    if (c != '-') digits += c;
  }
  if (digits.size() < kShortDigitsMin || digits.size() > 2 * CaseId::kSize) return "";
  const auto bytes = from_hex(digits.size() % 2 == 0 ? digits : digits + "0");
  return bytes ? to_hex(*bytes).substr(0, digits.size()) : "";
}

Result<std::vector<CaseId>> find_by_beginning(const Records& records, const std::string& digits) {
  const std::string bytes = *from_hex(std::string_view(digits).substr(0, digits.size() / 2 * 2));
  std::vector<CaseId> out;
  for (const std::string_view prefix : {layout::kOpenCases, layout::kClosedCases}) {
    const std::string begin = std::string(prefix) + bytes;
    Result<void> readable;
    const auto one = [&](std::string_view key, std::string_view) {
      const auto id = layout::parse_case_key(key);
      if (!id) readable = tl::unexpected(id.error());
      // An odd digit is half a byte of the key.
      if (id && to_hex(id->bytes()).starts_with(digits)) out.push_back(*id);
      return id && out.size() < kShortFoundMax;
    };
    TRY_DO(records.scan(Family::kCase, begin, layout::prefix_end(begin), one));
    if (!readable) return tl::unexpected(readable.error());
    if (out.size() == kShortFoundMax) break;
  }
  return out;
}

}  // namespace

Result<std::vector<CaseId>> find_named(const Records& records, std::string_view named) {
  if (const auto id = CaseId::parse(named)) return std::vector<CaseId>{*id};
  if (const auto number = LetterNumber::parse(named)) return find_by_letter(records, *number);
  const std::string digits = digits_of(named);
  if (digits.empty()) return std::vector<CaseId>();
  return find_by_beginning(records, digits);
}

Result<std::vector<CaseId>> find_by_name(const Records& records, const PersonHash& name,
                                         size_t limit) {
  TRY(const auto found,
      scan_page<layout::NamedKey>(
          records, {Family::kIndex, layout::cases_named(name)}, limit,
          [](std::string_view key, std::string_view) { return layout::parse_named_key(key); }));
  std::vector<CaseId> out;
  for (const layout::NamedKey& named : found.entries) out.push_back(named.id);
  return out;
}

Result<void> visit_cases(const Records& records, bool closed_too, const std::stop_token& stop,
                         const std::function<void(const Case&)>& visit) {
  for (const std::string_view prefix : {layout::kOpenCases, layout::kClosedCases}) {
    if (prefix == layout::kClosedCases && !closed_too) break;
    Result<void> readable;
    const auto one = [&](std::string_view key, std::string_view value) {
      const auto subject = read_stored_case(key, value);
      const bool passed = !subject && records.pass(Family::kCase, key, subject.error());
      if (!subject && !passed) readable = tl::unexpected(subject.error());
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
