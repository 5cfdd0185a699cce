// jiexu bank import, files, lines, match, set-aside.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/trust/digest.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/bank_preview.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr size_t kPartBytesMax = limits::kHttpBodyBytesMax / 2;
constexpr int kPartSendings = 3;
constexpr std::chrono::milliseconds kBookingPause{300};
constexpr size_t kLineShown = 16;            // hex digits of a line's id
constexpr const char* kBooking = "booking";  // state of a file whose lines are being booked

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
  text += "\n";
  for (const v1::OutcomeCount& counted : view.outcomes()) {
    text += "  " + called("outcome.", counted.outcome()) + ": " + std::to_string(counted.lines()) +
            "\n";
  }
  return text;
}

// Until every line of the file is booked, or the daemon does not answer.
Result<v1::BankFileView> wait_until_booked(const Session& session, v1::BankFileView view) {
  Meter meter(say("lines booked"), view.lines());
  while (view.state() == kBooking) {
    meter.show(view.booked());
    std::this_thread::sleep_for(kBookingPause);
    TRY(const auto reply, session.ask("GET", "/v1/bank/files"));
    v1::BankFileViews views;
    if (reply.status != 200 || !from_json(reply.body, &views)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    const std::string digest = view.digest();
    const auto now = std::ranges::find(views.files(), digest, &v1::BankFileView::digest);
    if (now == views.files().end()) break;
    view = *now;
  }
  return view;
}

int print_imported(const Session& session, v1::BankFileView view, bool waits) {
  if (waits) {
    const auto booked = wait_until_booked(session, view);
    if (!booked) return report(booked.error());
    view = *booked;
  }
  std::cout << (session.json ? to_json(view) + "\n" : file_text(view));
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

void print_files(const std::string& body) {
  v1::BankFileViews views;
  if (!from_json(body, &views)) return;
  for (const v1::BankFileView& view : views.files()) std::cout << file_text(view);
}

void print_lines(const std::string& body) {
  v1::BankLineViews views;
  if (!from_json(body, &views)) return;
  Table table({"LINE", "AGE", "OUTCOME", "AMOUNT", "FROM", "REMARK", "CASES", "WHAT TO DO"});
  for (const v1::BankLineView& line : views.lines()) {
    std::string cases;
    for (const v1::AllocationView& part : line.to()) cases += short_case(part.case_id()) + " ";
    for (const std::string& id : line.proposals()) cases += short_case(id) + "? ";
    std::string what_to_do = say(line.what_to_do());
    if (!line.may_repeat().empty()) {
      what_to_do += say(" (known: {line})", {{"line", line.may_repeat().substr(0, kLineShown)}});
    }
    table.add({line.line_id().substr(0, kLineShown), age(line.age_ms()),
               called("outcome.", line.outcome()), yuan(line.amount_fen()),
               line.counterparty_name(), line.remark(), cases, what_to_do});
  }
  std::cout << table.text();
  print_more(views.next());
}

void print_settled(const std::string& body) {
  v1::BankLineResults results;
  if (!from_json(body, &results)) return;
  for (const v1::BankLineResult& result : results.results()) {
    std::cout << called("outcome.", result.outcome()) << "\n";
  }
}

constexpr size_t kLineIdSize = 64;

// The id of the one waiting line that begins with `start`, which `bank lines` shows.
Result<std::string> full_line_id(const Session& session, const std::string& start) {
  if (start.size() == kLineIdSize) return start;
  std::vector<std::string> found;
  for (std::string after; found.size() < 2;) {
    TRY(const auto reply, session.ask("GET", "/v1/bank/lines?limit=500&after=" + after));
    v1::BankLineViews views;
    if (!from_json(reply.body, &views)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    for (const v1::BankLineView& line : views.lines()) {
      if (line.line_id().starts_with(start)) found.push_back(line.line_id());
    }
    after = views.next();
    if (after.empty()) break;
  }
  if (found.size() == 1) return found.front();
  return fail(found.empty() ? Errc::kNotFound : Errc::kInvalid,
              say(found.empty() ? "{line}: no line that waits begins so; see jiexu bank lines"
                                : "{line}: several lines begin so; give more of it",
                  {{"line", start}}));
}

int settle_line(const Session& session, const std::string& start, const std::string& how,
                const std::string& body) {
  const auto line = full_line_id(session, start);
  if (!line) return report(line.error());
  return session.show("POST", "/v1/bank/lines/" + percent(*line) + "/" + how, body, print_settled);
}

struct Settle {
  std::string line;
  std::vector<std::string> to;  // CASE=YUAN
  std::string note;
  bool noticed = false;
};

Result<std::string> match_body(const Session& session, const Settle& settle) {
  v1::MatchInput input;
  input.set_noticed(settle.noticed);
  input.set_note(settle.note);
  for (const std::string& share : settle.to) {
    const size_t equals = share.find('=');
    const auto amount =
        equals == share.npos ? std::nullopt : Fen::parse_yuan(share.substr(equals + 1));
    const std::string whose = share.substr(0, equals);
    const size_t slash = std::min(whose.find('/'), whose.size());
    const std::string digits = slash < whose.size() ? whose.substr(slash + 1) : "0";
    uint32_t attempt = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), attempt);
    if (!amount || digits.empty() || read.ptr != digits.data() + digits.size()) {
      return fail(Errc::kInvalid, share +
                                      ": write CASE=YUAN, such as ID=1234.56, or of payment 2 "
                                      "of the case ID/2=1234.56");
    }
    TRY(const auto id, case_named(session, whose.substr(0, slash)));
    v1::AllocationView* part = input.add_to();
    part->set_case_id(id);
    part->set_attempt(attempt);
    part->set_amount_fen(amount->value);
  }
  return to_json(input);
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
  files.callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/bank/files", "", print_files); };
  });
}

void add_lines_command(Command group, Session& session) {
  Command command = group.add_command("lines", "Postings that wait for somebody, oldest first",
                                      "jiexu bank lines --queue no_case");
  const auto queue = std::make_shared<std::string>();
  const auto after = std::make_shared<std::string>();
  command.add_option("--queue", *queue, "Only this outcome, such as amount_differs");
  command.add_option("--after", *after, "Go on from here");
  command.callback([&session, queue, after] {
    session.run = [&session, queue, after] {
      std::string target = "/v1/bank/lines?after=" + percent(*after);
      if (!queue->empty()) target += "&queue=" + percent(*queue);
      return session.show("GET", target, "", print_lines);
    };
  });
}

void add_settle(Command group, Session& session) {
  Command match =
      group.add_command("match", "Say to which cases the money of a line belongs",
                        "jiexu bank match LINE CASE=1234.56 --note \"asked the payer\"");
  const auto settle = std::make_shared<Settle>();
  match.add_option("line", settle->line, "The line's id, or how it begins").required();
  Option to = match.add_option(
      "to", settle->to,
      "CASE=YUAN, once for each case; CASE/2=YUAN: of its payment 2, paid or come back");
  match
      .add_flag("--noticed", settle->noticed,
                "To every case of its batch whose notice is here; the rest waits on")
      .excludes(to);
  match.add_option("--note", settle->note, "Why");
  match.callback([&session, settle] {
    session.run = [&session, settle] {
      const auto body = match_body(session, *settle);
      if (!body) return report(body.error());
      return settle_line(session, settle->line, "match", *body);
    };
  });
  Command aside = group.add_command("set-aside", "Say that a line is no money of a case, and why",
                                    "jiexu bank set-aside LINE --note \"interest of the account\"");
  const auto other = std::make_shared<Settle>();
  aside.add_option("line", other->line, "The line's id, or how it begins").required();
  aside.add_option("--note", other->note, "Why").required();
  aside.callback([&session, other] {
    session.run = [&session, other] {
      v1::SetAsideInput input;
      input.set_note(other->note);
      return settle_line(session, other->line, "set-aside", to_json(input));
    };
  });
}

}  // namespace

void add_bank_files(Command group, Session& session) {
  add_import(group, session);
  add_lines_command(group, session);
  add_settle(group, session);
}

}  // namespace jiexu::cli
