// jiexu bank take, put-aside, approve-take, retract-take: files that are held until two people have
// looked.
#include <iostream>

#include "ops/cli/bank_file_show.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/say.h"
#include "ops/cli/second_person.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

int send_take(const Session& session, const std::string& file, const std::string& how,
              const std::string& body) {
  return session.show("POST", "/v1/bank/files/" + percent(file) + "/take" + how, body,
                      [&](const std::string& answer) {
                        v1::BankFileView view;
                        if (!from_json(answer, &view)) return;
                        std::cout << file_text(view) << next_text(view, session.command());
                      });
}

// The file whose digest begins so.
Result<v1::BankFileView> file_named(const Session& session, const std::string& start) {
  v1::BankFileViews page;
  do {
    TRY(const auto reply,
        session.ask("GET", "/v1/bank/files?limit=500&after=" + percent(page.next())));
    page.Clear();
    if (reply.status != 200 || !from_json(reply.body, &page)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    for (const v1::BankFileView& view : page.files()) {
      if (start.size() >= kDigestShown && view.digest().starts_with(start)) return view;
    }
  } while (!page.next().empty());
  return fail(Errc::kNotFound, say("{file}: no file has this digest; `jiexu bank files` shows them",
                                   {{"file", start}}));
}

Result<Waiting> waiting_take(const Session& session, const std::string& start) {
  TRY(const auto view, file_named(session, start));
  const int last = view.decisions_size() - 1;
  const bool waits = last >= 0 && view.decisions(last).approved_by().empty();
  return Waiting{view.digest(), waits ? view.decisions(last).content() : "", file_text(view)};
}

constexpr const char* kFileHelp = "The first 8 or more of its digest, as `bank files` shows it";

struct AsideOptions {
  std::string file;
  std::string note;
  std::string replaced_by;
};

int put_aside(const Session& session, const AsideOptions& options) {
  const auto view = file_named(session, options.file);
  if (!view) return report(view.error());
  v1::TakeFileInput input;
  input.set_note(options.note);
  input.set_set_aside(true);
  if (!options.replaced_by.empty()) {
    const auto other = file_named(session, options.replaced_by);
    if (!other) return report(other.error());
    input.set_replaced_by(other->digest());
  }
  return send_take(session, view->digest(), "", to_json(input));
}

void add_put_aside(Command group, Session& session) {
  const auto options = std::make_shared<AsideOptions>();
  Command aside = group.add_command(
      "put-aside", "Propose that no line of a file that is held is booked",
      "jiexu bank put-aside 3f2a9c4e --replaced-by 5f0c2a1b --note \"the bank has sent another\"");
  aside.add_option("file", options->file, kFileHelp).required();
  add_note(aside, options->note);
  aside.add_option("--replaced-by", options->replaced_by,
                   "Digest of the file that stands for it, if there is one");
  aside.callback([&session, options] {
    session.run = [&session, options] { return put_aside(session, *options); };
  });
}

void add_take(Command group, Session& session) {
  const auto file = std::make_shared<std::string>();
  const auto note = std::make_shared<std::string>();
  Command take = group.add_command(
      "take", "Propose to take a file that is held as it is",
      "jiexu bank take 3f2a9c4e --note \"the bank says that the balance is wrong\"");
  take.add_option("file", *file, kFileHelp).required();
  add_note(take, *note);
  take.callback([&session, file, note] {
    session.run = [&session, file, note] {
      const auto view = file_named(session, *file);
      if (!view) return report(view.error());
      v1::TakeFileInput input;
      input.set_note(*note);
      return send_take(session, view->digest(), "", to_json(input));
    };
  });
  SecondPerson second;
  second.group = "bank";
  second.act = "take";
  second.place = "file";
  second.place_help = kFileHelp;
  second.example = "5f0c2a1b";
  second.find = [&session](const std::string& start) { return waiting_take(session, start); };
  second.send = [&session](const std::string& digest, const std::string& how,
                           const std::string& body) {
    return send_take(session, digest, "/" + how, body);
  };
  add_second_person(group, session, second);
}

}  // namespace

void add_held_files(Command group, Session& session) {
  add_put_aside(group, session);
  add_take(group, session);
}

}  // namespace jiexu::cli
