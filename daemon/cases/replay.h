// Our own message, given back by a peer after our store had lost it, proves what we had done: these
// are the acts that lead a case from where it is to having sent that message. Acts that left no
// message of their own (an application keyed, insurance stopped) are derived from the one that
// followed. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

struct Replay {
  EventKind kind = EventKind::kNone;
  v1::ActionInput input;
  Fen amount;                 // kBankCredit, kBankReversal, kBatchExported, kBankPaidAgain
  uint32_t attempt = 0;       // kBankReturned, kBatchExported, kBankPaidAgain
  BatchPlace batch;           // kBatchExported; its number is in the message
  std::string letter_number;  // kSendLetter
  DeadlineKind deadline{};    // kDeadlinePassed
};

// Empty if no act of a person sends such a message (replies to withdrawals and status queries,
// faults): those come about by themselves when the message is treated again that caused them.
std::vector<Replay> acts_behind(const Case& subject, const v1::Message& own);

}  // namespace jiexu
