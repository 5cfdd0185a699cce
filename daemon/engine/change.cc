#include "daemon/engine/change.h"

#include <algorithm>
#include <charconv>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr uint8_t kGoneBit = 0x80;  // beside the topic
constexpr size_t kPlaceBytes = 5;   // of peer and side
constexpr unsigned kPeerBits = 37;
constexpr uint64_t kPeerMask = (uint64_t{1} << kPeerBits) - 1;
constexpr uint64_t kPeersEnd = 100'000'000'000;  // an agency has eleven digits
constexpr size_t kHalfHead = kChangesHeadBytes / 2;
constexpr char kNoDigit = 0xf;

constexpr std::pair<Topic, std::string_view> kNames[] = {
    {Topic::kCase, "case"},           {Topic::kProposal, "proposal"},
    {Topic::kPayment, "payment"},     {Topic::kBatch, "batch"},
    {Topic::kBankLine, "bank_line"},  {Topic::kBankFile, "bank_file"},
    {Topic::kException, "exception"}, {Topic::kQuarantine, "quarantine"},
    {Topic::kLink, "link"},           {Topic::kAlarm, "alarm"},
    {Topic::kDirectory, "directory"}, {Topic::kUsers, "users"},
    {Topic::kStore, "store"},         {Topic::kQueue, "queue"},
};
static_assert(std::size(kNames) == kTopics.size());

void append_number(uint64_t number, size_t bytes, std::string& out) {
  for (size_t i = bytes; i-- > 0;) append_u8(out, static_cast<uint8_t>(number >> (8 * i)));
}

uint64_t read_number(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}

// Peer and side in 39 bits: the agency's number and 1, 0 if there is none.
uint64_t pack(const std::optional<AgencyId>& peer, const std::optional<Side>& side) {
  uint64_t out = 0;
  if (peer) {
    for (const char digit : peer->text().substr(1)) {
      out = out * 10 + static_cast<uint64_t>(digit - '0');
    }
    out += 1;
  }
  if (side) out |= static_cast<uint64_t>(*side) << kPeerBits;
  return out;
}

std::optional<AgencyId> unpack_peer(uint64_t packed) {
  packed &= kPeerMask;
  if (packed == 0 || packed > kPeersEnd) return std::nullopt;
  std::string text = std::to_string(kPeersEnd + packed - 1);  // a 1 and eleven digits
  text[0] = 'S';
  return AgencyId::parse(text);
}

std::optional<Side> unpack_side(uint64_t packed) {
  const auto side = static_cast<Side>(packed >> kPeerBits);
  const bool known = side == Side::kIn || side == Side::kOut;
  return known ? std::optional(side) : std::nullopt;
}

template <class Number>
bool take_number(std::string_view& text, Number& out) {
  // One way to write each: no sign, no zeros before it.
  if (text.empty() || (text[0] == '0' && text.size() > 1 && text[1] != '.')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string_view name(Topic topic) {
  for (const auto& [known, text] : kNames) {
    if (known == topic) return text;
  }
  return "";
}

std::optional<Topic> topic_from_name(std::string_view name) {
  for (const auto& [topic, text] : kNames) {
    if (text == name) return topic;
  }
  return std::nullopt;
}

Change::Subject subject_of(std::string_view bytes) {
  Change::Subject out{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

Change::Subject pack_digits(std::string_view digits) {
  Change::Subject out;
  out.fill(0xff);
  for (size_t i = 0; i < digits.size() && i < 2 * out.size(); ++i) {
    const unsigned shift = i % 2 == 0 ? 4 : 0;
    const unsigned digit = static_cast<unsigned>(digits[i] - '0') & 0xf;
    out[i / 2] = static_cast<uint8_t>((out[i / 2] & ~(0xfU << shift)) | digit << shift);
  }
  return out;
}

std::string unpack_digits(const Change::Subject& subject) {
  std::string out;
  for (const uint8_t byte : subject) {
    for (const int digit : {byte >> 4, byte & 0xf}) {
      if (digit == kNoDigit) return out;
      out += static_cast<char>('0' + digit);
    }
  }
  return out;
}

std::string ChangePlace::text() const {
  return std::to_string(epoch) + "." + std::to_string(lsn) + "." + std::to_string(n);
}

std::optional<ChangePlace> ChangePlace::parse(std::string_view text) {
  ChangePlace out;
  const bool sound = take_number(text, out.epoch) && take_dot(text) && take_number(text, out.lsn) &&
                     take_dot(text) && take_number(text, out.n) && text.empty();
  return sound ? std::optional(out) : std::nullopt;
}

void append_changes_head(Instant at, uint64_t before, std::string& out) {
  append_number(static_cast<uint64_t>(std::max<int64_t>(at.ms, 0)), kHalfHead, out);
  append_number(before, kHalfHead, out);
}

void append_change(const Change& change, std::string& out) {
  const auto topic = static_cast<uint8_t>(change.topic);
  append_u8(out, static_cast<uint8_t>(change.gone ? topic | kGoneBit : topic));
  append_u8(out, change.what);
  append_number(pack(change.peer, change.side), kPlaceBytes, out);
  out += view(change.subject);
}

Result<ChangesView> ChangesView::parse(std::string_view record) {
  if (record.size() < kChangesHeadBytes ||
      (record.size() - kChangesHeadBytes) % kChangeBytes != 0) {
    return fail(Errc::kCorrupt, "what a commit changed is unreadable");
  }
  ChangesView out;
  out.at_.ms = static_cast<int64_t>(read_number(record.substr(0, kHalfHead)));
  out.before_ = read_number(record.substr(kHalfHead, kHalfHead));
  out.changes_ = record.substr(kChangesHeadBytes);
  return out;
}

std::optional<Change> ChangesView::operator[](uint32_t n) const {
  CHECK(n < size());
  const std::string_view bytes = changes_.substr(n * kChangeBytes, kChangeBytes);
  Change out;
  const auto topic = static_cast<uint8_t>(bytes[0]);
  out.topic = static_cast<Topic>(topic & ~kGoneBit);
  out.gone = (topic & kGoneBit) != 0;
  if (name(out.topic).empty()) return std::nullopt;
  out.what = static_cast<uint8_t>(bytes[1]);
  const uint64_t packed = read_number(bytes.substr(2, kPlaceBytes));
  out.peer = unpack_peer(packed);
  out.side = unpack_side(packed);
  out.subject = subject_of(bytes.substr(2 + kPlaceBytes));
  return out;
}

}  // namespace jiexu
