// jiexu remit release, approve-release, retract-release.
#include "ops/cli/releases.h"

#include <iostream>

#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

struct ReleaseOptions {
  std::string payment;
  std::string note;
  std::string content;
  bool went_out = false;
};

std::string release_path(const ReleaseOptions& options) {
  return "/v1/payments/" + percent(options.payment) + "/release";
}

void print_proposed_release(const Session& session, const std::string& body) {
  v1::PaymentView view;
  if (!from_json(body, &view)) return;
  google::protobuf::RepeatedPtrField<v1::PaymentView> payments;
  *payments.Add() = view;
  print_releases(payments, session.command());
}

int propose_release(const Session& session, const ReleaseOptions& options) {
  v1::ReleasePaymentInput input;
  input.set_note(options.note);
  input.set_went_out(options.went_out);
  return session.show("POST", release_path(options), to_json(input),
                      [&](const std::string& body) { print_proposed_release(session, body); });
}

int approve_release(const Session& session, const ReleaseOptions& options) {
  v1::ApproveReleaseInput input;
  input.set_content(options.content);
  return session.show("POST", release_path(options) + "/approve", to_json(input),
                      [&](const std::string& body) {
                        v1::PaymentView view;
                        if (!from_json(body, &view)) return;
                        std::cout << view.payment() << ": " << release_remark(view) << "\n";
                      });
}

int retract_release(const Session& session, const ReleaseOptions& options) {
  return session.show("POST", release_path(options) + "/retract", "{}",
                      [](const std::string&) { std::cout << say("Retracted.") << "\n"; });
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
    std::cout << say("Payment {payment} of case {case}, {amount}, {state}",
                     {{"payment", payment.payment()},
                      {"case", short_case(payment.case_id())},
                      {"amount", yuan(payment.amount_fen())},
                      {"state", called("payment.", payment.state())}})
              << "\n";
    for (const std::string& why : {payment.waits_for(), payment.reason()}) {
      if (!why.empty()) std::cout << "  " << say_in_pieces(why) << "\n";
    }
    std::cout << "  "
              << say(last.went_out() ? "it went out, says {user}, {time}: {note}"
                                     : "release proposed by {user}, {time}: {note}",
                     {{"user", last.proposed_by()},
                      {"time", day_and_time(last.proposed_at())},
                      {"note", last.note()}})
              << "\n  " << say("Next, by somebody else who has asked the bank:") << "\n    "
              << command << " remit approve-release " << payment.payment() << " --content "
              << last.content() << "\n";
  }
}

void add_releases(Command group, Session& session) {
  const auto options = std::make_shared<ReleaseOptions>();
  Command release = group.add_command(
      "release", "Propose that a payment that waits for people may go on; a second person approves",
      "jiexu remit release 41132807261122000017-1 --note \"the bank has no such payment\"");
  release.add_option("payment", options->payment, "As `remit waiting` shows it").required();
  release.add_option("--note", options->note, "How it is known").required();
  release.add_flag(
      "--went-out", options->went_out,
      "It went out, though its case has it back: what waits in its place is taken back");
  release.callback([&session, options] {
    session.run = [&session, options] { return propose_release(session, *options); };
  });

  Command yes = group.add_command(
      "approve-release", "Approve what another person has proposed, as it was shown",
      "jiexu remit approve-release 41132807261122000017-1 --content DIGEST");
  yes.add_option("payment", options->payment, "As `case proposals` shows it").required();
  yes.add_option("--content", options->content, "As `case proposals` shows it").required();
  yes.callback([&session, options] {
    session.run = [&session, options] { return approve_release(session, *options); };
  });

  Command no = group.add_command("retract-release", "Drop a proposal",
                                 "jiexu remit retract-release 41132807261122000017-1");
  no.add_option("payment", options->payment, "As `case proposals` shows it").required();
  no.callback([&session, options] {
    session.run = [&session, options] { return retract_release(session, *options); };
  });
}

}  // namespace jiexu::cli
