// The books, worked out anew: they are right after whatever happened, and what is wrong is named.
#include "daemon/reconciliation/ledger_check.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "storage/layout.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace ledger_check_test {
namespace {

v1::LedgerCheckView check(const Site& site) {
  const auto view = check_ledger(site.records(), site.self);
  REQUIRE(view);
  return *view;
}

const v1::LedgerAccountCheck& account(const v1::LedgerCheckView& view, LedgerAccount wanted) {
  for (const v1::LedgerAccountCheck& account : view.accounts()) {
    if (account.account() == name(wanted)) return account;
  }
  FAIL("no such account");
  return view.accounts(0);
}

// A transfer-in agency with one case whose money was too much, sent back in part and credited, and
// a line that belongs to nobody.
struct Office {
  Site site{in_site(), kNow};
  CaseId id = case_number(1);

  Office() {
    for (const EventKind kind : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      REQUIRE_FALSE(site.act(kind, id, sound_input(Case(), kind)).rejection);
    }
    hear(EventKind::kLetterAcceptIn);
    hear(EventKind::kInfoFormIn);
    const std::string letter = site.subject(id).letter_number;
    site.bank({bank_line(letter, kBalance + 50, "1"), bank_line("nothing", 700, "2")});
    for (const EventKind kind :
         {EventKind::kReturnFunds, EventKind::kConfirmForm, EventKind::kCredit}) {
      v1::ActionInput input;
      if (kind == EventKind::kReturnFunds) input.set_reason("more came than is due");
      const Answer answer = site.act(kind, id, input);
      INFO(name(kind) << ": " << (answer.rejection ? answer.rejection->detail : ""));
      REQUIRE_FALSE(answer.rejection);
    }
  }

  void hear(EventKind kind) {
    Forger(out_site(), site).deliver(sound_message(site.subject(id), kind));
    site.commit();
    REQUIRE(site.quarantine().empty());
  }
};

template <class T>
void rewrite(Site& site, std::string_view key, const std::function<void(T&)>& change) {
  T record = **site.records().get_message<T>(Family::kFunds, key);
  change(record);
  Batch batch;
  Records writer(*site.store, *site.vault);
  writer.put_message(batch, Family::kFunds, key, record);
  REQUIRE(site.store->commit(batch));
}

}  // namespace

TEST_CASE("after money came, was sent back and credited, the books are right") {
  const Office office;
  const auto view = check(office.site);
  CHECK(view.sound());
  CHECK(view.cases() == 1);
  CHECK(view.postings() > 4);
  CHECK(view.differences_total() == 0);
  CHECK(account(view, LedgerAccount::kCredited).told_fen() == -kBalance);
}

TEST_CASE("after payments were ordered, bounced and ordered again, the books are right") {
  Payer payer(2);
  payer.pay();
  payer.report(payer.payment(1) + "|rejected|AC04\n");
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  const auto view = check(payer.site);
  CHECK(view.sound());
  CHECK(account(view, LedgerAccount::kInTransit).balance_fen() == -2 * kBalance);
}

TEST_CASE("a balance that was changed differs from postings and cases") {
  Office office;
  Site& site = office.site;
  const auto number = static_cast<uint8_t>(LedgerAccount::kCredited);
  rewrite<v1::AccountRecord>(site, layout::account_key(out_site(), number),
                             [](auto& record) { record.set_balance_fen(1); });
  const auto view = check(site);
  CHECK_FALSE(view.sound());
  CHECK_FALSE(account(view, LedgerAccount::kCredited).agrees());
  CHECK(account(view, LedgerAccount::kOwedPersons).agrees());
  CHECK(view.differences_total() == 0);
}

TEST_CASE("a posting that was changed is named by its case") {
  Payer payer(2);
  const uint32_t last = payer.site.subject(Payer::id(2)).timeline_count;
  rewrite<v1::JournalRecord>(payer.site, layout::case_journal_key(Payer::id(2), last),
                             [](auto& record) { record.mutable_postings(0)->set_amount_fen(1); });
  const auto view = check(payer.site);
  CHECK_FALSE(view.sound());
  REQUIRE(view.differences_size() == 2);
  CHECK(view.differences(0).case_id() == Payer::id(2).str());
  CHECK(view.differences(0).posted_fen() != view.differences(0).told_fen());
}

TEST_CASE("a case whose postings are all missing is named, and so is a line") {
  Office office;
  Site& site = office.site;
  Batch batch;
  REQUIRE(site.records().scan(Family::kFunds, "J", "L", [&](std::string_view key, auto) {
    batch.remove(Family::kFunds, key);
    return true;
  }));
  REQUIRE(site.store->commit(batch));
  const auto view = check(site);
  CHECK_FALSE(view.sound());
  std::set<std::string> named;
  for (const auto& difference : view.differences()) {
    named.insert(difference.case_id().empty() ? "line" : difference.case_id());
  }
  CHECK(named == std::set<std::string>{"line", office.id.str()});
}

TEST_CASE("a check that is to stop stops") {
  const Office office;
  const Site& site = office.site;
  std::stop_source stop;
  stop.request_stop();
  const auto view = check_ledger(site.records(), site.self, stop.get_token());
  REQUIRE_FALSE(view);
  CHECK(view.error().code == Errc::kBusy);
}

}  // namespace ledger_check_test
