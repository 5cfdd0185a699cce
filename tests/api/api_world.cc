#include "tests/api/api_world.h"

#include "daemon/engine/case_store.h"
#include "storage/layout.h"

namespace jiexu {

void ApiWorld::put(const Case& subject) {
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
