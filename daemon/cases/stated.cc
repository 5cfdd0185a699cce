#include "daemon/cases/stated.h"

#include <algorithm>

namespace jiexu {
namespace {

bool has_money(const Case& subject) {
  return subject.due != Fen{} || subject.moved != Fen{} || subject.credited != Fen{} ||
         subject.refunded != Fen{} || ordered_by(subject) != Fen{};
}

// What is keyed in from paper may come in another order than it was written in.
int64_t shown(Fen amount) {
  return std::max<int64_t>(0, amount.value);
}

}  // namespace

Fen ordered_by(const Case& subject) {
  const bool out = subject.side == Side::kOut;
  return out ? Fen{subject.moved.value + subject.returned.value} : subject.noticed;
}

v1::StatementRow state(const Case& subject) {
  v1::StatementRow row;
  row.set_case_id(subject.id.bytes().data(), CaseId::kSize);
  row.set_transfer_out(subject.side == Side::kOut);
  row.set_sent_case_seq(subject.sent_case_seq);
  row.set_received_case_seq(subject.received_case_seq);
  row.set_form_version(subject.form_version);
  row.set_due_fen(shown(subject.due));
  row.set_ordered_fen(shown(ordered_by(subject)));
  row.set_credited_fen(shown(subject.credited));
  row.set_refunded_fen(shown(subject.refunded));
  row.set_on_paper(!subject.papers.empty());
  for (const OpenPayment& payment : subject.payments) {
    v1::StatedPayment* out = row.add_payments();
    out->set_attempt(payment.attempt);
    out->set_amount_fen(shown(payment.open));
  }
  return row;
}

bool must_be_stated(const Case& subject) {
  const bool judged = subject.form_version != 0 || is_dead(subject.relationship);
  return judged ? subject.due != subject.credited : ordered_by(subject) != Fen{};
}

bool is_stated(const Case& subject) {
  if (!has_money(subject)) return false;
  return must_be_stated(subject) || !is_terminal(subject.funds) || !subject.papers.empty();
}

}  // namespace jiexu
