// Files on their way from local people into the store, piece by piece. Whoever uploads hashes the
// whole and sends the last piece only if it is what was announced; so the engine never sees a file
// as a whole and hashes nothing.
//
// An upload that breaks off leaves pieces that nothing names; the next one of the same file writes
// over them. Of two at once the later one goes on.
#pragma once

#include <map>
#include <utility>

#include "daemon/engine/command.h"
#include "daemon/engine/pending.h"
#include "storage/records.h"

namespace jiexu {

class AttachmentUploads {
 public:
  // Whether the piece is the next one of its upload, which it begins if it is the first.
  bool expects(const UploadCommand& upload);
  void took(const UploadCommand& upload);
  void forget(const UploadCommand& upload) { open_.erase({upload.case_id, file_of(upload)}); }

  static Digest file_of(const UploadCommand& upload);

 private:
  struct Open {
    uint64_t session = 0;
    uint32_t next = 0;
  };
  std::map<std::pair<CaseId, Digest>, Open> open_;
};

// What an `attach` without an upload names: fills in size and, where they are left out, name and
// media type of the file as the case knows it, if its bytes are here. Else size becomes 0.
void fill_from_known(const Case& subject, v1::AttachmentInput* input);

}  // namespace jiexu
