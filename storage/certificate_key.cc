// The keys of certificates that were issued (layout.h).
#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu::layout {

RecordKey certificate_key(uint64_t stamp) {
  return {Kind::kCertificate, Key(kCertificates).u64(stamp)};
}

Result<uint64_t> parse_certificate_key(std::string_view key) {
  const KindRow& row = row_of(Kind::kCertificate);
  if (key.size() != row.size || !key.starts_with(row.prefix)) return no_key_of(Kind::kCertificate);
  return read_u64(key.substr(row.prefix.size()));
}

}  // namespace jiexu::layout
