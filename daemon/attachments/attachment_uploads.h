// Files on their way from local people into the store, piece by piece. Whoever uploads hashes the
// whole and sends the last piece only if it is what was announced; so the engine never sees a file
// as a whole and hashes nothing.
//
// An upload that breaks off leaves pieces that nothing names; the next one of the same file writes
// over them. Of two at once the later one goes on. While an upload goes on, the file is not fetched
// from a peer: they would write over each other.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/casework/action_guards.h"
#include "daemon/casework/case_reply.h"
#include "daemon/casework/case_service.h"
#include "daemon/engine/transaction.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// A piece of a file that is to go with the case's next letter or form. The last one attaches it.
struct UploadCommand {
  using Reply = CaseReply;
  CaseId case_id;
  std::shared_ptr<const v1::AttachmentInput> file;  // size and hash are those of the whole file
  uint64_t session = 0;                             // one request; later ones have higher numbers
  uint32_t piece = 0;                               // from 0, of kPieceBytes but for the last
  std::string content;
};

class AttachmentUploads {
 public:
  // All must outlive this object. `own_pieces_come`: called before a piece is written of a file
  // that nobody has.
  AttachmentUploads(Transaction& tx, CaseService& cases, const ActionGuards& guards,
                    std::function<void(const CaseId&, const Digest&)> own_pieces_come)
      : tx_(tx), cases_(cases), guards_(guards), own_pieces_come_(std::move(own_pieces_come)) {}

  // Takes the piece. A file whose bytes are here already is not written again, also if others claim
  // to have it.
  Result<CaseReply> take(const UploadCommand& upload, const std::string& user, Moment now);

  // Whether an upload of the file may still bring its next piece.
  bool goes_on(const CaseId& id, const Digest& file, Steady now) const;

 private:
  // Whether the piece is the next one of its upload, which it begins if it is the first.
  bool expects(const UploadCommand& upload, Steady now);
  void took(const UploadCommand& upload, Steady now);
  void forget(const UploadCommand& upload) { open_.erase({upload.case_id, file_of(upload)}); }

  static Digest file_of(const UploadCommand& upload);
  struct Open {
    uint64_t session = 0;
    uint32_t next = 0;
    Steady heard;
  };
  static bool is_alive(const Open& open, Steady now);
  // Why the piece cannot be taken; nullopt: it can.
  Result<std::optional<Rejection>> hindrance(const Case& subject, const UploadCommand& upload,
                                             const Event& event, Steady now);

  Transaction& tx_;
  CaseService& cases_;
  const ActionGuards& guards_;
  std::function<void(const CaseId&, const Digest&)> own_pieces_come_;
  std::map<std::pair<CaseId, Digest>, Open> open_;
};

}  // namespace jiexu
