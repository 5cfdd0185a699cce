#include "ops/cli/store_words.h"

#include <pwd.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "daemon/open_store.h"
#include "daemon/trust/keyring.h"
#include "jiexu/v1/record.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/second_person.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::cli {
namespace {

// A line of the description.
void entry_line(const std::string& what, const std::string& value) {
  constexpr size_t kColumns = 18;
  std::cout << padded(say(what), kColumns) << value << "\n";
}

void print_word(const v1::StoreWordView& word) {
  const std::string who =
      word.approved_by().empty()
          ? word.proposed_by()
          : say("{who} and {other}", {{"who", word.proposed_by()}, {"other", word.approved_by()}});
  std::cout << say("{what} {time}, by {who}: {note}", {{"what", called("word.", word.what())},
                                                       {"time", day_and_time(word.at())},
                                                       {"who", who},
                                                       {"note", word.note()}})
            << "\n";
}

void print_damage(const v1::DamageView& place) {
  std::cout << "  " << place.family() << " " << place.key();
  if (!place.until().empty()) std::cout << " " << say("to {key}", {{"key", place.until()}});
  if (!place.case_id().empty()) std::cout << ", " << place.case_id();
  if (!place.peer().empty()) {
    std::cout << ", " << say("a copy is with {agency}", {{"agency", place.peer()}});
  }
  std::cout << ": " << place.why() << "\n";
}

std::string proposed_text(const v1::StoreWordView& proposal) {
  return say("Proposed {time}, by {who}: {note}", {{"time", day_and_time(proposal.at())},
                                                   {"who", proposal.proposed_by()},
                                                   {"note", proposal.note()}});
}

void print_proposal(const Session& session, const v1::StoreWordView& proposal) {
  if (proposal.content().empty()) return;
  std::cout << "\n"
            << proposed_text(proposal) << "\n"
            << say("Next, by somebody else who has made sure:") << "\n  " << session.command()
            << " store approve-confirm --content " << shown_digits(proposal.content()) << "\n";
}

void print_store(const Session& session, const std::string& body) {
  v1::StoreView view;
  if (!from_json(body, &view)) return;
  entry_line("newest", view.proof().empty() ? say("no") : called("newest.", view.proof()));
  for (const std::string& peer : view.silent()) entry_line("has not answered", peer);
  entry_line("recovered", view.recovered() ? say("yes") : say("no"));
  for (const std::string& peer : view.recovering()) entry_line("waits for", peer);
  entry_line("epoch", std::to_string(view.epoch()));
  if (!view.copied_at().empty()) entry_line("copy found", day_and_time(view.copied_at()));
  if (!view.doubt_until().empty()) {
    entry_line("in doubt",
               say("payments ordered up to {time}", {{"time", day_and_time(view.doubt_until())}}));
  }
  if (view.unreadable_total() > 0) {
    entry_line("unreadable", say("{n} places", {{"n", std::to_string(view.unreadable_total())}}));
  }
  for (const v1::DamageView& place : view.unreadable()) print_damage(place);
  for (const v1::StoreWordView& word : view.words()) print_word(word);
  if (!view.waits_for().empty()) {
    std::cout << "\n" << say("Not now: {why}", {{"why", say(view.waits_for())}}) << "\n";
  }
  print_proposal(session, view.proposal());
}

int ask_store(const Session& session, const std::string& method, const std::string& target,
              const std::string& body) {
  return session.show(method, target, body,
                      [&](const std::string& answer) { print_store(session, answer); });
}

Result<Waiting> waiting_confirmation(const Session& session) {
  TRY(const auto reply, session.ask("GET", "/v1/store"));
  v1::StoreView view;
  if (reply.status != 200 || !from_json(reply.body, &view)) {
    return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
  }
  const v1::StoreWordView& proposal = view.proposal();
  return Waiting{"", proposal.content(), proposed_text(proposal)};
}

int verify_store(const Session& session) {
  const auto reply = session.ask_patiently("/v1/store/verify", say("the store is read, s:"));
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::StoreCheckView view;
  if (!from_json(reply->body, &view)) return report(EX_PROTOCOL, "the answer is not understood");
  if (session.json) {
    std::cout << reply->body << "\n";
  } else {
    std::cout << say("{records} records, {mib} MiB were read; {places} places cannot be read",
                     {{"records", std::to_string(view.records())},
                      {"mib", std::to_string(view.bytes() >> 20)},
                      {"places", std::to_string(view.unreadable_total())}})
              << "\n";
    for (const v1::DamageView& place : view.unreadable()) print_damage(place);
  }
  return view.unreadable_total() == 0 ? EX_OK : EX_DATAERR;
}

// --- without a daemon ---

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

Result<void> write_down(const std::string& note, StoreEngine& store, const Vault& vault) {
  Records records(store, vault);
  TRY(auto record, records.get_message<v1::StoreRecord>(layout::store_key()));
  if (!record) return fail(Errc::kInvalid, "the store was not made by `jiexu init`");
  v1::StoreWordRecord& word = *record->add_words();
  word.set_what("loss_accepted");
  word.set_note(note);
  word.set_proposed_by(login_name());
  word.set_at_ms(SystemClock().now().ms);
  word.set_epoch(record->epoch());
  Batch batch;
  records.put_message(batch, Family::kMeta, layout::kStoreKey, *record);
  return store.commit(batch);
}

void print_accepted(const Recovery& found, const std::filesystem::path& folder) {
  std::cout << say("The store opens at commit {lsn}.", {{"lsn", std::to_string(found.lsn)}})
            << "\n";
  if (found.watermark) {
    std::cout << say("It had reached commit {lsn} or later.",
                     {{"lsn", std::to_string(*found.watermark)}})
              << "\n";
  }
  std::cout << say("What was damaged is kept in {folder}. Start the daemon: it asks every agency "
                   "for what is missing (jiexu store status).",
                   {{"folder", (folder / "evidence-N").string()}})
            << "\n";
}

Result<void> accept_loss(const Session& session, const std::string& note) {
  TRY(const auto config, session.config());
  TRY(const auto keyring, Keyring::load(config.keys_dir));
  TRY(auto keys, vault_keys(keyring.vault_keys, keyring.person_key));
  TRY(const auto vault, Vault::create(std::move(keys)));
  StoreHooks hooks;
  hooks.log = [](std::string_view text) { std::cerr << text << "\n"; };
  hooks.accept_loss = true;
  TRY(const auto store, open_store(config, std::move(hooks)));
  const Recovery& found = store->recovery();
  if (found.complete) {
    std::cout << say("Nothing is missing: the store is complete at commit {lsn}. Nothing was "
                     "changed.",
                     {{"lsn", std::to_string(found.lsn)}})
              << "\n";
    return {};
  }
  TRY_DO(write_down(note, *store, *vault));
  print_accepted(found, config.data_dir);
  return {};
}

void add_accept_loss(Command group, Session& session, const std::shared_ptr<std::string>& note) {
  Command loss = group.add_command(
      "accept-loss",
      "Open a store whose log is damaged, up to the damage: what was committed behind it is lost "
      "here, and asked back from the other agencies. The daemon must be stopped. What was damaged "
      "is kept, and who accepted the loss is written into the store",
      "jiexu store accept-loss --note \"the disk has failed; there is no backup\"");
  loss.add_option("--note", *note, "Why the loss is accepted").required();
  loss.callback([&session, note] {
    session.run = [&session, note] {
      const auto stops = session.stops_at(
          "store accept-loss",
          say("What was committed behind the damage is lost here; the store opens without it."));
      if (stops) return *stops;
      const auto done = accept_loss(session, *note);
      return done ? EX_OK : report(done.error());
    };
  });
}

void add_confirm(Command group, Session& session, const std::shared_ptr<std::string>& note) {
  Command confirm = group.add_command(
      "confirm",
      "Propose to say in an agency's place that the store is not an older copy; a second person "
      "approves. Then letter numbers are given and payment files leave",
      "jiexu store confirm --note \"the disk was never copied; the bank has every file of today\"");
  add_note(confirm, *note);
  confirm.callback([&session, note] {
    session.run = [&session, note] {
      v1::ConfirmStoreInput input;
      input.set_note(*note);
      return ask_store(session, "POST", "/v1/store/confirm", to_json(input));
    };
  });
  SecondPerson second;
  second.group = "store";
  second.act = "confirm";
  second.can_retract = false;
  second.find = [&session](const std::string&) { return waiting_confirmation(session); };
  second.send = [&session](const std::string&, const std::string& how, const std::string& body) {
    return ask_store(session, "POST", "/v1/store/confirm/" + how, body);
  };
  add_second_person(group, session, second);
}

}  // namespace

void add_store_words(Command group, Session& session) {
  const auto note = std::make_shared<std::string>();
  group
      .add_command("status",
                   "Whether the store is the newest one and how that is known, what waits, for "
                   "whom, and what cannot be read",
                   "jiexu store status")
      .callback([&session] {
        session.run = [&session] { return ask_store(session, "GET", "/v1/store", ""); };
      });
  group
      .add_command("verify",
                   "Read every record of the store with its checksum, while the daemon runs, and "
                   "name what cannot be read; ends with 65 if there is any",
                   "jiexu store verify")
      .callback([&session] { session.run = [&session] { return verify_store(session); }; });
  add_confirm(group, session, note);
  add_accept_loss(group, session, note);
}

}  // namespace jiexu::cli
