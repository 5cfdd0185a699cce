#include "daemon/api/http/http_answer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <ctime>
#include <random>

#include "daemon/api/http/http_fields.h"

namespace jiexu {
namespace {

namespace http = boost::beast::http;

constexpr size_t kPackBytesMin = 1024;
constexpr size_t kRequestIdBytesMax = 64;

// RFC 9110, 5.6.7. Not by the locale, whose names of days may be other ones.
std::string http_date(std::chrono::system_clock::time_point at) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[static_cast<size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text;
}

}  // namespace

std::string http_problem(int status, std::string_view code, std::string_view detail) {
  return R"({"type":"urn:jiexu:problem:)" + std::string(code) + R"(","title":")" +
         std::string(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)))) +
         R"(","status":)" + std::to_string(status) + R"(,"code":")" + std::string(code) +
         R"(","detail":")" + std::string(detail) + R"(","findings":[],"allowed":[]})";
}

HttpResponse problem_answer(int status, std::string_view code, std::string_view detail) {
  return {status, "application/problem+json", http_problem(status, code, detail), {}};
}

bool takes_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view one = cut(accept_encoding, ',');
    if (same_text(trimmed(cut(one, ';')), "gzip")) return !is_forbidden(one);
  }
  return false;
}

bool is_packable(const HttpResponse& answer) {
  const std::string_view type = answer.content_type;
  const auto packed = [](const auto& field) { return field.first == "Content-Encoding"; };
  return std::ranges::none_of(answer.headers, packed) && !answer.pieces &&
         answer.body.size() >= kPackBytesMin &&
         (type.starts_with("application/json") || type.starts_with("application/x-ndjson") ||
          type.starts_with("text/"));
}

void set_packed(HttpResponse& answer, std::string body) {
  answer.body = std::move(body);
  answer.headers.emplace_back("Content-Encoding", "gzip");
  // Other bytes than those that the strong tag is of.
  for (auto& [field, value] : answer.headers) {
    if (field == "ETag" && value.starts_with('"')) value.insert(0, "W/");
  }
}

std::string request_id(std::string_view wanted) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (!wanted.empty() && wanted.size() <= kRequestIdBytesMax &&
      std::ranges::all_of(wanted, plain)) {
    return std::string(wanted);
  }
  static const uint64_t kRun = (uint64_t{std::random_device()()} << 32) | std::random_device()();
  static std::atomic<uint32_t> next{0};
  char text[32];
  std::snprintf(text, sizeof text, "%016llx-%x", static_cast<unsigned long long>(kRun), ++next);
  return text;
}

void fill_head(const HttpResponse& answer, const HttpAsked& asked, bool keep_alive,
               HttpFields& out) {
  out.version(11);
  out.result(static_cast<unsigned>(answer.status));
  out.set(http::field::date, http_date(std::chrono::system_clock::now()));
  if (!answer.content_type.empty()) out.set(http::field::content_type, answer.content_type);
  out.set(http::field::cache_control, "no-store");
  out.set(http::field::vary, "Accept, Accept-Encoding, Authorization, Cookie");
  out.set("X-Content-Type-Options", "nosniff");
  if (!asked.id.empty()) out.set("X-Request-Id", asked.id);
  for (const auto& [field, value] : answer.headers) out.set(field, value);
  if (!keep_alive) out.set(http::field::connection, "close");
  if (keep_alive && asked.old) out.set(http::field::connection, "keep-alive");
}

}  // namespace jiexu
