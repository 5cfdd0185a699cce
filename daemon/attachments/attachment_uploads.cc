#include "daemon/attachments/attachment_uploads.h"

#include <algorithm>

#include "daemon/attachments/attachment_store.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"

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

Result<std::optional<Rejection>> AttachmentUploads::hindrance(const Case& subject,
                                                              const UploadCommand& upload,
                                                              const Event& event, Steady now) {
  auto wrong = cases_.try_out(subject, event);
  if (!wrong || *wrong) return wrong;
  const bool fits = expects(upload, now) &&
                    upload.content.size() == piece_size(upload.file->size(), upload.piece);
  if (fits) return std::nullopt;
  return Rejection{Refusal::kAttachmentUnknown, "another upload of the file has taken its place"};
}

Result<CaseReply> AttachmentUploads::take(const UploadCommand& upload, const std::string& user,
                                          Moment now) {
  CHECK(upload.file != nullptr);
  TRY(const auto subject, cases_.load(upload.case_id, now.wall));
  const auto refuse = [&](const Rejection& why) {
    forget(upload);
    return CaseReply::refused(subject, why);
  };
  if (subject == nullptr) return refuse({Refusal::kUnknownCase, upload.case_id.str()});
  TRY(const auto why, guards_.ask({*subject, EventKind::kAttach}));
  if (why) return refuse(*why);
  const Digest file = file_of(upload);
  if (is_done(*subject, file)) return CaseReply::done(subject);
  v1::ActionInput input;
  *input.mutable_attachment() = *upload.file;
  Event event;
  event.kind = brings_back(*subject, file, upload.file->size()) ? EventKind::kAttachmentHere
                                                                : EventKind::kAttach;
  event.at = now.wall;
  event.actor = user_actor(user);
  event.attachment = file;
  if (event.kind == EventKind::kAttach) event.input = &input;
  TRY(const auto wrong, hindrance(*subject, upload, event, now.steady));
  if (wrong) return refuse(*wrong);
  if (find_here(*subject, file) == nullptr) {
    own_pieces_come_(upload.case_id, file);
    put_piece(tx_, upload.case_id, file, upload.piece, upload.content);
  }
  took(upload, now.steady);
  if (!is_last(upload)) return CaseReply::done(subject);
  forget(upload);
  TRY(const auto outcome, cases_.apply(*subject, event));
  if (!outcome) return CaseReply::refused(subject, outcome.error());
  return CaseReply::done(*outcome);
}

}  // namespace jiexu
