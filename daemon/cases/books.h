// What a case has in the ledger, and what has to be posted when its amounts change. The sums of
// postings follow from the amounts alone, whatever way led to them. Pure.
#pragma once

#include <vector>

#include "daemon/cases/case.h"
#include "daemon/ledger/ledger.h"

namespace jiexu {

struct Books {
  Side side = Side::kIn;
  Fen due;
  Fen moved;
  Fen used;  // IN: of what has come, what is recognised as what is due
  Fen credited;
  Fen refunded;
};

Books books_of(const Case& subject);
// The entries that lead from one to the other. Amounts are positive; what is taken back is posted
// the other way round.
void post_changes(const Books& before, const Books& after, std::vector<Posting>& postings);

}  // namespace jiexu
