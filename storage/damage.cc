#include "storage/damage.h"

#include <algorithm>

#include "daemon/base/bytes.h"
#include "storage/key.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// Keys as numbers of so many digits of 8 bits: between any two there is a middle.
constexpr size_t kDigits = Key::kSizeMax + 1;

std::string as_number(std::string_view key) {
  std::string number(key.substr(0, kDigits));
  number.resize(kDigits, '\0');
  return number;
}

// `number` plus 2 to the power of `bit`; all ones if that is too much.
std::string plus_power(std::string number, size_t bit) {
  int carry = 1 << (bit % 8);
  for (size_t at = kDigits - bit / 8; at-- > 0 && carry > 0;) {
    const int sum = static_cast<uint8_t>(number[at]) + carry;
    number[at] = static_cast<char>(sum & 0xff);
    carry = sum >> 8;
  }
  if (carry > 0) number.assign(kDigits, '\xff');
  return number;
}

std::string middle(const std::string& low, const std::string& high) {
  std::string sum(kDigits + 1, '\0');
  int carry = 0;
  for (size_t at = kDigits; at-- > 0;) {
    const int digits = static_cast<uint8_t>(low[at]) + static_cast<uint8_t>(high[at]) + carry;
    sum[at + 1] = static_cast<char>(digits & 0xff);
    carry = digits >> 8;
  }
  sum[0] = static_cast<char>(carry);
  std::string half(kDigits, '\0');
  int rest = static_cast<uint8_t>(sum[0]);
  for (size_t at = 0; at < kDigits; ++at) {
    const int digits = rest << 8 | static_cast<uint8_t>(sum[at + 1]);
    half[at] = static_cast<char>(digits >> 1);
    rest = digits & 1;
  }
  return half;
}

class Prober {
 public:
  Prober(const Reader& reader, Family family, std::string_view upper)
      : reader_(reader), family_(family), upper_(upper) {}

  // The first key from `number` on, or the end; nullopt: it cannot be read.
  Result<std::optional<std::string>> first_from(const std::string& number) const {
    if (number >= upper_) return upper_;
    std::string found = upper_;
    const auto done = reader_.scan(family_, number, upper_, [&](std::string_view key, auto) {
      found = key;
      return false;
    });
    if (!done && done.error().code != Errc::kCorrupt) return tl::unexpected(done.error());
    return done ? std::optional(found) : std::nullopt;
  }

  // The first key behind what cannot be read from `lower` on, or the end.
  Result<std::string> behind(std::string_view lower) const {
    std::string bad = as_number(lower);
    std::string good;
    std::optional<std::string> found;
    for (size_t bit = 0; !found; ++bit) {
      good = bit < kDigits * 8 ? plus_power(bad, bit) : upper_;
      TRY(found, first_from(good));
      if (!found) bad = good;
    }
    good = as_number(good);
    for (std::string half = middle(bad, good); half != bad; half = middle(bad, good)) {
      TRY(auto first, first_from(half));
      (first ? good : bad) = half;
      if (first) found = std::move(first);
    }
    return *found;
  }

 private:
  const Reader& reader_;
  Family family_;
  std::string upper_;
};

}  // namespace

void DamageBook::note(DamagedPlace place) {
  {
    const std::lock_guard lock(mutex_);
    const bool known = std::ranges::any_of(places_, [&](const DamagedPlace& other) {
      return other.family == place.family && other.key == place.key && other.until == place.until;
    });
    if (known) return;
    ++size_;
    if (places_.size() < kPlacesMax) places_.push_back(place);
  }
  if (on_new_) on_new_(place);
}

std::vector<DamagedPlace> DamageBook::places() const {
  const std::lock_guard lock(mutex_);
  return places_;
}

size_t DamageBook::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

std::string place_name(const DamagedPlace& place) {
  if (place.key.empty() && !place.until) return "a table of the store";
  std::string name(layout::family_name(place.family));
  if (!place.until) return name + " " + to_hex(place.key);
  return name + " from " + to_hex(place.key) + " to " + to_hex(*place.until);
}

Result<void> scan_past_damage(const Reader& reader, Family family, std::string_view lower,
                              std::string_view upper, const Visitor& visit,
                              const Damaged& damaged) {
  const Prober prober(reader, family, upper);
  std::string at(lower);
  while (at < upper) {
    const auto done =
        reader.scan(family, at, upper, [&](std::string_view key, std::string_view value) {
          const bool go_on = visit(key, value);
          at.assign(key);
          at.push_back('\0');  // behind it
          return go_on;
        });
    if (done || done.error().code != Errc::kCorrupt) return done;
    TRY(auto next, prober.behind(at));
    damaged({family, at, next, done.error().text});
    at = std::move(next);
  }
  return {};
}

}  // namespace jiexu
