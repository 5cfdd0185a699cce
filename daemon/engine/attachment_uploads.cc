#include "daemon/engine/attachment_uploads.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"
#include "daemon/engine/attachment_store.h"
#include "daemon/engine/engine.h"

namespace jiexu {
namespace {

// One for each connection of the API; those that broke off are forgotten first.
constexpr size_t kUploadsMax = limits::kHttpConnectionsMax;
// A connection that brings nothing for so long is closed; twice that, because we may be slow, too.
constexpr int64_t kSilenceMsMax = int64_t{2'000} * limits::kHttpIdleSeconds;

// The file is known, and its bytes were lost: they may come back from whoever has the file.
bool brings_back(const Case& subject, const Digest& file, uint64_t size) {
  return find_here(subject, file) == nullptr &&
         std::ranges::any_of(subject.attachments, [&](const Attachment& attachment) {
           return attachment.ours && attachment.sha256 == file && attachment.size == size;
         });
}

// Sent again, because the answer was lost.
bool is_done(const Case& subject, const Digest& file) {
  return std::ranges::any_of(subject.attachments, [&](const Attachment& attachment) {
    return is_waiting(attachment) && attachment.sha256 == file;
  });
}

bool is_last(const UploadCommand& upload) {
  return upload.piece + 1 == piece_count(upload.file->size());
}

}  // namespace

Digest AttachmentUploads::file_of(const UploadCommand& upload) {
  return jiexu::file_of(*upload.file).value_or(Digest());
}

bool AttachmentUploads::is_alive(const Open& open, Steady now) {
  return now < open.heard.plus_ms(kSilenceMsMax);
}

bool AttachmentUploads::goes_on(const CaseId& id, const Digest& file, Steady now) const {
  const auto it = open_.find({id, file});
  return it != open_.end() && is_alive(it->second, now);
}

bool AttachmentUploads::expects(const UploadCommand& upload, Steady now) {
  const auto key = std::make_pair(upload.case_id, file_of(upload));
  if (upload.piece == 0) {
    open_[key] = {upload.session, 0, now};
    if (open_.size() > kUploadsMax) {
      open_.erase(std::ranges::min_element(open_, {},
                                           [](const auto& entry) { return entry.second.session; }));
    }
  }
  const auto it = open_.find(key);
  return it != open_.end() && it->second.session == upload.session &&
         it->second.next == upload.piece && is_alive(it->second, now);
}

void AttachmentUploads::took(const UploadCommand& upload, Steady now) {
  if (const auto it = open_.find({upload.case_id, file_of(upload)}); it != open_.end()) {
    it->second.next += 1;
    it->second.heard = now;
  }
}

void fill_from_known(const Case& subject, v1::AttachmentInput* input) {
  const auto file = file_of(*input);
  const Attachment* known = file ? find_here(subject, *file) : nullptr;
  input->set_size(known != nullptr ? known->size : 0);
  if (known == nullptr) return;
  if (input->name().empty()) input->set_name(known->name);
  if (input->media_type().empty()) input->set_media_type(known->media_type);
}

// A file whose bytes are here already is not written again, also if others claim to have it.
Result<void> Engine::run(const Command& command, const UploadCommand& upload, Instant now) {
  CHECK(upload.file != nullptr);
  const auto subject = cases_.load(upload.case_id, now);
  if (!subject) return tl::unexpected(subject.error());
  Answer answer;
  answer.subject = *subject;
  const auto refuse = [&](const Rejection& why) -> Result<void> {
    uploads_.forget(upload);
    answer.rejection = why;
    answer_after_commit(command, std::move(answer));
    return {};
  };
  if (*subject == nullptr) return refuse({Refusal::kUnknownCase, upload.case_id.str()});
  if (const auto why = out_of_reach(**subject)) return refuse(*why);
  const Digest file = AttachmentUploads::file_of(upload);
  if (is_done(**subject, file)) {
    answer_after_commit(command, std::move(answer));
    return {};
  }
  v1::ActionInput input;
  *input.mutable_attachment() = *upload.file;
  Event event;
  event.kind = brings_back(**subject, file, upload.file->size()) ? EventKind::kAttachmentHere
                                                                 : EventKind::kAttach;
  event.at = now;
  event.actor = user_actor(command.user);
  event.attachment = file;
  if (event.kind == EventKind::kAttach) event.input = &input;
  const auto wrong = cases_.try_out(**subject, event);
  if (!wrong) return tl::unexpected(wrong.error());
  if (*wrong) return refuse(**wrong);
  const bool fits = uploads_.expects(upload, steady_) &&
                    upload.content.size() == piece_size(upload.file->size(), upload.piece);
  if (!fits) {
    return refuse({Refusal::kAttachmentUnknown, "another upload of the file has taken its place"});
  }
  if (find_here(**subject, file) == nullptr) {
    fetch_.give_way(upload.case_id, file);
    put_piece(tx_, upload.case_id, file, upload.piece, upload.content);
    gather(true);
  }
  uploads_.took(upload, steady_);
  if (!is_last(upload)) {
    answer_after_commit(command, std::move(answer));
    return {};
  }
  uploads_.forget(upload);
  const auto outcome = cases_.apply(**subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  conclude(command, std::move(answer), *outcome);
  return {};
}

// --- the other way: what peers ask for, and what came ---

bool Engine::can_be_asked(AgencyId id) const {
  const auto it = peers_.all().find(id);
  return it != peers_.all().end() && !reconciler_.blocks(id) &&
         it->second->sender().state() == Sender::State::kFlowing;
}

// Only a file that a message between us and this peer names. While we recover we do not know what
// we have.
Result<void> Engine::answer_want(Peer& peer, const WantFrame& want, Instant now) {
  if (reconciler_.blocks(peer.id())) return {};
  const auto subject = cases_.load(want.id, now);
  if (!subject) return tl::unexpected(subject.error());
  PieceFrame answer{want.id, want.file, want.piece, ""};
  const bool ours =
      *subject != nullptr && ((*subject)->peer == peer.id() || (*subject)->was_with(peer.id()));
  const Attachment* file = ours ? find_here(**subject, want.file) : nullptr;
  if (file != nullptr && file->bound && want.piece < piece_count(file->size)) {
    auto content = read_piece(tx_.durable(), want.id, want.file, want.piece);
    if (!content) return tl::unexpected(content.error());
    if (*content) answer.content = std::move(**content);
  }
  reply(peer, encode(answer));
  return {};
}

Result<void> Engine::receive_piece(Peer& peer, const PieceFrame& piece, Instant now) {
  if (room_ != Room::kAmple) return {};  // asked for again when there is room
  const auto wrote = fetch_.receive(peer.id(), piece, {now, steady_});
  if (!wrote) return tl::unexpected(wrote.error());
  if (*wrote) gather(true);
  return {};
}

}  // namespace jiexu
