#include "daemon/casework/shown.h"

#include "jiexu/v1/record.pb.h"

namespace jiexu {
namespace {

// The day of the act, unless a person has named it.
void clear_days(v1::Message& message) {
  switch (message.body_case()) {
    case v1::Message::kRemittanceNotice:
      return message.mutable_remittance_notice()->clear_paid_on();
    case v1::Message::kRefundToPerson: return message.mutable_refund_to_person()->clear_paid_on();
    case v1::Message::kFundsReturned: return message.mutable_funds_returned()->clear_returned_on();
    default: return;
  }
}

void clear_what_the_sending_settles(const v1::ActionInput* input, v1::Message& message) {
  message.clear_case_id();
  message.clear_case_seq();
  message.clear_sent_at_ms();
  message.clear_seen_case_seq();
  if (message.has_letter()) {
    message.mutable_letter()->clear_letter_number();
    message.mutable_letter()->clear_issued_on();
  }
  if (message.has_information_form()) message.mutable_information_form()->clear_issued_on();
  if (input == nullptr || input->date() == 0) clear_days(message);
}

}  // namespace

std::string shown(const Case& subject, const v1::ActionInput* input,
                  const std::vector<v1::Message*>& messages, Fen amount) {
  v1::ShownRecord record;
  record.set_to(subject.peer.str());
  for (const v1::Message* message : messages) {
    v1::Message& copy = *record.add_messages();
    copy = *message;
    clear_what_the_sending_settles(input, copy);
  }
  record.set_amount_fen(amount.value);
  return record.SerializeAsString();
}

}  // namespace jiexu
