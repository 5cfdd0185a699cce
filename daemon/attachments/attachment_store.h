// The bytes of attachments in the store: pieces of 128 KiB under (case, SHA-256 of the file, number
// of the piece), each sealed for itself, written once and in order, so that the file is never in
// memory as a whole. Whether a file is whole is told by its case, not by its pieces.
#pragma once

#include <optional>
#include <string>

#include "daemon/cases/case.h"
#include "daemon/engine/transaction.h"
#include "storage/records.h"

namespace jiexu {

// REQUIRES: size > 0.
uint32_t piece_count(uint64_t size);
// Of piece `n`, from 0. REQUIRES: n < piece_count(size).
size_t piece_size(uint64_t size, uint32_t n);

// nullopt if it is not stored. Errors: as the store's.
Result<std::optional<std::string>> read_piece(const Records& records, const CaseId& id,
                                              const Digest& file, uint32_t n);
// How many pieces are stored, from the first on.
Result<uint32_t> stored_pieces(const Records& records, const CaseId& id, const Digest& file);

void put_piece(Transaction& tx, const CaseId& id, const Digest& file, uint32_t n,
               std::string_view content);
// The first `count` pieces of what turned out not to be the file. Pending reads see it at once.
void remove_pieces(Transaction& tx, const CaseId& id, const Digest& file, uint32_t count);

// Whether any case wants a file from the peer.
Result<bool> wants_files(const Records& records, AgencyId peer);

}  // namespace jiexu
