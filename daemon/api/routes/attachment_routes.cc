// Routes of files that go with a letter or form. They are never in memory as a whole: an upload is
// handed to the engine piece by piece, each asked for when the one before it is durable; a download
// is read from the store as the client takes it.
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/attachments/attachment_store.h"
#include "daemon/base/bytes.h"
#include "daemon/trust/digest.h"

namespace jiexu {
namespace {

// By its number in the case or by its hash; of several with one hash any is as good.
const Attachment* find_attachment(const Case& subject, std::string_view wanted) {
  size_t n = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), n);
  const bool numeric = error == std::errc() && end == wanted.data() + wanted.size();
  if (numeric && n > 0 && n <= subject.attachments.size()) return &subject.attachments[n - 1];
  const auto bytes = from_hex(wanted);
  for (const Attachment& attachment : subject.attachments) {
    if (bytes && *bytes == view(attachment.sha256)) return &attachment;
  }
  return nullptr;
}

// RFC 5987: everything but letters and digits as percent and hex.
std::string extended_value(const std::string& name) {
  std::string out = "UTF-8''";
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<uint8_t>(c)) != 0;
    out += plain ? std::string(1, c) : "%" + to_hex({&c, 1});
  }
  return out;
}

// The file comes from another agency: a browser must save it, and run nothing in it.
HttpResponse download(const Attachment& attachment) {
  HttpResponse response;
  response.content_type = attachment.media_type;
  response.headers = {
      {"Content-Disposition", "attachment; filename*=" + extended_value(attachment.name)},
      {"Content-Security-Policy", "sandbox"}};
  response.size = attachment.size;
  return response;
}

}  // namespace

void Api::list_attachments(Call call) {
  if (const std::optional<Case> subject = find_case(call)) reply(call, attachment_views(*subject));
}

void Api::show_attachment(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  const Attachment* found = find_attachment(*subject, call.args[1]);
  if (found == nullptr) {
    return reply(call, problem_response(404, "no_such_attachment",
                                        "the case's `attachments` lists those that there are"));
  }
  if (found->content != Attachment::Content::kHere) {
    return reply(call, problem_response(409, "attachment_not_here",
                                        "its bytes are " + std::string(name(found->content)) +
                                            "; `content` of the case's attachments says more"));
  }
  HttpResponse response = download(*found);
  response.pieces = [this, id = subject->id, file = found->sha256, size = found->size,
                     n = uint32_t{0}]() mutable -> std::optional<std::string> {
    if (n == piece_count(size)) return "";
    const auto piece = read_piece(records_, id, file, n);
    if (!piece || !*piece || (*piece)->size() != piece_size(size, n)) return std::nullopt;
    n += 1;
    return **piece;
  };
  reply(call, std::move(response));
}

// One PUT on its way.
struct Api::Upload {
  Call call;
  CaseId id;
  std::shared_ptr<v1::AttachmentInput> file;
  Digest wanted{};
  uint64_t session = 0;
  uint64_t left = 0;
  uint32_t piece = 0;
  Sha256 hash;
};

void Api::put_attachment(Call call) {
  const auto bytes = from_hex(call.args[1]);
  const auto wanted = bytes ? to_array<32>(*bytes) : std::nullopt;
  if (!wanted) {
    return reply(call, problem_response(400, "bad_digest",
                                        "the path ends in the file's SHA-256, 64 hex digits"));
  }
  const auto size = call.request.stream ? call.request.stream->size() : std::nullopt;
  if (!size) {
    return reply(call, problem_response(411, "length_required", "send a Content-Length"));
  }
  if (*size > limits::kAttachmentBytesMax) {
    return reply(call, problem_response(413, "body_too_large", "a file has at most 20 MiB"));
  }
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  if (!works_on(call.user, subject->side)) return reply(call, lacks_side(subject->side));
  auto upload = std::make_shared<Upload>();
  upload->id = subject->id;
  upload->wanted = *wanted;
  upload->session = ++uploads_;
  upload->left = *size;
  upload->file = std::make_shared<v1::AttachmentInput>();
  upload->file->set_sha256(to_hex(view(*wanted)));
  upload->file->set_size(*size);
  upload->file->set_name(call.query["name"]);
  upload->file->set_media_type(call.query["type"].empty() ? "application/octet-stream"
                                                          : call.query["type"]);
  upload->call = std::move(call);
  upload_next(upload);
}

void Api::upload_next(const std::shared_ptr<Upload>& upload) {
  const size_t next = std::min<uint64_t>(upload->left, limits::kPieceBytes);
  upload->call.request.stream->read(next, [this, upload, next](std::optional<std::string> content) {
    const bool whole = content && content->size() == next;
    if (whole) upload_piece(upload, std::move(*content));
  });
}

void Api::upload_piece(const std::shared_ptr<Upload>& upload, std::string content) {
  upload->hash.add(content);
  upload->left -= content.size();
  const bool last = upload->left == 0;
  if (last && upload->hash.digest() != upload->wanted) {
    return reply(upload->call,
                 problem_response(400, "attachment_digest",
                                  "the bytes that came do not have the SHA-256 of the path"));
  }
  const auto heard = [this, upload, last](CaseReply&& answer) {
    if (!answer.rejection && !last) return upload_next(upload);
    upload->call.respond([copy = std::make_shared<const CaseReply>(std::move(answer))] {
      return action_response(*copy, 200);
    });
  };
  UploadCommand piece{upload->id, upload->file, upload->session, upload->piece++,
                      std::move(content)};
  post(upload->call, make_command(upload->call.user.name, std::move(piece), heard));
}

}  // namespace jiexu
