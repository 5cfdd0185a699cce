#include "tests/api/api_world.h"

#include "daemon/casework/case_store.h"
#include "storage/layout.h"

namespace jiexu {

namespace {

// With what every case has that stands where this one does (daemon/cases/invariants.h), besides
// what its test is about.
Case completed(Case subject) {
  using R = Relationship;
  constexpr StateSet<R> kBeforeLetter = {R::kDraft, R::kAccepted};
  constexpr StateSet<R> kAfterForm = {R::kInfoReceived,  R::kInfoDisputed, R::kInfoConfirmed,
                                      R::kDone,          R::kFormIssued,   R::kFormDisputed,
                                      R::kFormConfirmed, R::kOutDone};
  const bool lettered = !kBeforeLetter.has(subject.relationship);
  if (lettered && subject.letter_number.empty()) subject.letter_number = "41132807261120000079";
  if (kAfterForm.has(subject.relationship)) subject.form_version = 1;
  subject.moved = std::max(subject.moved, subject.credited);
  subject.refund = std::max(subject.refund, subject.refunded);
  for (const Proposal& proposal : subject.proposals) {
    subject.timeline_count = std::max(subject.timeline_count, proposal.number);
  }
  return subject;
}

}  // namespace

void ApiWorld::put(const Case& made) {
  const Case subject = completed(made);
  v1::CaseRecord record;
  encode_case(subject, &record);
  Batch batch;
  Records(store, *vault)
      .put_message(batch, Family::kCase, layout::case_key(subject.id, subject.closed()), record);
  REQUIRE(store.commit(batch));
}

void ApiWorld::put_account(AgencyId peer, uint8_t account, int64_t balance_fen) {
  v1::AccountRecord record;
  record.set_balance_fen(balance_fen);
  Batch batch;
  Records(store, *vault)
      .put_message(batch, Family::kFunds, layout::account_key(peer, account), record);
  REQUIRE(store.commit(batch));
}

void ApiWorld::put_link(AgencyId peer, const v1::LinkRecord& link) {
  Batch batch;
  Records(store, *vault)
      .put_message(batch, Family::kLink, layout::link_key(peer, layout::Direction::kOut), link);
  REQUIRE(store.commit(batch));
}

void ApiWorld::put_comparison(AgencyId peer, Date day, const v1::ComparisonRecord& record) {
  Batch batch;
  Records(store, *vault)
      .put_message(batch, Family::kFunds, layout::comparison_key(peer, day), record);
  REQUIRE(store.commit(batch));
}

}  // namespace jiexu
