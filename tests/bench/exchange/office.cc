#include "tests/bench/exchange/office.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "daemon/base/time.h"
#include "tests/e2e/clerk.h"

namespace jiexu::bench {
namespace {

constexpr size_t kClerks = 6;

std::string post(HttpConnection& at, const std::string& target, const google::protobuf::Message& in,
                 int* status) {
  return at.ask("POST", target, "application/json", to_json(in), status);
}

}  // namespace

Office::Office(const Site& site, size_t index, const e2e::People& people)
    : site_(site),
      index_(index),
      people_(people),
      today_(date_of(SystemClock().now()).yyyymmdd()),
      bank_(site.connect(index)) {
  for (size_t i = 0; i < kClerks; ++i) clerks_.push_back(site.connect(index));
}

void Office::apply(const std::vector<const e2e::Applicant*>& applicants) {
  v1::SubmitInput input;
  for (const e2e::Applicant* applicant : applicants) {
    *input.add_applications() = application_of(*applicant, site_.code(1 - index_), today_);
  }
  int status = 0;
  v1::SubmitResults results;
  CHECK(results.ParseFromString(clerks_[0]->ask(
      "POST", "/v1/letters:submit", "application/x-protobuf", input.SerializeAsString(), &status)));
  for (const v1::SubmitResult& result : results.results()) CHECK(result.refusal().empty());
}

std::vector<v1::CaseView> Office::open_cases() {
  std::vector<v1::CaseView> out;
  std::string after;
  do {
    v1::CaseViews page;
    const std::string target =
        "/v1/cases?open=1&limit=500" + (after.empty() ? "" : "&after=" + after);
    CHECK(from_json(clerks_[0]->ask("GET", target, "", ""), &page).has_value());
    for (v1::CaseView& view : *page.mutable_cases()) out.push_back(std::move(view));
    after = page.next();
  } while (!after.empty());
  return out;
}

bool Office::moved_on(const v1::CaseView& view) {
  uint64_t& seen = acted_on_[view.case_id()];
  return std::exchange(seen, view.revision()) != view.revision();
}

// Every answer shows the case as it is now, and so what may be done next.
void Office::act(HttpConnection& at, v1::CaseView view) {
  const e2e::Applicant* applicant = people_.find(view.person().document_number());
  CHECK(applicant != nullptr);
  while (auto move = e2e::next_move(view, *applicant, false, today_)) {
    move->input.set_if_revision(view.revision());
    int status = 0;
    const std::string target = "/v1/cases/" + view.case_id() + "/actions/" + move->action;
    const std::string answer = post(at, target, move->input, &status);
    CHECK(status == 200 || status == 409);
    if (status == 409) return;  // the case has moved on; the next round sees it
    CHECK(from_json(answer, &view).has_value());
    acted_on_.at(view.case_id()) = view.revision();
  }
}

// The other agency's bank tells it once of what we have ordered.
void Office::book(const std::vector<v1::CaseView>& open, Office& other) {
  v1::BankLineInput input;
  for (const v1::CaseView& view : open) {
    if (view.side() != "OUT" || view.moved_fen() == 0) continue;
    if (!booked_.insert(view.letter_number()).second) continue;
    v1::BankLine& line = *input.add_lines();
    line.set_account_number(view.payee().account_number());
    line.set_host_sequence("H" + view.letter_number());
    line.set_amount_fen(view.moved_fen());
    line.set_booked_on(today_);
    line.set_counterparty_account(Site::kBankAccount);
    line.set_counterparty_name(Site::kName);
    line.set_remark("医保转移　" + view.letter_number());
  }
  if (input.lines_size() == 0) return;
  int status = 0;
  post(*other.bank_, "/v1/bank/lines", input, &status);
  CHECK(status == 200);
}

size_t Office::work(Office& other) {
  const std::vector<v1::CaseView> open = open_cases();
  std::vector<View> to_do;
  std::ranges::copy_if(open, std::back_inserter(to_do),
                       [this](const v1::CaseView& view) { return moved_on(view); });
  book(open, other);
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (const auto& clerk : clerks_) {
    threads.emplace_back([&] {
      for (size_t mine = next++; mine < to_do.size(); mine = next++) act(*clerk, to_do[mine]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return open.size();
}

}  // namespace jiexu::bench
