// jiexu remit release, approve-release, retract-release.
#include "ops/cli/releases.h"

#include <iostream>

#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/second_person.h"

namespace jiexu::cli {
namespace {

std::string release_path(const std::string& payment) {
  return "/v1/payments/" + percent(payment) + "/release";
}

void print_proposed_release(const Session& session, const std::string& body) {
  v1::PaymentView view;
  if (!from_json(body, &view)) return;
  google::protobuf::RepeatedPtrField<v1::PaymentView> payments;
  *payments.Add() = view;
  print_releases(payments, session.command());
}

int send_release(const Session& session, const std::string& payment, const std::string& how,
                 const std::string& body) {
  return session.show("POST", release_path(payment) + "/" + how, body,
                      [&](const std::string& answer) {
                        v1::PaymentView view;
                        if (how == "retract") {
                          std::cout << say("Retracted.") << "\n";
                        } else if (from_json(answer, &view)) {
                          std::cout << view.payment() << ": " << release_remark(view) << "\n";
                        }
                      });
}

std::string payment_text(const v1::PaymentView& payment) {
  return say("Payment {payment} of case {case}, {amount}, {state}",
             {{"payment", payment.payment()},
              {"case", short_case(payment.case_id())},
              {"amount", yuan(payment.amount_fen())},
              {"state", called("payment.", payment.state())}});
}

std::string proposed_text(const v1::ReleaseView& release) {
  return say(release.went_out() ? "it went out, says {user}, {time}: {note}"
                                : "release proposed by {user}, {time}: {note}",
             {{"user", release.proposed_by()},
              {"time", day_and_time(release.proposed_at())},
              {"note", release.note()}});
}

Result<Waiting> waiting_release(const Session& session, const std::string& payment) {
  TRY(const auto reply, session.ask("GET", "/v1/proposals?limit=500"));
  v1::CaseViews views;
  if (reply.status != 200 || !from_json(reply.body, &views)) {
    return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
  }
  for (const v1::PaymentView& view : views.releases()) {
    if (view.payment() != payment || view.releases().empty()) continue;
    const v1::ReleaseView& last = *view.releases().rbegin();
    return Waiting{payment, last.content(), payment_text(view) + "\n  " + proposed_text(last)};
  }
  return Waiting{payment, "", ""};
}

}  // namespace

std::string release_remark(const v1::PaymentView& payment) {
  if (payment.releases().empty()) return "";
  const v1::ReleaseView& last = *payment.releases().rbegin();
  if (last.approved_by().empty()) {
    return say(
        last.went_out() ? "it went out, says {user}: {note}" : "release proposed by {user}: {note}",
        {{"user", last.proposed_by()}, {"note", last.note()}});
  }
  return say(last.went_out() ? "it went out, say {user} and {other}: {note}"
                             : "released by {user} and {other}: {note}",
             {{"user", last.proposed_by()}, {"other", last.approved_by()}, {"note", last.note()}});
}

void print_releases(const google::protobuf::RepeatedPtrField<v1::PaymentView>& payments,
                    const std::string& command) {
  for (const v1::PaymentView& payment : payments) {
    if (payment.releases().empty()) continue;
    const v1::ReleaseView& last = *payment.releases().rbegin();
    std::cout << payment_text(payment) << "\n";
    for (const std::string& why : {payment.waits_for(), payment.reason()}) {
      if (!why.empty()) std::cout << "  " << say_in_pieces(why) << "\n";
    }
    std::cout << "  " << proposed_text(last) << "\n  "
              << say("Next, by somebody else who has asked the bank:") << "\n    " << command
              << " remit approve-release " << payment.payment() << " --content "
              << shown_digits(last.content()) << "\n";
  }
}

void add_releases(Command group, Session& session) {
  const auto payment = std::make_shared<std::string>();
  const auto note = std::make_shared<std::string>();
  const auto went_out = std::make_shared<bool>(false);
  Command release = group.add_command(
      "release", "Propose that a payment that waits for people may go on; a second person approves",
      "jiexu remit release 41132807261122000017-1 --note \"the bank has no such payment\"");
  release.add_option("payment", *payment, "As `remit waiting` shows it").required();
  add_note(release, *note);
  release.add_flag(
      "--went-out", *went_out,
      "It went out, though its case has it back: what waits in its place is taken back");
  release.callback([&session, payment, note, went_out] {
    session.run = [&session, payment, note, went_out] {
      v1::ReleasePaymentInput input;
      input.set_note(*note);
      input.set_went_out(*went_out);
      return session.show("POST", release_path(*payment), to_json(input),
                          [&](const std::string& body) { print_proposed_release(session, body); });
    };
  });
  SecondPerson second;
  second.group = "remit";
  second.act = "release";
  second.place = "payment";
  second.place_help = "As `case proposals` shows it";
  second.example = "41132807261122000017-1";
  second.find = [&session](const std::string& number) { return waiting_release(session, number); };
  second.send = [&session](const std::string& number, const std::string& how,
                           const std::string& body) {
    return send_release(session, number, how, body);
  };
  add_second_person(group, session, second);
}

}  // namespace jiexu::cli
