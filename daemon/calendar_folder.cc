#include "daemon/calendar_folder.h"

#include <fstream>
#include <iterator>

namespace jiexu {

Result<std::shared_ptr<const Calendar>> load_calendar(const std::filesystem::path& folder) {
  auto calendar = std::make_shared<Calendar>(Calendar::shipped());
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return calendar;
  std::filesystem::directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".txt") continue;
    const std::string file = entry->path().string();
    std::ifstream in(entry->path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return fail(Errc::kIo, file + ": cannot be read");
    auto year = parse_calendar(text);
    if (!year) return fail(year.error().code, file + ": " + year.error().text);
    auto added = calendar->add(std::move(*year));
    if (!added) return fail(added.error().code, file + ": " + added.error().text);
  }
  if (error) return fail(Errc::kIo, folder.string() + ": " + error.message());
  return calendar;
}

}  // namespace jiexu
