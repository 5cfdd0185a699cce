#include "storage/records.h"

#include "storage/packing.h"

namespace jiexu {

Result<std::string> Records::open(Family family, std::string_view key,
                                  std::string_view sealed) const {
  auto plain = vault_.open(family, key, sealed);
  if (plain && layout::is_packed(family)) plain = unpack(*plain);
  if (plain) return plain;
  return fail(plain.error().code, "record of family " + std::string(layout::family_name(family)) +
                                      ": " + plain.error().text);
}

Result<std::optional<std::string>> Records::get(Family family, std::string_view key) const {
  auto value = reader_.get(family, key);
  if (!value || !value->has_value() || !layout::is_sealed(family, key)) return value;
  TRY(auto plain, open(family, key, **value));
  return plain;
}

Result<std::optional<std::string>> Records::get(const RecordKey& key) const {
  const layout::KindRow& row = layout::row_of(key.kind());
  auto value = reader_.get(row.family, key);
  if (!value || !value->has_value() || !row.sealed) return value;
  TRY(auto plain, open(row.family, key, **value));
  return plain;
}

Result<void> Records::scan(Family family, std::string_view lower, std::string_view upper,
                           const Visitor& visit) const {
  if (damage_ == nullptr) return scan_with(&Reader::scan, family, lower, upper, visit);
  const auto open_one = [&](std::string_view key, std::string_view value) {
    if (!layout::is_sealed(family, key)) return visit(key, value);
    const auto plain = open(family, key, value);
    if (plain) return visit(key, *plain);
    pass({family, std::string(key), std::nullopt, plain.error().text});
    return true;
  };
  return scan_past_damage(reader_, family, lower, upper, open_one,
                          [this](DamagedPlace place) { pass(std::move(place)); });
}

void Records::pass(DamagedPlace place) const {
  ++passed_over_;
  damage_->note(std::move(place));
}

bool Records::pass(Family family, std::string_view key, const Error& error) const {
  if (damage_ == nullptr || error.code != Errc::kCorrupt) return false;
  pass({family, std::string(key), std::nullopt, error.text});
  return true;
}

Result<void> Records::scan_back(Family family, std::string_view lower, std::string_view upper,
                                const Visitor& visit) const {
  return scan_with(&Reader::scan_back, family, lower, upper, visit);
}

Result<void> Records::scan_with(Scan direction, Family family, std::string_view lower,
                                std::string_view upper, const Visitor& visit) const {
  Result<void> opened;
  auto scanned =
      (reader_.*direction)(family, lower, upper, [&](std::string_view key, std::string_view value) {
        if (!layout::is_sealed(family, key)) return visit(key, value);
        auto plain = open(family, key, value);
        if (plain) return visit(key, *plain);
        opened = tl::unexpected(plain.error());
        return false;
      });
  return scanned ? opened : scanned;
}

void Records::put(Batch& batch, Family family, std::string_view key, std::string_view plaintext) {
  if (!layout::is_sealed(family, key)) return batch.put(family, key, plaintext);
  put_sealed(batch, family, key, plaintext);
}

void Records::put(Batch& batch, const RecordKey& key, std::string_view plaintext) {
  const layout::KindRow& row = layout::row_of(key.kind());
  if (!row.sealed) return batch.put(row.family, key, plaintext);
  put_sealed(batch, row.family, key, plaintext);
}

void Records::put_sealed(Batch& batch, Family family, std::string_view key,
                         std::string_view plaintext) {
  if (layout::is_packed(family)) {
    pack(plaintext, packed_);
    plaintext = packed_;
  }
  vault_.seal(family, key, plaintext, sealed_);
  batch.put(family, key, sealed_);
}

}  // namespace jiexu
