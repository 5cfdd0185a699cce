// jiexu bank import, files.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "daemon/api/cursor.h"
#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/trust/digest.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/bank_file_show.h"
#include "ops/cli/bank_preview.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr size_t kPartBytesMax = limits::kHttpBodyBytesMax / 2;
constexpr int kPartSendings = 3;
constexpr size_t kFilesShown = 100;
constexpr std::chrono::milliseconds kBookingPause{300};

// Sends a file's lines in parts as they are read; what the daemon has already is passed over.
class Sender {
 public:
  Sender(const Session& session, std::string digest, v1::BankFileInput header)
      : session_(session),
        target_("/v1/bank/files/" + digest),
        header_(std::move(header)),
        meter_(say("lines sent"), header_.lines_total()) {}

  Result<void> add(const v1::BankLine& line) {
    if (part_.lines().empty()) part_.set_first(count_);
    ++count_;
    *part_.add_lines() = line;
    bytes_ += line.ByteSizeLong();
    const bool full = static_cast<size_t>(part_.lines_size()) == limits::kBankChunkLinesMax ||
                      bytes_ > kPartBytesMax;
    return full ? flush() : Result<void>();
  }

  Result<void> flush() {
    const uint64_t end = count_;
    if (part_.lines().empty() || end <= staged_) {
      part_.Clear();
      bytes_ = 0;
      return {};
    }
    if (part_.first() < staged_) {
      part_.mutable_lines()->DeleteSubrange(0, static_cast<int>(staged_ - part_.first()));
      part_.set_first(staged_);
    }
    part_.set_name(header_.name());
    part_.set_lines_total(header_.lines_total());
    part_.set_credited_fen(header_.credited_fen());
    part_.set_debited_fen(header_.debited_fen());
    if (part_.first() == 0) *part_.mutable_statements() = header_.statements();
    TRY(const auto reply, send_part());
    if (reply.status >= 400) {
      refused_ = reply;
      return fail(Errc::kInvalid, "refused");
    }
    from_json(reply.body, &view_);
    const bool moved = view_.staged() >= end || view_.staged() > staged_;
    staged_ = view_.staged();
    meter_.show(staged_);
    part_.Clear();
    bytes_ = 0;
    if (!moved) return fail(Errc::kBusy, "another import of this file runs; try again");
    return {};
  }

  const v1::BankFileView& view() const { return view_; }
  const std::optional<Reply>& refused() const { return refused_; }
  void clear_meter() { meter_.clear(); }

 private:
  // Again if the answer is lost: what has come of it is passed over.
  Result<Reply> send_part() const {
    const std::string body = part_.SerializeAsString();
    Result<Reply> reply = session_.ask("POST", target_, body, "application/x-protobuf");
    for (int i = 1; i < kPartSendings && !reply && reply.error().code == Errc::kIo; ++i) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      reply = session_.ask("POST", target_, body, "application/x-protobuf");
    }
    return reply;
  }

  const Session& session_;
  std::string target_;
  v1::BankFileInput header_;
  v1::BankFileInput part_;
  v1::BankFileView view_;
  std::optional<Reply> refused_;
  uint64_t count_ = 0;   // lines read
  uint64_t staged_ = 0;  // lines that the daemon has
  size_t bytes_ = 0;
  Meter meter_;
};

Result<std::string> digest_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::kNotFound, file + ": cannot be opened");
  Sha256 hash;
  std::string piece(256 << 10, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    hash.add(std::string_view(piece.data(), static_cast<size_t>(in.gcount())));
  }
  if (in.bad()) return fail(Errc::kIo, file + ": cannot be read to its end");
  return to_hex(view(hash.digest()));
}

// The list goes by digest: its page behind this place begins with the file.
std::string place_before(std::string digest) {
  for (auto digit = digest.rbegin(); digit != digest.rend(); ++digit) {
    const bool borrows = *digit == '0';
    *digit = borrows ? 'f' : *digit == 'a' ? '9' : static_cast<char>(*digit - 1);
    if (!borrows) break;
  }
  return digest;
}

// Until every line of the file is booked, or the daemon does not answer.
Result<v1::BankFileView> wait_until_booked(const Session& session, v1::BankFileView view) {
  Meter meter(say("lines booked"), view.lines());
  const std::string target =
      "/v1/bank/files?limit=1&after=" + percent(cursor_text(place_before(view.digest())));
  while (view.state() == kBookingState) {
    meter.show(view.booked());
    std::this_thread::sleep_for(kBookingPause);
    TRY(const auto reply, session.ask("GET", target));
    v1::BankFileViews views;
    if (reply.status != 200 || !from_json(reply.body, &views)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    if (views.files().empty() || views.files(0).digest() != view.digest()) break;
    view = views.files(0);
  }
  return view;
}

void print_imported(const Session& session, const v1::BankFileView& view) {
  std::cout << file_text(view) << next_text(view, session.command());
  if (view.state() == kBookingState) {
    std::cout << say("The daemon goes on booking it; `jiexu bank files` says how far it is.")
              << "\n";
  }
}

struct ImportOptions {
  std::vector<std::string> files;
  std::string encoding;
  bool waits = false;
  bool keep_going = false;
};

// A file that was read to its end, so that one that breaks a rule is refused before a line of it is
// sent.
struct ReadFile {
  std::string file;
  std::string digest;
  v1::BankFileInput header;
};

// Error: the exit code, after saying what is wrong.
tl::expected<ReadFile, int> read_whole(const std::string& file, NoticeEncoding encoding) {
  const auto digest = digest_of_file(file);
  if (!digest) return tl::unexpected(report(digest.error()));
  ReadFile out{file, *digest, {}};
  out.header.set_name(std::filesystem::path(file).filename().string());
  BankFileReader counter([](v1::BankLine&) { return Result<void>(); }, encoding);
  const auto summary = read_bank_file(file, counter);
  if (!summary) return tl::unexpected(report(summary.error()));
  if (summary->lines == 0) {
    return tl::unexpected(
        report(EX_DATAERR, say("{file}: holds no posting that is booked", {{"file", file}})));
  }
  out.header.set_lines_total(summary->lines);
  out.header.set_credited_fen(summary->credited.value);
  out.header.set_debited_fen(summary->debited.value);
  for (const v1::Statement& statement : summary->parts) *out.header.add_statements() = statement;
  if (summary->unreadable > 0) {
    std::cerr << file << ": "
              << say("{n} cannot be read, and will wait alone; the first: {why}",
                     {{"n", std::to_string(summary->unreadable)}, {"why", summary->first_reason}})
              << "\n";
  }
  return out;
}

// Error: the exit code, after saying why.
tl::expected<v1::BankFileView, int> send_file(const Session& session, const ReadFile& read,
                                              NoticeEncoding encoding, bool waits) {
  Sender sender(session, read.digest, read.header);
  BankFileReader reader([&](v1::BankLine& line) { return sender.add(line); }, encoding);
  const auto sent = read_bank_file(read.file, reader);
  const auto done = sent ? sender.flush() : Result<void>(tl::unexpected(sent.error()));
  sender.clear_meter();
  if (sender.refused()) return tl::unexpected(report_problem(*sender.refused()));
  if (!done) {
    std::cerr << say("Import the file again: what the daemon has of it already is passed over.")
              << "\n";
    return tl::unexpected(report(done.error()));
  }
  if (!waits) return sender.view();
  const auto booked = wait_until_booked(session, sender.view());
  if (!booked) return tl::unexpected(report(booked.error()));
  return *booked;
}

std::string sums_text(const std::vector<ReadFile>& files) {
  std::string text;
  for (const ReadFile& read : files) {
    text += (text.empty() ? "" : "\n") + say("{file}: {n} lines, in {in}, out {out}, are imported.",
                                             {{"file", read.file},
                                              {"n", std::to_string(read.header.lines_total())},
                                              {"in", yuan(read.header.credited_fen())},
                                              {"out", yuan(read.header.debited_fen())}});
  }
  return text;
}

// Those that can be read. Error: the exit code; nothing is imported then.
tl::expected<std::vector<ReadFile>, int> read_all(const ImportOptions& options,
                                                  NoticeEncoding encoding, int& worst) {
  std::vector<ReadFile> good;
  for (const std::string& file : options.files) {
    auto read = read_whole(file, encoding);
    if (read) {
      good.push_back(std::move(*read));
      continue;
    }
    worst = read.error();
    if (options.keep_going) continue;
    if (options.files.size() > 1) {
      std::cerr << say("Nothing was imported; --keep-going imports the other files.") << "\n";
    }
    return tl::unexpected(worst);
  }
  return good;
}

void print_all(const Session& session, const ImportOptions& options,
               const v1::BankFileViews& views) {
  if (session.json) {
    const bool one = options.files.size() == 1;
    if (!one || !views.files().empty()) {
      std::cout << (one ? to_json(views.files(0)) : to_json(views)) << "\n";
    }
    return;
  }
  for (const v1::BankFileView& view : views.files()) print_imported(session, view);
  if (options.files.size() < 2) return;
  std::cerr << say("{n} of {all} files imported", {{"n", std::to_string(views.files_size())},
                                                   {"all", std::to_string(options.files.size())}})
            << "\n";
}

int import_files(const Session& session, const ImportOptions& options) {
  const auto encoding = notice_encoding(options.encoding);
  if (!encoding) return report(encoding.error());
  int worst = EX_OK;
  const auto good = read_all(options, *encoding, worst);
  if (!good) return good.error();
  if (good->empty()) return worst;
  if (const auto stops = session.stops_at("bank import", sums_text(*good))) return *stops;
  v1::BankFileViews views;
  for (const ReadFile& read : *good) {
    auto view = send_file(session, read, *encoding, options.waits);
    if (view) *views.add_files() = std::move(*view);
    if (!view) worst = view.error();
    if (!view && !options.keep_going) break;
  }
  print_all(session, options, views);
  return worst;
}

// What is held first, because it waits for people; then the newest.
int list_files(const Session& session, size_t limit) {
  std::vector<v1::BankFileView> files;
  v1::BankFileViews page;
  do {
    const auto reply = session.ask("GET", "/v1/bank/files?limit=500&after=" + percent(page.next()));
    if (!reply) return report(reply.error());
    page.Clear();
    const bool good = reply->status == 200 && from_json(reply->body, &page);
    if (!good) return report_problem(*reply);
    files.insert(files.end(), page.files().begin(), page.files().end());
  } while (!page.next().empty());
  std::ranges::stable_sort(files, [](const v1::BankFileView& a, const v1::BankFileView& b) {
    const bool held = a.state() == kHeldState;
    return held != (b.state() == kHeldState) ? held : a.at() > b.at();
  });
  const bool more = files.size() > limit;
  if (more) files.resize(limit);
  if (session.json) {
    v1::BankFileViews views;
    views.mutable_files()->Assign(files.begin(), files.end());
    std::cout << to_json(views) << "\n";
    return EX_OK;
  }
  for (const v1::BankFileView& view : files) {
    std::cout << view.digest() << "  " << day_and_time(view.at()) << "  " << file_text(view);
  }
  if (more) std::cout << say("... and more; give more to look for") << "\n";
  return EX_OK;
}

void add_import(Command group, Session& session) {
  Command command = group.add_command(
      "import", "Import a bank's files, each whole or not at all; again changes nothing",
      "jiexu bank import statement.xml\n"
      "jiexu bank import --keep-going inbox/*.xml");
  const auto options = std::make_shared<ImportOptions>();
  command.add_option("file", options->files, "camt.053, camt.054 or notices in 23 columns")
      .required();
  command.add_option("--encoding", options->encoding, "Of notices: utf-8 or gbk");
  command.add_flag("--wait", options->waits, "End when every line is booked");
  command.add_flag("--keep-going", options->keep_going,
                   "Leave out a file that cannot be imported, and import the others");
  command.callback([&session, options] {
    session.run = [&session, options] { return import_files(session, *options); };
  });
}

void add_files(Command group, Session& session) {
  Command files = group.add_command("files", "Files that were imported, and their outcomes",
                                    "jiexu bank files");
  const auto limit = std::make_shared<size_t>(kFilesShown);
  files.add_option("--limit", *limit, "How many, those that are held first, then the newest");
  files.callback([&session, limit] {
    session.run = [&session, limit] { return list_files(session, *limit); };
  });
}

}  // namespace

void add_bank_files(Command group, Session& session) {
  add_import(group, session);
  add_files(group, session);
  add_held_files(group, session);
}

}  // namespace jiexu::cli
