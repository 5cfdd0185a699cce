#include "daemon/cases/attachments.h"

#include <algorithm>

#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

using Checked = std::optional<Rejection>;

constexpr size_t kNameCharsMax = 100;
constexpr size_t kMediaTypeMax = 100;

// A name is shown to people and offered as that of a file: no path, nothing invisible.
bool is_file_name(const std::string& name) {
  return is_utf8(name) && !has_hidden(name) && name.find('/') == name.npos && !is_blank(name) &&
         utf8_length(name) <= kNameCharsMax && name != "." && name != "..";
}

// RFC 6838, 4.2: restricted names on both sides of the slash.
bool is_media_type(const std::string& type) {
  const auto known = [](char c) {
    return std::isalnum(static_cast<uint8_t>(c)) != 0 ||
           std::string_view("/!#$&-^_.+").find(c) != std::string_view::npos;
  };
  return type.size() <= kMediaTypeMax && std::ranges::count(type, '/') == 1 &&
         type.front() != '/' && type.back() != '/' && std::ranges::all_of(type, known);
}

Checked check_file(uint64_t size, const std::string& name, const std::string& type) {
  if (size == 0 || size > limits::kAttachmentBytesMax) {
    return rejection(Refusal::kAttachmentInvalid, "size: must be 1 byte to 20 MiB");
  }
  if (!is_file_name(name)) {
    return rejection(Refusal::kAttachmentInvalid,
                     "name: must be a file's name of 1 to 100 characters");
  }
  if (is_media_type(type)) return std::nullopt;
  return rejection(Refusal::kAttachmentInvalid, "media_type: must be such as application/pdf");
}

Checked check_room(const Case& subject, size_t with_next, size_t more) {
  if (with_next > limits::kAttachmentsMax) {
    return rejection(Refusal::kTooManyAttachments, "attachments: at most " +
                                                       std::to_string(limits::kAttachmentsMax) +
                                                       " go with a letter or form");
  }
  if (subject.attachments.size() + more <= limits::kAttachmentsOfCaseMax) return std::nullopt;
  return rejection(Refusal::kTooManyAttachments, "attachments: a case has at most " +
                                                     std::to_string(limits::kAttachmentsOfCaseMax));
}

size_t count_waiting(const Case& subject) {
  return static_cast<size_t>(std::ranges::count_if(subject.attachments, is_waiting));
}

const Attachment* find_waiting(const Case& subject, const Digest& file) {
  for (const Attachment& attachment : subject.attachments) {
    if (is_waiting(attachment) && attachment.sha256 == file) return &attachment;
  }
  return nullptr;
}

// A file of ours, as it was attached last.
const Attachment* find_ours(const Case& subject, std::string_view file) {
  const Attachment* found = nullptr;
  for (const Attachment& attachment : subject.attachments) {
    if (attachment.ours && view(attachment.sha256) == file) found = &attachment;
  }
  return found;
}

bool is_here(const Case& subject, const Digest& file) {
  return std::ranges::any_of(subject.attachments, [&](const Attachment& known) {
    return known.sha256 == file && known.content == Attachment::Content::kHere;
  });
}

bool is_named(const NamedAttachments& named, std::string_view file) {
  return std::ranges::any_of(named,
                             [&](const v1::Attachment& one) { return one.sha256() == file; });
}

void add_named(const Attachment& attachment, NamedAttachments* out) {
  v1::Attachment* named = out->Add();
  named->set_sha256(std::string(view(attachment.sha256)));
  named->set_size(attachment.size);
  named->set_name(attachment.name);
  named->set_media_type(attachment.media_type);
}

Attachment read(const v1::Attachment& named, const Digest& file, uint32_t version) {
  Attachment out;
  out.sha256 = file;
  out.size = named.size();
  out.name = named.name();
  out.media_type = named.media_type();
  out.bound = true;
  out.version = version;
  return out;
}

}  // namespace

std::optional<Digest> file_of(const v1::AttachmentInput& input) {
  const auto bytes = from_hex(input.sha256());
  return bytes ? to_array<32>(*bytes) : std::nullopt;
}

bool is_waiting(const Attachment& attachment) {
  return attachment.ours && !attachment.bound;
}

bool is_wanted(const Attachment& attachment) {
  return attachment.bound && attachment.content != Attachment::Content::kHere;
}

Checked check_attach(const Case& subject, const v1::AttachmentInput& input) {
  const auto file = file_of(input);
  if (!file) return rejection(Refusal::kAttachmentInvalid, "sha256: must be 64 hex digits");
  if (auto wrong = check_file(input.size(), input.name(), input.media_type())) return wrong;
  if (find_waiting(subject, *file) != nullptr) {
    return rejection(Refusal::kAttachmentInvalid, "sha256: the file is attached already");
  }
  return check_room(subject, count_waiting(subject) + 1, 1);
}

Checked check_detach(const Case& subject, const v1::AttachmentInput& input) {
  if (count_waiting(subject) == 0) return std::nullopt;  // the row's condition says so
  const auto file = file_of(input);
  if (file && find_waiting(subject, *file) != nullptr) return std::nullopt;
  return rejection(Refusal::kAttachmentUnknown, "attachment.sha256: of no file that waits");
}

Checked check_named(const Case& subject, const NamedAttachments& named) {
  const auto count = static_cast<size_t>(named.size());
  if (auto wrong = check_room(subject, count, count)) return wrong;
  for (int i = 0; i < named.size(); ++i) {
    const v1::Attachment& one = named[i];
    if (one.sha256().size() != std::tuple_size_v<Digest>) {
      return rejection(Refusal::kAttachmentInvalid, "sha256: must have 32 bytes");
    }
    if (auto wrong = check_file(one.size(), one.name(), one.media_type())) return wrong;
    for (int before = 0; before < i; ++before) {
      if (named[before].sha256() != one.sha256()) continue;
      return rejection(Refusal::kAttachmentInvalid, "sha256: the same file is named twice");
    }
  }
  return std::nullopt;
}

Checked name_attachments(const Case& subject, bool here, NamedAttachments& named) {
  NamedAttachments all;
  for (const Attachment& attachment : subject.attachments) {
    if (is_waiting(attachment)) add_named(attachment, &all);
  }
  for (const v1::Attachment& again : named) {
    if (is_named(all, again.sha256())) continue;
    const Attachment* known = find_ours(subject, again.sha256());
    if (known == nullptr) {
      return rejection(Refusal::kAttachmentUnknown, "form.attachments: upload the file first");
    }
    add_named(*known, &all);
  }
  for (const v1::Attachment& one : all) {
    if (!here || is_here(subject, find_ours(subject, one.sha256())->sha256)) continue;
    return rejection(Refusal::kAttachmentUnknown, "form.attachments: a file's bytes are not here");
  }
  const auto count = static_cast<size_t>(all.size());
  if (auto wrong = check_room(subject, count, count - count_waiting(subject))) return wrong;
  named.Swap(&all);
  return std::nullopt;
}

void attach(const v1::AttachmentInput& input, bool here, Case& subject) {
  Attachment attachment;
  attachment.sha256 = *file_of(input);
  attachment.size = input.size();
  attachment.name = input.name();
  attachment.media_type = input.media_type();
  attachment.ours = true;
  subject.attachments.push_back(std::move(attachment));
  // A file that the peer names, too, need not be asked for any more.
  if (here) set_content(subject.attachments.back().sha256, Attachment::Content::kHere, subject);
}

void detach(const v1::AttachmentInput& input, Case& subject) {
  const auto file = file_of(input);
  std::erase_if(subject.attachments, [&](const Attachment& attachment) {
    return is_waiting(attachment) && file && attachment.sha256 == *file;
  });
}

void bind_attachments(const NamedAttachments& named, uint32_t version, Case& subject) {
  for (const v1::Attachment& one : named) {
    const Digest file = *to_array<32>(one.sha256());
    const bool here = is_here(subject, file);
    std::erase_if(subject.attachments, [&](const Attachment& attachment) {
      return is_waiting(attachment) && attachment.sha256 == file;
    });
    Attachment& bound = subject.attachments.emplace_back(read(one, file, version));
    bound.ours = true;
    if (here) bound.content = Attachment::Content::kHere;
  }
}

void bind_waiting(Case& subject) {
  for (Attachment& attachment : subject.attachments) {
    if (is_waiting(attachment)) attachment.bound = true;
  }
}

void add_of_letter(const Case& subject, NamedAttachments* out) {
  for (const Attachment& attachment : subject.attachments) {
    if (attachment.ours && attachment.bound && attachment.version == 0) add_named(attachment, out);
  }
}

void take_attachments(const NamedAttachments& named, uint32_t version, Case& subject) {
  for (const v1::Attachment& one : named) {
    const Digest file = *to_array<32>(one.sha256());
    const bool here = is_here(subject, file);
    Attachment& taken = subject.attachments.emplace_back(read(one, file, version));
    if (here) taken.content = Attachment::Content::kHere;
  }
}

void set_content(const Digest& file, Attachment::Content content, Case& subject) {
  for (Attachment& attachment : subject.attachments) {
    if (attachment.sha256 == file) attachment.content = content;
  }
}

bool lacks_attachment(const Case& subject) {
  if (is_terminal(subject.relationship)) return false;
  const uint32_t newest = subject.side == Side::kIn ? subject.form_version : 0;
  return std::ranges::any_of(subject.attachments, [&](const Attachment& attachment) {
    return !attachment.ours && attachment.version == newest &&
           attachment.content != Attachment::Content::kHere;
  });
}

const Attachment* find_here(const Case& subject, const Digest& file) {
  for (const Attachment& attachment : subject.attachments) {
    if (attachment.sha256 == file && attachment.content == Attachment::Content::kHere) {
      return &attachment;
    }
  }
  return nullptr;
}

void fill_from_known(const Case& subject, v1::AttachmentInput* input) {
  const auto file = file_of(*input);
  const Attachment* known = file ? find_here(subject, *file) : nullptr;
  input->set_size(known != nullptr ? known->size : 0);
  if (known == nullptr) return;
  if (input->name().empty()) input->set_name(known->name);
  if (input->media_type().empty()) input->set_media_type(known->media_type);
}

}  // namespace jiexu
