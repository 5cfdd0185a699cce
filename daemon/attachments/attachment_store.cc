#include "daemon/attachments/attachment_store.h"

#include <algorithm>

#include "daemon/base/limits.h"

namespace jiexu {

uint32_t piece_count(uint64_t size) {
  return static_cast<uint32_t>((size + limits::kPieceBytes - 1) / limits::kPieceBytes);
}

size_t piece_size(uint64_t size, uint32_t n) {
  return std::min<uint64_t>(limits::kPieceBytes, size - uint64_t{n} * limits::kPieceBytes);
}

Result<std::optional<std::string>> read_piece(const Records& records, const CaseId& id,
                                              const Digest& file, uint32_t n) {
  return records.get(Family::kAttachment, layout::attachment_key(id, file, n));
}

Result<uint32_t> stored_pieces(const Records& records, const CaseId& id, const Digest& file) {
  Result<uint32_t> count = 0;
  const auto done = records.scan_back(Family::kAttachment, layout::attachment_key(id, file, 0),
                                      layout::attachment_key(id, file, UINT32_MAX),
                                      [&](std::string_view key, auto) {
                                        const auto last = layout::parse_attachment_key(key);
                                        if (last) count = last->piece + 1;
                                        if (!last) count = tl::unexpected(last.error());
                                        return false;
                                      });
  if (!done) return tl::unexpected(done.error());
  return count;
}

void put_piece(Transaction& tx, const CaseId& id, const Digest& file, uint32_t n,
               std::string_view content) {
  tx.put(layout::attachment_key(id, file, n), content);
}

void remove_pieces(Transaction& tx, const CaseId& id, const Digest& file, uint32_t count) {
  for (uint32_t n = 0; n < count; ++n) tx.remove(layout::attachment_key(id, file, n));
}

Result<bool> wants_files(const Records& records, AgencyId peer) {
  const Key prefix = layout::wanted_attachments_prefix(peer);
  bool any = false;
  const auto done =
      records.scan(Family::kIndex, prefix, layout::prefix_end(prefix), [&](auto, auto) {
        any = true;
        return false;
      });
  if (!done) return tl::unexpected(done.error());
  return any;
}

}  // namespace jiexu
