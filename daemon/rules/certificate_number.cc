#include "daemon/rules/certificate_number.h"

#include <algorithm>
#include <utility>

#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

constexpr int64_t kChinaMs = 8 * 3'600'000;
constexpr uint64_t kTenDigits = 10'000'000'000;
constexpr std::string_view kYear = "年第";
constexpr std::string_view kEnd = "号";
constexpr size_t kSerial = 18;

// The first two digits of a division (GB/T 2260), and what is short for it.
constexpr std::pair<std::string_view, std::string_view> kProvinces[] = {
    {"11", "京"}, {"12", "津"}, {"13", "冀"}, {"14", "晋"}, {"15", "蒙"}, {"21", "辽"},
    {"22", "吉"}, {"23", "黑"}, {"31", "沪"}, {"32", "苏"}, {"33", "浙"}, {"34", "皖"},
    {"35", "闽"}, {"36", "赣"}, {"37", "鲁"}, {"41", "豫"}, {"42", "鄂"}, {"43", "湘"},
    {"44", "粤"}, {"45", "桂"}, {"46", "琼"}, {"50", "渝"}, {"51", "川"}, {"52", "贵"},
    {"53", "云"}, {"54", "藏"}, {"61", "陕"}, {"62", "甘"}, {"63", "青"}, {"64", "宁"},
    {"65", "新"}};

std::string_view province_of(const AgencyId& agency) {
  const auto found = std::ranges::find(kProvinces, agency.area().substr(0, 2),
                                       &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kProvinces) ? "" : found->second;
}

}  // namespace

uint64_t certificate_stamp(Instant second) {
  const auto of_day = static_cast<uint64_t>((second.ms + kChinaMs) / 1000 % 86'400);
  const auto day = static_cast<uint64_t>(date_of(second).yyyymmdd());
  return day * 1'000'000 + of_day / 3600 * 10'000 + of_day / 60 % 60 * 100 + of_day % 60;
}

std::string certificate_number(const AgencyId& agency, Instant second) {
  const uint64_t stamp = certificate_stamp(second);
  const std::string rest = std::to_string(stamp % kTenDigits);
  return std::string(province_of(agency)) + std::to_string(stamp / kTenDigits) +
         std::string(kYear) + std::string(agency.area()) + std::string(agency.office()) +
         std::string(10 - rest.size(), '0') + rest + std::string(kEnd);
}

std::optional<uint64_t> certificate_stamp(std::string_view number) {
  const size_t at = number.find(kYear);
  if (at == std::string_view::npos || at < 4 || !number.ends_with(kEnd)) return std::nullopt;
  const std::string_view year = number.substr(at - 4, 4);
  std::string_view serial = number.substr(at + kYear.size());
  serial.remove_suffix(kEnd.size());
  if (serial.size() != kSerial || !is_digits(serial) || !is_digits(year)) return std::nullopt;
  return digits_at(year, 0, 4) * kTenDigits + digits_at(serial, 8, 5) * 100'000ULL +
         digits_at(serial, 13, 5);
}

}  // namespace jiexu
