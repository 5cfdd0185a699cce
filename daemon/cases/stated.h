// What an agency states of a case in its daily statement, and which cases it must state. Pure.
#pragma once

#include "daemon/cases/case.h"
#include "jiexu/v1/funds.pb.h"

namespace jiexu {

// OUT: ordered from the bank, less what bounced; IN: noticed, less what bounced.
Fen ordered_by(const Case& subject);

// The case as a statement tells it.
v1::StatementRow state(const Case& subject);

// By what both sides have said, money of the case is open: whoever has taken the same messages
// finds the same.
bool must_be_stated(const Case& subject);

// Whether our next statement lists it: also for what only we can see, such as money that is to go
// back, and as long as part of it is on paper only.
bool is_stated(const Case& subject);

}  // namespace jiexu
