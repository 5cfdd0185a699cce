// jiexu case attach, attachments, attachment: files that go with a letter or form.
#include <array>
#include <fstream>
#include <iostream>

#include "daemon/base/bytes.h"
#include "daemon/trust/digest.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"
#include "storage/file.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

struct AttachmentOptions {
  std::string id;
  std::string file;
  std::string name;
  std::string type;
  std::string n;
  std::string out;
};

// What is scanned and sealed; anything else travels as bytes.
std::string type_of(const fs::path& file) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".pdf", "application/pdf"}, {".ofd", "application/ofd"}, {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},     {".png", "image/png"},       {".tif", "image/tiff"},
      {".tiff", "image/tiff"},     {".xml", "application/xml"}, {".txt", "text/plain"}};
  std::string extension = file.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<uint8_t>(c)));
  for (const auto& [known, type] : kTypes) {
    if (known == extension) return std::string(type);
  }
  return "application/octet-stream";
}

Result<std::string> sha256_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::kNotFound, file.string() + ": cannot be opened");
  Sha256 hash;
  std::array<char, 1 << 16> piece;
  while (in) {
    in.read(piece.data(), piece.size());
    hash.add({piece.data(), static_cast<size_t>(in.gcount())});
  }
  if (in.bad()) return fail(Errc::kIo, file.string() + ": cannot be read");
  return to_hex(view(hash.digest()));
}

std::string path_of(const AttachmentOptions& options) {
  return "/v1/cases/" + percent(options.id) + "/attachments";
}

// The options with the case by its id.
Result<AttachmentOptions> with_id(const Session& session, const AttachmentOptions& options) {
  AttachmentOptions named = options;
  TRY(named.id, case_named(session, options.id));
  return named;
}

using AttachmentCommand = int (*)(const Session& session, const AttachmentOptions& options);

int run_named(const Session& session, const AttachmentOptions& options, AttachmentCommand command) {
  const auto named = with_id(session, options);
  return named ? command(session, *named) : report(named.error());
}

void print_attachments(const google::protobuf::RepeatedPtrField<v1::AttachmentView>& all) {
  if (all.empty()) std::cout << say("The case has no files.") << "\n";
  if (!all.empty()) std::cout << attachments_text(all);
}

int attach(const Session& session, const AttachmentOptions& options) {
  const fs::path file = options.file;
  const Result<std::string> sha256 = sha256_of(file);
  if (!sha256) return report(sha256.error());
  const std::string name = options.name.empty() ? file.filename().string() : options.name;
  const std::string type = options.type.empty() ? type_of(file) : options.type;
  const Result<Reply> reply = session.upload(
      path_of(options) + "/" + *sha256 + "?name=" + percent(name) + "&type=" + percent(type), file);
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::CaseView view;
  if (session.json || !from_json(reply->body, &view)) {
    std::cout << reply->body << "\n";
    return EX_OK;
  }
  std::cout << say("Attached: it goes with what is sent next.") << "\n";
  print_attachments(view.attachments());
  return EX_OK;
}

int list_attachments(const Session& session, const AttachmentOptions& options) {
  return session.show("GET", path_of(options), "", [](const std::string& body) {
    v1::AttachmentViews views;
    if (from_json(body, &views)) print_attachments(views.attachments());
  });
}

// The hash that the case names for attachment number n.
Result<std::string> named_hash(const Session& session, const AttachmentOptions& options) {
  TRY(const auto reply, session.ask("GET", path_of(options)));
  v1::AttachmentViews views;
  if (reply.status != 200 || !from_json(reply.body, &views)) return std::string();
  for (const v1::AttachmentView& one : views.attachments()) {
    if (std::to_string(one.n()) == options.n || one.sha256() == options.n) return one.sha256();
  }
  return std::string();
}

// The file appears under its name only when it is whole and is the one that the case names.
int fetch(const Session& session, const AttachmentOptions& options) {
  const Result<std::string> named = named_hash(session, options);
  if (!named) return report(named.error());
  const fs::path fresh = options.out + ".new";
  std::error_code error;
  const Result<Reply> reply = session.download(path_of(options) + "/" + percent(options.n), fresh);
  if (!reply || reply->status >= 400) {
    fs::remove(fresh, error);
    return reply ? report_problem(*reply) : report(reply.error());
  }
  const Result<std::string> sha256 = sha256_of(fresh);
  if (!sha256) return report(sha256.error());
  if (*sha256 != *named) {
    fs::remove(fresh, error);
    return report(EX_DATAERR, "what came is not the file that the case names");
  }
  if (Result<void> synced = sync_path(fresh); !synced) return report(synced.error());
  fs::rename(fresh, options.out, error);
  if (error) return report(EX_CANTCREAT, options.out + ": " + error.message());
  std::cout << options.out << "  SHA-256 " << *sha256 << "\n";
  return EX_OK;
}

}  // namespace

void add_attachments(Command case_group, Session& session) {
  const auto options = std::make_shared<AttachmentOptions>();
  Command up = case_group.add_command("attach", "Attach a file to the next letter or form",
                                      "jiexu case attach ID stamped-form.pdf");
  up.add_option("id", options->id, "The case").required();
  up.add_option("file", options->file, "At most 20 MiB").required();
  up.add_option("--name", options->name, "What it is called; else as the file is");
  up.add_option("--type", options->type, "Media type; else by the file's ending");
  up.callback([&session, options] {
    session.run = [&session, options] { return run_named(session, *options, attach); };
  });
  Command all =
      case_group.add_command("attachments", "The files of a case", "jiexu case attachments ID");
  all.add_option("id", options->id, "The case").required();
  all.callback([&session, options] {
    session.run = [&session, options] { return run_named(session, *options, list_attachments); };
  });
  Command down = case_group.add_command("attachment", "Save a file of a case",
                                        "jiexu case attachment ID 1 --out form.pdf");
  down.add_option("id", options->id, "The case").required();
  down.add_option("n", options->n, "Its number, or its SHA-256").required();
  down.add_option("--out", options->out, "Where to").required();
  down.callback([&session, options] {
    session.run = [&session, options] { return run_named(session, *options, fetch); };
  });
}

}  // namespace jiexu::cli
