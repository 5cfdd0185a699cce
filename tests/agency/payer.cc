#include "tests/agency/payer.h"

#include <catch2/catch.hpp>

#include "daemon/payments/remit_views.h"
#include "daemon/rules/letter_number.h"
#include "storage/layout.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {

Payer::Payer(int cases, BatchRules rules, const std::string& orderer) {
  site.batch_rules = std::move(rules);
  site.restart();
  site.user = orderer;
  for (int n = 1; n <= cases; ++n) {
    begin(n);
    REQUIRE_FALSE(act(n, EventKind::kRemit).rejection);
  }
}

void Payer::begin(int n, Date written) {
  Case fresh = Party(Side::kOut).subject;
  fresh.id = id(n);
  v1::Message letter = sound_message(fresh, EventKind::kLetterIn);
  const auto number = LetterNumber::make(in_site(), written, static_cast<uint32_t>(n));
  letter.mutable_letter()->set_letter_number(number->text());
  make_another(n, *letter.mutable_letter()->mutable_person());
  Forger(in_site(), site).deliver(letter);
  site.commit();
  for (const EventKind action :
       {EventKind::kAcceptLetter, EventKind::kStopInsurance, EventKind::kIssueForm}) {
    REQUIRE_FALSE(act(n, action).rejection);
  }
}

std::string Payer::payment(int n, uint32_t attempt) const {
  return EndToEndId{site.subject(id(n)).letter_number, attempt}.text();
}

v1::PayeeView Payer::payee(int n) {
  const Answer answer = run("clerk", PayeeQuery{id(n)});
  REQUIRE(answer.view);
  return dynamic_cast<const v1::PayeeView&>(*answer.view);
}

void Payer::move_account(int n, const std::string& holder) {
  v1::Message change = sound_message(site.subject(id(n)), EventKind::kPayeeChangeIn);
  change.mutable_payee_change()->mutable_payee()->set_account_holder(holder);
  Forger(in_site(), site).deliver(change);
  site.commit();
  const std::string content = payee(n).content();
  for (const char* user : {"caller", "witness"}) {
    REQUIRE_FALSE(run(user, ConfirmPayeeCommand{id(n), content, "by telephone"}).rejection);
  }
}

Answer Payer::act(int n, EventKind action) {
  return site.act(action, id(n), sound_input(site.subject(id(n)), action));
}

Answer Payer::come_back(int n, uint32_t attempt, int64_t fen) {
  v1::ActionInput input;
  input.set_attempt(attempt);
  input.set_amount_fen(fen);
  return site.act(EventKind::kBankReturned, id(n), input);
}

void Payer::hear(int n, EventKind kind) {
  Forger(in_site(), site).deliver(sound_message(site.subject(id(n)), kind));
  site.commit();
  REQUIRE(site.quarantine().empty());
}

Answer Payer::run(const std::string& user, decltype(Asking::what) what) {
  const size_t before = site.answers.size();
  site.user = user;
  site.post(std::move(what));
  while (site.answers.size() == before) REQUIRE(site.commit());
  return site.answers.back();
}

v1::MadeBatchesView Payer::make(const std::string& user) {
  const Answer answer = run(user, MakeBatchesCommand{});
  REQUIRE(answer.view);
  return dynamic_cast<const v1::MadeBatchesView&>(*answer.view);
}

std::string Payer::make_one() {
  const auto made = make();
  REQUIRE(made.batches_size() == 1);
  return made.batches(0).batch();
}

v1::RemittanceBatchView Payer::batch(const std::string& number) const {
  const auto record = site.records().get_message<v1::RemittanceBatchRecord>(
      Family::kFunds, layout::remittance_batch_key(number));
  REQUIRE(record);
  REQUIRE(*record);
  return view_batch(number, **record, true);
}

Answer Payer::approve(const std::string& number, const std::string& user) {
  return run(user, ApproveBatchCommand{number, batch(number).content()});
}

Answer Payer::order(const std::string& number, PaymentFormat format) {
  return run("cashier", ExportBatchCommand{number, format});
}

std::string Payer::pay() {
  const std::string number = make_one();
  REQUIRE_FALSE(approve(number).rejection);
  REQUIRE_FALSE(order(number).rejection);
  return number;
}

std::vector<std::string> Payer::report(const std::string& text) {
  auto fates = std::make_shared<std::vector<PaymentFate>>();
  REQUIRE(read_payment_report(text, [&](const PaymentFate& fate) {
    fates->push_back(fate);
    return Result<void>();
  }));
  const Answer answer = run("cashier", PaymentReportCommand{fates});
  REQUIRE(answer.view);
  std::vector<std::string> outcomes;
  for (const auto& line : dynamic_cast<const v1::PaymentReportView&>(*answer.view).lines()) {
    outcomes.push_back(line.outcome());
  }
  return outcomes;
}

std::string Payer::state(int n, uint32_t attempt) const {
  const auto record = site.records().get_message<v1::PaymentRecord>(
      Family::kFunds, layout::payment_key(id(n), attempt));
  REQUIRE(record);
  if (!*record) return "none";
  return std::string(name(static_cast<PaymentState>((*record)->state())));
}

v1::BankLine Payer::returned(int n, const std::string& sequence) const {
  v1::BankLine line = bank_line("", kBalance, sequence);
  line.set_end_to_end_id(payment(n));
  line.set_return_reason("AC04");
  return line;
}

Answer Payer::about_release(const std::string& user, const std::string& payment, Act act,
                            const std::string& said) {
  return run(user, ReleasePaymentCommand{*EndToEndId::parse(payment), act, said});
}

Refusal Payer::release(const std::string& payment, const std::string& note) {
  const Answer proposed = about_release("releaser", payment, Act::kPropose, note);
  if (proposed.rejection) return proposed.rejection->refusal;
  const auto& shown = dynamic_cast<const v1::PaymentView&>(*proposed.view);
  const std::string content = shown.releases().rbegin()->content();
  const Answer done = about_release("approver", payment, Act::kApprove, content);
  return done.rejection ? done.rejection->refusal : Refusal::kNone;
}

std::vector<std::string> Payer::waiting() {
  const Answer answer = run("clerk", PaymentsQuery{std::nullopt, 10});
  std::vector<std::string> out;
  for (const auto& payment : dynamic_cast<const v1::PaymentViews&>(*answer.view).payments()) {
    out.push_back(payment.payment() + " " + payment.state() + ": " + payment.waits_for());
  }
  return out;
}

void set_back(Site& site, const MemoryStore& backup) {
  site.engine.reset();
  site.store = backup.clone();
  site.store_complete = false;
  site.restart();
}

void ask_everybody(Site& site) {
  Batch asked;
  for (const AgencyId peer : {in_site(), out_site(), third_site()}) {
    asked.remove(Family::kLink, layout::link_key(peer, layout::Direction::kOut));
  }
  site.engine.reset();
  REQUIRE(site.store->commit(asked));
  site.store_complete = true;
  site.restart();
  site.now = site.now.plus_ms(1000);
}

}  // namespace jiexu
