#include "daemon/bankfiles/notice_file.h"

#include <algorithm>
#include <array>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr size_t kColumns = 23;
// Old systems end a file with it.
constexpr char kEndOfFile = 0x1a;

// Places of the columns that are used.
enum Column : size_t {
  kAccount = 1,
  kHostNumber = 2,
  kOtherAccount = 4,
  kOtherName = 5,
  kAmount = 6,
  kDay = 7,
  kRemark = 11,
  kCurrency = 12,
  kOtherBank = 18,
  kSummary = 19,
  kReversal = 20,
};

using Columns = std::array<std::string_view, kColumns>;

// nullopt unless there are exactly the columns; the last '|' may be missing.
std::optional<Columns> split(std::string_view text) {
  Columns columns;
  for (size_t i = 0; i < kColumns; ++i) {
    const size_t end = text.find('|');
    if (end == text.npos && i + 1 < kColumns) return std::nullopt;
    columns[i] = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return is_blank(text) ? std::optional(columns) : std::nullopt;
}

bool is_yuan(std::string_view currency) {
  static constexpr std::string_view kYuan[] = {"", "CNY", "RMB", "156", "01", "人民币"};
  return std::find(std::begin(kYuan), std::end(kYuan), currency) != std::end(kYuan);
}

// nullopt: a flag that nobody has told us of.
std::optional<bool> is_reversal(std::string_view flag) {
  if (flag.empty() || flag == "0" || flag == "N") return false;
  if (flag == "1" || flag == "Y") return true;
  return std::nullopt;
}

// Characters of three bytes and more in UTF-8, as Chinese ones are.
bool has_long_characters(std::string_view utf8) {
  return std::ranges::any_of(utf8, [](char c) { return static_cast<uint8_t>(c) >= 0xe0; });
}

// The line with `change` made of each of its columns, as its bytes have them.
template <class Change>
std::string each_column(std::string_view raw, const Change& change) {
  std::string out;
  while (true) {
    const size_t end = raw.find('|');
    out += change(raw.substr(0, end));
    if (end == raw.npos) return out;
    out += '|';
    raw.remove_prefix(end + 1);
  }
}

// A byte that no text of a bank has: 0 to 31 but the tab.
bool has_control(std::string_view raw) {
  return std::ranges::any_of(raw,
                             [](char c) { return static_cast<uint8_t>(c) < 0x20 && c != '\t'; });
}

}  // namespace

tl::unexpected<Error> NoticeReader::wrong(std::string_view what) {
  error_ = Error{Errc::kInvalid, "line " + std::to_string(line_number_) + ": " + std::string(what)};
  return tl::unexpected(*error_);
}

Result<void> NoticeReader::feed(std::string_view bytes) {
  if (error_) return tl::unexpected(*error_);
  bytes_ += bytes.size();
  if (bytes_ > limits::kBankFileBytesMax) {
    return wrong("the file is too large; ask for smaller ones");
  }
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (rest_.size() + part.size() > limits::kNoticeLineBytesMax) {
      ++line_number_;
      return wrong("longer than a notice can be");
    }
    rest_.append(part);
    if (end == bytes.npos) return {};
    bytes.remove_prefix(end + 1);
    const std::string line = std::exchange(rest_, {});
    TRY_DO(take_line(line));
  }
  return {};
}

Result<void> NoticeReader::take_line(std::string_view raw) {
  ++line_number_;
  if (line_number_ == 1 && raw.starts_with("\xef\xbb\xbf")) raw.remove_prefix(3);
  if (raw.ends_with('\r')) raw.remove_suffix(1);
  if (raw.ends_with(kEndOfFile)) raw.remove_suffix(1);
  if (is_blank(raw)) return {};
  if (has_control(raw)) return wrong("holds a control character; the file is damaged");
  if (is_ascii(raw)) return take_columns(raw, raw);
  TRY(const auto text, decode(raw));
  return take_columns(text, raw);
}

Result<std::string> NoticeReader::decode(std::string_view raw) {
  if (encoding_ == NoticeEncoding::kDetect) {
    encoding_ = is_utf8_line(raw) ? NoticeEncoding::kUtf8 : NoticeEncoding::kGbk;
  }
  return encoding_ == NoticeEncoding::kUtf8 ? decode_utf8(raw) : decode_gbk(raw);
}

bool NoticeReader::is_utf8_line(std::string_view raw) const {
  const std::string whole = each_column(raw, drop_cut_utf8);
  return is_utf8(whole) && (has_long_characters(whole) || !from_gbk(raw));
}

Result<std::string> NoticeReader::decode_utf8(std::string_view raw) {
  std::string whole = each_column(raw, drop_cut_utf8);
  if (!is_utf8(whole)) return wrong("not UTF-8; say which encoding the file has");
  return whole;
}

Result<std::string> NoticeReader::decode_gbk(std::string_view raw) {
  const std::string as_utf8 = each_column(raw, drop_cut_utf8);
  if (!is_utf8(as_utf8)) ++only_gbk_;
  if (is_utf8(as_utf8) && has_long_characters(as_utf8)) ++also_utf8_;
  auto text = from_gbk(raw);
  const auto bars = std::ranges::count(raw, '|');
  if (text && std::ranges::count(*text, '|') == bars) return std::move(*text);
  // Half a character takes the bar behind it, or a character has one within.
  bool good = true;
  std::string cut = each_column(raw, [&](std::string_view column) {
    auto decoded = decode_cut_gbk(column);
    good &= decoded.has_value();
    return std::move(decoded).value_or("");
  });
  const bool by_bytes = good && bars == kColumns;
  const bool by_characters = text && std::ranges::count(*text, '|') == kColumns;
  if (by_bytes) return cut;
  if (by_characters) return std::move(*text);
  if (!text && !good) return wrong("not GBK; say which encoding the file has");
  return text ? std::move(*text) : cut;  // its columns will say what is wrong
}

Result<void> NoticeReader::take_columns(std::string_view text, std::string_view raw) {
  line_.Clear();
  line_.set_raw(std::string(raw));
  line_.set_file_line(line_number_);
  const std::string why = read_columns(text);
  line_.set_unreadable(why);
  auto done = hand_on(line_, sink_, summary_);
  if (!done) return wrong(done.error().text);
  return {};
}

// Why the line cannot be read; then it has what of it can be. Empty: it is read.
std::string NoticeReader::read_columns(std::string_view text) {
  const auto columns = split(text);
  if (!columns) return "has not 23 columns, each ended by '|'";
  const auto& column = *columns;
  line_.set_account_number(clean_number(column[kAccount]));
  line_.set_host_sequence(clean_number(column[kHostNumber]));
  if (!is_yuan(clean_number(column[kCurrency]))) return "column 13, currency: not yuan";
  const auto amount = parse_amount(column[kAmount]);
  if (!amount) return "column 7, amount: not an amount in yuan";
  if (const auto why = why_impossible(*amount)) return "column 7, amount: " + *why;
  line_.set_amount_fen(amount->value);
  const auto day = parse_day(column[kDay]);
  if (!day) return "column 8, date: not a date as yyyymmdd";
  line_.set_booked_on(*day);
  const auto reversal = is_reversal(clean_number(column[kReversal]));
  if (!reversal) return "column 21, reversal flag: neither 0 nor 1";
  if (line_.account_number().empty()) return "column 2, account: is missing";
  if (line_.host_sequence().empty()) return "column 3, host number: is missing";
  line_.set_counterparty_account(clean_number(column[kOtherAccount]));
  line_.set_counterparty_name(clean_field(column[kOtherName]));
  line_.set_counterparty_bank(clean_number(column[kOtherBank]));
  const std::string remark = clean_field(column[kRemark]);
  const std::string summary = clean_field(column[kSummary]);
  const bool both = !summary.empty() && summary != remark;
  line_.set_remark(both ? join_text({remark, summary}) : remark);
  line_.set_reversal(*reversal);
  return "";
}

Result<BankFileSummary> NoticeReader::finish() {
  if (error_) return tl::unexpected(*error_);
  if (!rest_.empty()) {
    const std::string line = std::exchange(rest_, {});
    TRY_DO(take_line(line));
  }
  if (also_utf8_ > 0 && only_gbk_ == 0) return wrong("the file is in UTF-8, not in GBK: say so");
  if (summary_.lines == 0) {
    line_number_ = std::max<uint64_t>(line_number_, 1);
    return wrong("the file holds no notice");
  }
  if (summary_.unreadable == summary_.lines) {
    error_ = Error{Errc::kInvalid, summary_.first_reason};
    return tl::unexpected(*error_);
  }
  summary_.statements = 1;
  return summary_;
}

}  // namespace jiexu
