// Files on their way from local people into the store, piece by piece. Whoever uploads hashes the
// whole and sends the last piece only if it is what was announced; so the engine never sees a file
// as a whole and hashes nothing.
//
// An upload that breaks off leaves pieces that nothing names; the next one of the same file writes
// over them. Of two at once the later one goes on. While an upload goes on, the file is not fetched
// from a peer: they would write over each other.
#pragma once

#include <map>
#include <utility>

#include "daemon/engine/command.h"
#include "daemon/engine/transaction.h"
#include "storage/records.h"

namespace jiexu {

class AttachmentUploads {
 public:
  // Whether the piece is the next one of its upload, which it begins if it is the first.
  bool expects(const UploadCommand& upload, Steady now);
  void took(const UploadCommand& upload, Steady now);
  void forget(const UploadCommand& upload) { open_.erase({upload.case_id, file_of(upload)}); }

  // Whether an upload of the file may still bring its next piece.
  bool goes_on(const CaseId& id, const Digest& file, Steady now) const;

  static Digest file_of(const UploadCommand& upload);

 private:
  struct Open {
    uint64_t session = 0;
    uint32_t next = 0;
    Steady heard;
  };
  static bool is_alive(const Open& open, Steady now);

  std::map<std::pair<CaseId, Digest>, Open> open_;
};

// What an `attach` without an upload names: fills in size and, where they are left out, name and
// media type of the file as the case knows it, if its bytes are here. Else size becomes 0.
void fill_from_known(const Case& subject, v1::AttachmentInput* input);

}  // namespace jiexu
