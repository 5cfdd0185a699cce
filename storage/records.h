// Records over a store: what is sealed (layout::is_sealed) is opened on the way out and sealed on
// the way in, so that the rest of the daemon sees plain records and the store only sealed bytes.
// Frames of the link log are packed before (packing.h).
//
// A record or a block of the disk that cannot be read is an error, or, for who says so, passed over
// and noted (damage.h).
//
// Cheap to make (two references and a buffer): one per thread, or per snapshot. A Records object
// is used by one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "storage/damage.h"
#include "storage/layout.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace jiexu {

class Records {
 public:
  // Both must outlive this object.
  Records(const Reader& reader, const Vault& vault) : reader_(reader), vault_(vault) {}

  // The plain record, nullopt if there is none. Errors: those of Reader::get and Vault::open, with
  // the family named.
  Result<std::optional<std::string>> get(Family family, std::string_view key) const;

  Result<std::optional<std::string>> get(const RecordKey& key) const;

  // As Reader::scan and scan_back, with plain records. A record that does not open ends the scan
  // with its error.
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const;
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const;

  // From now on scan() passes over what cannot be read (kCorrupt) and notes it in the book, which
  // must outlive this object. Whoever finds that a record is none may do the same with pass().
  void pass_over_damage(DamageBook& book) { damage_ = &book; }
  // How often that was, so that what is shown can say how much is missing in it.
  uint64_t passed_over() const { return passed_over_; }
  // Whether the record is passed over, and noted; if not, the error is the reader's to report.
  bool pass(Family family, std::string_view key, const Error& error) const;
  bool pass(const RecordKey& key, const Error& error) const {
    return pass(layout::row_of(key.kind()).family, key, error);
  }

  // Adds a write to `batch`, sealed if its family is.
  void put(Batch& batch, Family family, std::string_view key, std::string_view plaintext);
  void put(Batch& batch, const RecordKey& key, std::string_view plaintext);

  // The same for records that are protobuf messages. Error besides those of get: kCorrupt if the
  // bytes are no T.
  template <class T>
  Result<std::optional<T>> get_message(Family family, std::string_view key) const;
  template <class T>
  Result<std::optional<T>> get_message(const RecordKey& key) const;
  template <class T>
  void put_message(Batch& batch, Family family, std::string_view key, const T& message);

 private:
  using Scan = Result<void> (Reader::*)(Family, std::string_view, std::string_view,
                                        const Visitor&) const;
  Result<void> scan_with(Scan direction, Family family, std::string_view lower,
                         std::string_view upper, const Visitor& visit) const;
  void put_sealed(Batch& batch, Family family, std::string_view key, std::string_view plaintext);
  Result<std::string> open(Family family, std::string_view key, std::string_view sealed) const;

  void pass(DamagedPlace place) const;

  const Reader& reader_;
  const Vault& vault_;
  DamageBook* damage_ = nullptr;
  mutable uint64_t passed_over_ = 0;
  std::string plain_;   // scratch of put_message
  std::string packed_;  // scratch of put
  std::string sealed_;  // the same
};

// The record of the family as a message.
template <class T>
Result<std::optional<T>> parse_record(Family family, Result<std::optional<std::string>> bytes) {
  if (!bytes) return tl::unexpected(bytes.error());
  if (!bytes->has_value()) return std::nullopt;
  std::optional<T> message(std::in_place);
  if (!message->ParseFromString(**bytes)) {
    return fail(Errc::kCorrupt,
                "record of family " + std::string(layout::family_name(family)) + " is unreadable");
  }
  return message;
}

template <class T>
Result<std::optional<T>> Records::get_message(Family family, std::string_view key) const {
  return parse_record<T>(family, get(family, key));
}

template <class T>
Result<std::optional<T>> Records::get_message(const RecordKey& key) const {
  return parse_record<T>(layout::row_of(key.kind()).family, get(key));
}

template <class T>
void Records::put_message(Batch& batch, Family family, std::string_view key, const T& message) {
  plain_.clear();
  message.AppendToString(&plain_);
  put(batch, family, key, plain_);
}

}  // namespace jiexu
