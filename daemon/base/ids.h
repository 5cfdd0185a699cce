// The identifiers of the exchange, each a type of its own, so that no two can be mixed up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"

namespace jiexu {

// Code of a medical-insurance agency (经办机构): 'S', the 6-digit administrative division of its
// pooling area (GB/T 2260 with the medical-insurance extensions), 5 digits of the office.
class AgencyId {
 public:
  static constexpr size_t kSize = 12;

  AgencyId() { text_.fill('0'); }

  // nullopt unless `text` is 'S' and 11 digits.
  static std::optional<AgencyId> parse(std::string_view text);

  std::string_view text() const { return {text_.data(), kSize}; }
  std::string str() const { return std::string(text()); }
  // The 6-digit division code.
  std::string_view area() const { return text().substr(1, 6); }
  // The last two digits of the office, which letter numbers carry.
  std::string_view office() const { return text().substr(10, 2); }

  auto operator<=>(const AgencyId&) const = default;

 private:
  std::array<char, kSize> text_;
};

// Identity of one case (128 bits), the same at both agencies. Made by the transfer-in agency as a
// time-ordered UUID (RFC 9562, version 7), so that neighbours in time are neighbours in the store.
class CaseId {
 public:
  static constexpr size_t kSize = 16;
  static constexpr size_t kTextSize = 36;

  CaseId() { bytes_.fill(0); }

  // `now_ms`: Unix time in milliseconds. `random`: 10 bytes from the system's generator.
  static CaseId make(int64_t now_ms, const std::array<uint8_t, 10>& random);
  static std::optional<CaseId> from_bytes(std::string_view bytes);
  // The 36-character form with dashes, or 32 hex digits.
  static std::optional<CaseId> parse(std::string_view text);

  std::string_view bytes() const { return view(bytes_); }
  std::string str() const;
  bool empty() const { return *this == CaseId(); }

  auto operator<=>(const CaseId&) const = default;

 private:
  std::array<uint8_t, kSize> bytes_;
};

// SHA-256 output; also the head of a link's hash chain.
using Digest = std::array<uint8_t, 32>;
inline constexpr size_t kDigestSize = std::tuple_size_v<Digest>;

// Keyed hash of a person's document number: how a person is found without the number being stored
// in a key.
using PersonHash = std::array<uint8_t, 16>;

// Number of a message on a directed link, from 1, without holes within an epoch.
using Seq = uint64_t;

// Rises when a store was restored from a backup. From 1.
using Epoch = uint32_t;

// Number of a commit of the store, from 1, without holes.
using Lsn = uint64_t;

}  // namespace jiexu

template <>
struct std::hash<jiexu::AgencyId> {
  size_t operator()(const jiexu::AgencyId& id) const {
    return std::hash<std::string_view>()(id.text());
  }
};

template <>
struct std::hash<jiexu::CaseId> {
  size_t operator()(const jiexu::CaseId& id) const {
    return std::hash<std::string_view>()(id.bytes());
  }
};
