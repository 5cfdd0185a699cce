// What peers ask for of files, and what came.
#include "daemon/agency/engine.h"
#include "daemon/attachments/attachment_store.h"
#include "daemon/cases/attachments.h"

namespace jiexu {

// Only a file that a message between us and this peer names. While we recover we do not know what
// we have.
Result<void> Engine::answer_want(Peer& peer, const WantFrame& want, Instant now) {
  if (guard_.is_recovering(peer.id())) return {};
  TRY(const auto subject, cases_.load(want.id, now));
  PieceFrame answer{want.id, want.file, want.piece, ""};
  const bool ours =
      subject != nullptr && (subject->peer == peer.id() || subject->was_with(peer.id()));
  const Attachment* file = ours ? find_here(*subject, want.file) : nullptr;
  if (file != nullptr && file->bound && want.piece < piece_count(file->size)) {
    TRY(auto content, read_piece(tx_.durable(), want.id, want.file, want.piece));
    if (content) answer.content = std::move(*content);
  }
  reply(peer, encode(answer));
  return {};
}

Result<void> Engine::receive_piece(Peer& peer, const PieceFrame& piece, Instant now) {
  if (kernel_.room() != Room::kAmple) return {};  // asked for again when there is room
  TRY(const auto wrote, fetch_.receive(peer.id(), piece, {now, kernel_.steady()}));
  if (wrote) request_commit(true);
  return {};
}

}  // namespace jiexu
