// Attachments of a case: files that go with its letter or form, such as a scan of the stamped copy.
// The case knows of each what it is and whether its bytes are here; the bytes are the business of
// daemon/attachments. A file is named in a message by its SHA-256, so that the message's signature
// covers it.
//
// Our own files wait with the case until the next letter or form names them. Those of the peer are
// missing when the message comes, and are fetched. Internal to daemon/cases but for wanted().
#pragma once

#include <google/protobuf/repeated_field.h>

#include <optional>

#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

using NamedAttachments = google::protobuf::RepeatedPtrField<v1::Attachment>;

// Why the file cannot go with the next letter or form; nullopt: it can.
std::optional<Rejection> check_attach(const Case& subject, const v1::AttachmentInput& input);
// Whether the input names a file that waits.
std::optional<Rejection> check_detach(const Case& subject, const v1::AttachmentInput& input);
// Of a message of the peer.
std::optional<Rejection> check_named(const Case& subject, const NamedAttachments& named);
// Makes `named` what our form is to name: what waits, and files of the case that the input names
// again. `here`: their bytes must be.
std::optional<Rejection> name_attachments(const Case& subject, bool here, NamedAttachments& named);

void attach(const v1::AttachmentInput& input, bool here, Case& subject);
void detach(const v1::AttachmentInput& input, Case& subject);
// Our message of this version (0: the letter) names them.
void bind_attachments(const NamedAttachments& named, uint32_t version, Case& subject);
// All that wait, for the letter.
void bind_waiting(Case& subject);
void add_of_letter(const Case& subject, NamedAttachments* out);
// The peer's message of this version names them.
void take_attachments(const NamedAttachments& named, uint32_t version, Case& subject);
void set_content(const Digest& file, Attachment::Content content, Case& subject);

bool is_waiting(const Attachment& attachment);
// Whether the peer's newest form, or its letter, names a file whose bytes are not here.
bool lacks_attachment(const Case& subject);
// The file is named in a message, and its bytes are to be asked of the peer.
bool is_wanted(const Attachment& attachment);
// SHA-256 in hex; nullopt if it is none.
std::optional<Digest> file_of(const v1::AttachmentInput& input);

// The case's attachment with this hash whose bytes are here; nullptr if there is none.
const Attachment* find_here(const Case& subject, const Digest& file);
// What an `attach` without an upload names: fills in size and, where they are left out, name and
// media type of the file as the case knows it, if its bytes are here. Else size becomes 0.
void fill_from_known(const Case& subject, v1::AttachmentInput* input);

}  // namespace jiexu
