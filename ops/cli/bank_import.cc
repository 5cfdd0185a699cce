// jiexu bank import, files, take, put-aside, approve-take, retract-take.
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
#include "ops/cli/bank_preview.h"
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
// States of a file: its lines are being booked; it waits for two people.
constexpr const char* kBooking = "booking";
constexpr const char* kHeld = "held";
// Of a decision: the file is not taken.
constexpr const char* kAside = "set-aside";

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

// A statement of which there is something to say.
std::string statement_text(const v1::Statement& statement) {
  const bool both = statement.has_opening() && statement.has_closing();
  std::string text;
  if (both && statement.without_amount() == 0 &&
      statement.opening_fen() + statement.fen() != statement.closing_fen()) {
    text +=
        "  " +
        say("statement {id}: opening balance {opening}, lines {lines}, closing balance {closing}",
            {{"id", statement.id()},
             {"opening", yuan(statement.opening_fen())},
             {"lines", yuan(statement.fen())},
             {"closing", yuan(statement.closing_fen())}}) +
        "\n";
  }
  if (statement.gap_fen() != 0) {
    text += "  " +
            say("statement {id}: opens {amount} from where the one before has closed: one is "
                "missing, or they overlap",
                {{"id", statement.id()}, {"amount", yuan(statement.gap_fen())}}) +
            "\n";
  }
  return text;
}

std::string decision_text_of_file(const v1::LineDecisionView& decision) {
  std::string text = "  " +
                     say(decision.act() == kAside ? "to be put aside, says {user}: {note}"
                                                  : "to be taken as it is, says {user}: {note}",
                         {{"user", decision.proposed_by()}, {"note", decision.note()}}) +
                     "\n";
  if (!decision.replaced_by().empty()) {
    text += "    " + say("file {file} stands for it", {{"file", decision.replaced_by()}}) + "\n";
  }
  if (decision.approved_by().empty()) return text;
  return text + "    " + say("approved by {user}", {{"user", decision.approved_by()}}) + "\n";
}

std::string file_text(const v1::BankFileView& view) {
  std::string text = say("{file}: {n} lines, in {in}, out {out}, {state}",
                         {{"file", view.name()},
                          {"n", std::to_string(view.lines())},
                          {"in", yuan(view.credited_fen())},
                          {"out", yuan(view.debited_fen())},
                          {"state", called("import.", view.state())}});
  if (view.state() == kBooking) {
    text += say(" ({n} booked)", {{"n", std::to_string(view.booked())}});
  }
  if (!view.proof().empty()) {
    text += say(", {proof}", {{"proof", called("proof.", view.proof())}});
  }
  text += "\n";
  for (const v1::OutcomeCount& counted : view.outcomes()) {
    text += "  " + called("outcome.", counted.outcome()) + ": " + std::to_string(counted.lines()) +
            "\n";
  }
  for (const v1::Statement& statement : view.statements()) text += statement_text(statement);
  for (const v1::LineDecisionView& decision : view.decisions()) {
    text += decision_text_of_file(decision);
  }
  if (!view.replaces().empty()) {
    text += "  " + say("stands for file {file}", {{"file", view.replaces()}}) + "\n";
  }
  return text;
}

// What people have to do about a file that is held.
std::string next_text(const v1::BankFileView& view, const std::string& command) {
  const std::string file = " bank approve-take " + view.digest() + " --content ";
  const int last = view.decisions_size() - 1;
  if (last >= 0 && view.decisions(last).approved_by().empty()) {
    return say("Next, by somebody else who has looked:") + "\n  " + command + file +
           view.decisions(last).content() + "\n";
  }
  if (view.state() != kHeld) return "";
  std::string text =
      say(view.held_for() == "day"
              ? "Held: a line is booked on a day on which it cannot have been."
              : "Held: a statement's lines do not lead from its opening to its closing balance.");
  if (!view.why().empty()) text += "\n  " + say_in_pieces(view.why());
  return text + "\n" +
         say("Next: ask the bank for the right file; when that is here, put this aside:") + "\n  " +
         command + " bank put-aside " + view.digest() + " --replaced-by DIGEST --note WHY\n" +
         say("Or, to take it as it is:") + "\n  " + command + " bank take " + view.digest() +
         " --note WHY\n";
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
  while (view.state() == kBooking) {
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

int print_imported(const Session& session, v1::BankFileView view, bool waits) {
  if (waits) {
    const auto booked = wait_until_booked(session, view);
    if (!booked) return report(booked.error());
    view = *booked;
  }
  std::cout << (session.json ? to_json(view) + "\n"
                             : file_text(view) + next_text(view, session.command()));
  if (!session.json && view.state() == kBooking) {
    std::cout << say("The daemon goes on booking it; `jiexu bank files` says how far it is.")
              << "\n";
  }
  return EX_OK;
}

// The file is read twice: a file that breaks a rule is refused before a line of it is sent.
int import_file(const Session& session, const std::string& file, const std::string& encoding,
                bool waits) {
  const auto chosen = notice_encoding(encoding);
  if (!chosen) return report(chosen.error());
  const auto digest = digest_of_file(file);
  if (!digest) return report(digest.error());
  v1::BankFileInput header;
  header.set_name(std::filesystem::path(file).filename().string());
  BankFileReader counter([](v1::BankLine&) { return Result<void>(); }, *chosen);
  const auto summary = read_bank_file(file, counter);
  if (!summary) return report(summary.error());
  header.set_lines_total(summary->lines);
  header.set_credited_fen(summary->credited.value);
  header.set_debited_fen(summary->debited.value);
  for (const v1::Statement& statement : summary->parts) *header.add_statements() = statement;
  if (summary->lines == 0) {
    return report(EX_DATAERR, say("{file}: holds no posting that is booked", {{"file", file}}));
  }
  Sender sender(session, *digest, header);
  BankFileReader reader([&](v1::BankLine& line) { return sender.add(line); }, *chosen);
  const auto sent = read_bank_file(file, reader);
  const auto done = sent ? sender.flush() : Result<void>(tl::unexpected(sent.error()));
  sender.clear_meter();
  if (sender.refused()) return report_problem(*sender.refused());
  if (!done) {
    std::cerr << say("Import the file again: what the daemon has of it already is passed over.")
              << "\n";
    return report(done.error());
  }
  return print_imported(session, sender.view(), waits);
}

int send_take(const Session& session, const std::string& file, const std::string& how,
              const std::string& body) {
  return session.show("POST", "/v1/bank/files/" + percent(file) + "/take" + how, body,
                      [&](const std::string& answer) {
                        v1::BankFileView view;
                        if (!from_json(answer, &view)) return;
                        std::cout << file_text(view) << next_text(view, session.command());
                      });
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
    const bool held = a.state() == kHeld;
    return held != (b.state() == kHeld) ? held : a.at() > b.at();
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
      "import", "Import a bank's file, whole or not at all; again changes nothing",
      "jiexu bank import statement.xml");
  const auto file = std::make_shared<std::string>();
  const auto encoding = std::make_shared<std::string>();
  command.add_option("file", *file, "camt.053, camt.054 or notices in 23 columns").required();
  command.add_option("--encoding", *encoding, "Of notices: utf-8 or gbk");
  const auto waits = std::make_shared<bool>(false);
  command.add_flag("--wait", *waits, "End when every line is booked");
  command.callback([&session, file, encoding, waits] {
    session.run = [&session, file, encoding, waits] {
      return import_file(session, *file, *encoding, *waits);
    };
  });
  Command files = group.add_command("files", "Files that were imported, and their outcomes",
                                    "jiexu bank files");
  const auto limit = std::make_shared<size_t>(kFilesShown);
  files.add_option("--limit", *limit, "How many, those that are held first, then the newest");
  files.callback([&session, limit] {
    session.run = [&session, limit] { return list_files(session, *limit); };
  });
}

struct TakeOptions {
  std::string file;
  std::string note;
  std::string content;
  std::string replaced_by;
};

void add_put_aside(Command group, Session& session) {
  const auto options = std::make_shared<TakeOptions>();
  Command aside = group.add_command(
      "put-aside", "Propose that no line of a file that is held is booked",
      "jiexu bank put-aside DIGEST --replaced-by DIGEST --note \"the bank has sent another\"");
  aside.add_option("file", options->file, "Its digest, as `bank files` shows it").required();
  aside.add_option("--note", options->note, "How it is known").required();
  aside.add_option("--replaced-by", options->replaced_by,
                   "Digest of the file that stands for it, if there is one");
  aside.callback([&session, options] {
    session.run = [&session, options] {
      v1::TakeFileInput input;
      input.set_note(options->note);
      input.set_set_aside(true);
      input.set_replaced_by(options->replaced_by);
      return send_take(session, options->file, "", to_json(input));
    };
  });
}

void add_take(Command group, Session& session) {
  const auto options = std::make_shared<TakeOptions>();
  Command take = group.add_command(
      "take", "Propose to take a file that is held as it is",
      "jiexu bank take DIGEST --note \"the bank says that the balance is wrong\"");
  take.add_option("file", options->file, "Its digest, as `bank files` shows it").required();
  take.add_option("--note", options->note, "How it is known").required();
  take.callback([&session, options] {
    session.run = [&session, options] {
      v1::TakeFileInput input;
      input.set_note(options->note);
      return send_take(session, options->file, "", to_json(input));
    };
  });
  add_put_aside(group, session);
  Command yes =
      group.add_command("approve-take", "Approve what another person has proposed, as it was shown",
                        "jiexu bank approve-take DIGEST --content DIGEST");
  yes.add_option("file", options->file, "Its digest").required();
  yes.add_option("--content", options->content, "As `bank take` shows it").required();
  yes.callback([&session, options] {
    session.run = [&session, options] {
      v1::ApproveLineInput input;
      input.set_content(options->content);
      return send_take(session, options->file, "/approve", to_json(input));
    };
  });
  Command no =
      group.add_command("retract-take", "Drop a proposal", "jiexu bank retract-take DIGEST");
  no.add_option("file", options->file, "Its digest").required();
  no.callback([&session, options] {
    session.run = [&session, options] {
      return send_take(session, options->file, "/retract", "{}");
    };
  });
}

}  // namespace

void add_bank_files(Command group, Session& session) {
  add_import(group, session);
  add_take(group, session);
}

}  // namespace jiexu::cli
