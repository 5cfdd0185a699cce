#include "daemon/bankfiles/bank_file.h"

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

Result<void> BankFileReader::feed(std::string_view bytes) {
  if (auto* camt = std::get_if<CamtReader>(&reader_)) return camt->feed(bytes);
  if (auto* notices = std::get_if<NoticeReader>(&reader_)) return notices->feed(bytes);
  start_.append(bytes);
  if (start_.size() < kByteOrderMark.size()) return {};
  const size_t from = start_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const size_t first = start_.find_first_not_of(" \t\r\n", from);
  if (first == start_.npos) {
    if (start_.size() <= limits::kNoticeLineBytesMax) return {};
    return fail(Errc::kInvalid, "line 1: nothing but white space");
  }
  // A file in UTF-16 goes to the XML reader, which refuses it by name.
  const bool wide = start_[0] == '\xff' || start_[0] == '\xfe' || start_[0] == '\0';
  if (start_[first] == '<' || wide) {
    reader_.emplace<CamtReader>(std::move(sink_));
  } else {
    reader_.emplace<NoticeReader>(std::move(sink_), encoding_);
  }
  const std::string start = std::exchange(start_, {});
  return feed(start);
}

Result<BankFileSummary> BankFileReader::finish() {
  if (auto* camt = std::get_if<CamtReader>(&reader_)) return camt->finish();
  if (auto* notices = std::get_if<NoticeReader>(&reader_)) return notices->finish();
  return fail(Errc::kInvalid, "line 1: the file is empty");
}

}  // namespace jiexu
