// jiexu remit: payments that cases have ordered, on their way to the bank.
#include <fstream>
#include <iostream>

#include "daemon/payments/rules/machine_print.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"
#include "ops/cli/releases.h"
#include "ops/cli/second_person.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr size_t kBatchTitle = 10;

std::string of_count(uint32_t part, uint32_t count) {
  return say("{part} of {all}", {{"part", std::to_string(part)}, {"all", std::to_string(count)}});
}

void print_payments(const google::protobuf::RepeatedPtrField<v1::PaymentView>& payments) {
  Table table({"PAYMENT", "AMOUNT", "STATE", "AGE", "CASE", "REMARK"});
  for (const v1::PaymentView& payment : payments) {
    std::string why;
    for (const std::string& part :
         {payment.waits_for(), payment.reason(), release_remark(payment)}) {
      if (!part.empty()) why += (why.empty() ? "" : "; ") + say_in_pieces(part);
    }
    table.add({payment.payment(), yuan(payment.amount_fen()), called("payment.", payment.state()),
               age(payment.age_ms()), short_case(payment.case_id()), why});
  }
  std::cout << table.text();
}

void print_batches(const google::protobuf::RepeatedPtrField<v1::RemittanceBatchView>& batches) {
  Table table({"BATCH", "STATE", "PAYMENTS", "TOTAL", "TO", "PAID", "RETURNED", "MADE BY"});
  for (const v1::RemittanceBatchView& batch : batches) {
    table.add({batch.batch(), called("batch.", batch.state()), std::to_string(batch.count()),
               yuan(batch.total_fen()), batch.payee_holder() + " " + batch.payee_account(),
               std::to_string(batch.paid()), std::to_string(batch.returned()), batch.made_by()});
  }
  std::cout << table.text();
}

void print_batch_list(const std::string& body) {
  v1::RemittanceBatchViews views;
  if (!from_json(body, &views)) return;
  print_batches(views.batches());
  print_more(views.next());
}

void print_waiting(const std::string& body) {
  v1::PaymentViews views;
  if (!from_json(body, &views)) return;
  print_payments(views.payments());
  print_more(views.next());
}

std::string by(const std::string& user, const std::string& at) {
  return user.empty() ? "-" : user + ", " + day_and_time(at);
}

void print_batch(const Session& session, const v1::RemittanceBatchView& batch) {
  const auto line = [](const std::string& title, const std::string& text) {
    std::cout << "  " << padded(say(title), kBatchTitle) << text << "\n";
  };
  std::cout << say("Batch {batch}, {state}: {n} payments, {total}",
                   {{"batch", batch.batch()},
                    {"state", called("batch.", batch.state())},
                    {"n", std::to_string(batch.count())},
                    {"total", yuan(batch.total_fen())}})
            << "\n";
  line("to", say("{holder}, account {account}, {bank}", {{"holder", batch.payee_holder()},
                                                         {"account", batch.payee_account()},
                                                         {"bank", batch.payee_bank()}}));
  line("made", by(batch.made_by(), batch.made_at()));
  line("approved", by(batch.approved_by(), batch.approved_at()));
  line("exported", by(batch.exported_by(), batch.exported_at()) +
                       (batch.format().empty() ? "" : " (" + batch.format() + ")"));
  line("content", shown_digits(batch.content()));
  if (batch.state() == "exported") {
    line("bank",
         say("{paid} paid, {returned} returned", {{"paid", of_count(batch.paid(), batch.count())},
                                                  {"returned", std::to_string(batch.returned())}}));
  }
  if (!batch.note().empty()) line("note", batch.note());
  print_payments(batch.payments());
  const std::string next = session.command() + " remit ";
  if (batch.state() == "made") {
    std::cout << say("Next, by somebody who has neither made it nor ordered a payment in it:")
              << "\n  " << next << "approve " << batch.batch() << " --content "
              << shown_digits(batch.content()) << "\n";
  }
  if (batch.state() == "approved") {
    std::cout << say("Next:") << " " << next << "export " << batch.batch() << "\n";
  }
}

// One call looks at some of the payments.
int make(const Session& session) {
  v1::MadeBatchesView all;
  v1::MakeBatchesInput input;
  do {
    const auto reply = session.ask("POST", "/v1/remittances", to_json(input));
    if (!reply) return report(reply.error());
    if (reply->status >= 400) return report_problem(*reply);
    v1::MadeBatchesView made;
    if (!from_json(reply->body, &made)) return report(EX_PROTOCOL, "the answer cannot be read");
    all.mutable_batches()->MergeFrom(made.batches());
    all.mutable_held()->MergeFrom(made.held());
    input.set_after(made.next());
  } while (!input.after().empty());
  if (session.json) {
    std::cout << to_json(all) << "\n";
    return EX_OK;
  }
  if (all.batches().empty()) {
    std::cout << say("No payment waits that could go into a batch.") << "\n";
  }
  if (!all.batches().empty()) print_batches(all.batches());
  if (!all.held().empty()) {
    std::cout << say("Held back:") << "\n";
    print_payments(all.held());
  }
  return EX_OK;
}

int approve(const Session& session, const std::string& number, const std::string& content) {
  const auto reply = session.ask("GET", "/v1/remittances/" + percent(number));
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::RemittanceBatchView batch;
  if (!from_json(reply->body, &batch)) return report(EX_PROTOCOL, "the answer cannot be read");
  const std::string look = session.command() + " remit show " + number;
  if (const auto code = differs(content, batch.content(), look)) return *code;
  const auto stops = session.stops_at(
      "remit approve", say("{n} payments of batch {batch}, {total} in all, may go to {holder}.",
                           {{"n", std::to_string(batch.count())},
                            {"batch", number},
                            {"total", yuan(batch.total_fen())},
                            {"holder", batch.payee_holder()}}));
  if (stops) return *stops;
  v1::ApproveBatchInput input;
  input.set_content(batch.content());
  return session.show(
      "POST", "/v1/remittances/" + percent(number) + "/approve", to_json(input),
      [&](const std::string&) {
        std::cout << say("Approved: {n} payments, {total}.",
                         {{"n", std::to_string(batch.count())}, {"total", yuan(batch.total_fen())}})
                  << "\n"
                  << say("Next:") << " " << session.command() << " remit export " << number << "\n";
      });
}

int export_batch(const Session& session, const std::string& number, const std::string& format,
                 std::string file) {
  const auto stops = session.stops_at(
      "remit export",
      say("The file of batch {batch} is written for the bank: from now on its payments count as "
          "handed over.",
          {{"batch", number}}));
  if (stops) return *stops;
  v1::ExportBatchInput input;
  input.set_format(format);
  const auto reply =
      session.ask("POST", "/v1/remittances/" + percent(number) + "/export", to_json(input));
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  if (file.empty()) file = number + (format == "delimited" ? ".txt" : ".xml");
  if (file == "-") {
    print_as_it_is();
    std::cout << reply->body;
    return EX_OK;
  }
  std::ofstream out(file, std::ios::binary);
  out << reply->body;
  out.close();
  if (!out)
    return report(EX_CANTCREAT, say("{file}: cannot be written; export again, with --out FILE",
                                    {{"file", file}}));
  std::cout << say("Written to {file}. Hand it to the bank once; exporting again gives the same "
                   "bytes.",
                   {{"file", file}})
            << "\n";
  return EX_OK;
}

void print_report(const std::string& body) {
  v1::PaymentReportView view;
  if (!from_json(body, &view)) return;
  Table table({"LINE", "PAYMENT", "OUTCOME", "CASE", "DETAIL"});
  for (const v1::PaymentReportLineView& line : view.lines()) {
    table.add({std::to_string(line.line()), line.payment(), called("report.", line.outcome()),
               short_case(line.case_id()), say_in_pieces(line.detail())});
  }
  std::cout << table.text();
}

// Each is taken for itself, and again changes nothing.
int take_reports(const Session& session, const std::vector<std::string>& files, bool keep_going) {
  const auto stops =
      session.stops_at("remit report", say("What {n} reports say was paid or rejected is booked.",
                                           {{"n", std::to_string(files.size())}}));
  if (stops) return *stops;
  int worst = EX_OK;
  size_t taken = 0;
  for (const std::string& file : files) {
    const auto bytes = read_input(file);
    const int code = bytes ? session.show("POST", "/v1/payments:report", *bytes, print_report)
                           : report(bytes.error());
    if (code == EX_OK) ++taken;
    if (code == EX_OK) continue;
    worst = code;
    if (files.size() > 1) {
      std::cerr << file << ": " << say("Nothing was done with this file.") << "\n";
    }
    if (!keep_going) break;
  }
  if (files.size() > 1) {
    std::cerr << say("{n} of {all} reports taken",
                     {{"n", std::to_string(taken)}, {"all", std::to_string(files.size())}})
              << "\n";
  }
  return worst;
}

void add_lists(Command group, Session& session) {
  const auto after = std::make_shared<std::string>();
  Command batches =
      group.add_command("batches", "Batches of payments, newest first", "jiexu remit batches");
  batches.add_option("--after", *after, "Go on from here");
  batches.callback([&session, after] {
    session.run = [&session, after] {
      return session.show("GET", "/v1/remittances?after=" + percent(*after), "", print_batch_list);
    };
  });
  Command waiting = group.add_command(
      "waiting", "Payments that the bank does not have yet, or that wait for a person",
      "jiexu remit waiting");
  waiting.add_option("--after", *after, "Go on from here");
  waiting.callback([&session, after] {
    session.run = [&session, after] {
      return session.show("GET", "/v1/payments?after=" + percent(*after), "", print_waiting);
    };
  });
}

struct BatchOptions {
  std::string batch;
  std::string content;
  std::string format = "pain.001";
  std::string file;
};

void add_make_and_show(Command group, Session& session) {
  Command command =
      group.add_command("make", "Collect the payments that wait into batches", "jiexu remit make");
  command.callback([&session] { session.run = [&session] { return make(session); }; });
  const auto options = std::make_shared<BatchOptions>();
  Command show = group.add_command("show", "What a batch holds, and what the bank said of it",
                                   "jiexu remit show 411328072611220000015");
  show.add_option("batch", options->batch, "The batch's number").required();
  show.callback([&session, options] {
    session.run = [&session, options] {
      return session.show("GET", "/v1/remittances/" + percent(options->batch), "",
                          [&](const std::string& body) {
                            v1::RemittanceBatchView batch;
                            if (from_json(body, &batch)) print_batch(session, batch);
                          });
    };
  });
}

void add_approve_and_export(Command group, Session& session) {
  const auto options = std::make_shared<BatchOptions>();
  Command command =
      group.add_command("approve", "Approve a batch that others have made, as it was shown",
                        "jiexu remit approve 411328072611220000015 --content 3f2a9c4e");
  command.add_option("batch", options->batch, "The batch's number").required();
  command.add_option("--content", options->content, "Its content, as `remit show` prints it")
      .required();
  command.callback([&session, options] {
    session.run = [&session, options] {
      return approve(session, options->batch, options->content);
    };
  });
  Command order =
      group.add_command("export", "Write an approved batch's file for the bank; again: the same",
                        "jiexu remit export 411328072611220000015 --out payments.xml");
  order.add_option("batch", options->batch, "The batch's number").required();
  order.add_option("--format", options->format, "pain.001 (default) or delimited");
  order.add_option("--out", options->file, "Where to; - for standard output (default: NUMBER.xml)");
  order.callback([&session, options] {
    session.run = [&session, options] {
      return export_batch(session, options->batch, options->format, options->file);
    };
  });
}

void add_report(Command group, Session& session) {
  const auto files = std::make_shared<std::vector<std::string>>();
  const auto keep_going = std::make_shared<bool>(false);
  Command command =
      group.add_command("report", "Take the bank's reports of what it has paid and rejected",
                        "jiexu remit report pain002.xml");
  command.add_option("file", *files, "pain.002, or lines EndToEndId|paid or |rejected|reason")
      .required();
  command.add_flag("--keep-going", *keep_going,
                   "Leave out a file that cannot be taken, and take the others");
  command.callback([&session, files, keep_going] {
    session.run = [&session, files, keep_going] {
      return take_reports(session, *files, *keep_going);
    };
  });
}

void print_payee(const Session& session, const v1::PayeeView& view) {
  const v1::Payee& payee = view.payee();
  std::cout << say("{holder}, account {account}, {bank}",
                   {{"holder", payee.account_holder()},
                    {"account", payee.account_number()},
                    {"bank", payee.bank_name() + " " + payee.cnaps()}})
            << "\n  " << padded(say("content"), kBatchTitle) << shown_digits(view.content())
            << "\n";
  if (view.listed()) {
    std::cout << say("It is the account in the directory.") << "\n";
    return;
  }
  std::cout << say("It is NOT the account in the directory.") << "\n";
  const auto confirmed = [](const std::string& user, const std::string& note) {
    std::cout << say("Confirmed by {user}: {note}", {{"user", user}, {"note", note}}) << "\n";
  };
  if (!view.first_by().empty()) confirmed(view.first_by(), view.first_note());
  if (!view.second_by().empty()) {
    confirmed(view.second_by(), view.second_note());
    std::cout << say("Payments go there.") << "\n";
    return;
  }
  std::cout << say("Ask the agency, at a number that you know from elsewhere; then, of two people "
                   "one after the other:")
            << "\n  " << session.command() << " remit confirm-payee " << view.case_id()
            << " --content " << shown_digits(view.content()) << " --note HOW\n";
}

Result<v1::PayeeView> ask_for_payee(const Session& session, const std::string& name) {
  TRY(const auto id, case_named(session, name));
  TRY(const auto reply, session.ask("GET", "/v1/cases/" + percent(id) + "/payee"));
  v1::PayeeView view;
  if (reply.status >= 400) return fail(Errc::kNotFound, id + ": no such case");
  if (!from_json(reply.body, &view)) return fail(Errc::kCorrupt, "the answer cannot be read");
  return view;
}

int confirm_payee(const Session& session, const std::string& id, const std::string& content,
                  const std::string& note) {
  const auto view = ask_for_payee(session, id);
  if (!view) return report(view.error());
  const std::string look = session.command() + " remit payee " + id;
  if (const auto code = differs(content, view->content(), look)) return *code;
  const auto stops = session.stops_at(
      "remit confirm-payee", say("The money of case {case} may go to {holder}, account {account}.",
                                 {{"case", id},
                                  {"holder", view->payee().account_holder()},
                                  {"account", view->payee().account_number()}}));
  if (stops) return *stops;
  v1::ConfirmPayeeInput input;
  input.set_content(view->content());
  input.set_note(note);
  return session.show("POST", "/v1/cases/" + percent(view->case_id()) + "/payee/confirm",
                      to_json(input), [&](const std::string& body) {
                        v1::PayeeView after;
                        if (from_json(body, &after)) print_payee(session, after);
                      });
}

void add_payee(Command group, Session& session) {
  const auto id = std::make_shared<std::string>();
  Command show = group.add_command("payee", "Where a case's money is to go, and whether it may",
                                   "jiexu remit payee CASE");
  show.add_option("case", *id, "The case").required();
  show.callback([&session, id] {
    session.run = [&session, id] {
      const auto named = case_named(session, *id);
      if (!named) return report(named.error());
      return session.show("GET", "/v1/cases/" + percent(*named) + "/payee", "",
                          [&](const std::string& body) {
                            v1::PayeeView view;
                            if (from_json(body, &view)) print_payee(session, view);
                          });
    };
  });
  const auto content = std::make_shared<std::string>();
  const auto note = std::make_shared<std::string>();
  Command confirm = group.add_command(
      "confirm-payee", "Say that an account that is not in the directory is right, and why",
      "jiexu remit confirm-payee CASE --content 3f2a9c4e --note \"rang their finance "
      "service\"");
  confirm.add_option("case", *id, "The case").required();
  confirm.add_option("--content", *content, "As `remit payee` prints it").required();
  confirm.add_option("--note", *note, "With whom and how it was confirmed").required();
  confirm.callback([&session, id, content, note] {
    session.run = [&session, id, content, note] {
      return confirm_payee(session, *id, *content, *note);
    };
  });
}

void add_states(Command group, Session& session) {
  Command states = group.add_command(
      "states", "Print every state and transition of payments and batches", "jiexu remit states");
  const auto drawing = std::make_shared<bool>(false);
  states.add_flag("--drawing", *drawing, "Only what leads where, for Mermaid");
  states.callback([&session, drawing] {
    session.run = [&session, drawing] {
      if (session.json) {
        std::cout << "{\"payment\":" << arrows_json(draw_payment())
                  << ",\"batch\":" << arrows_json(draw_batch()) << "}\n";
        return EX_OK;
      }
      std::cout << (*drawing ? draw_payment() + draw_batch() : print_payment_tables());
      return EX_OK;
    };
  });
}

}  // namespace

void add_remit(Command app, Session& session) {
  Command group = app.add_command("remit", "Payments on their way to the bank, in batches",
                                  "jiexu remit make\n"
                                  "jiexu remit show 411328072611220000015\n"
                                  "jiexu remit approve 411328072611220000015 --content 3f2a9c4e\n"
                                  "jiexu remit export 411328072611220000015 --out payments.xml\n"
                                  "jiexu remit report pain002.xml");
  group.require_subcommand();
  add_lists(group, session);
  add_make_and_show(group, session);
  add_approve_and_export(group, session);
  add_report(group, session);
  add_releases(group, session);
  add_payee(group, session);
  add_states(group, session);
}

}  // namespace jiexu::cli
