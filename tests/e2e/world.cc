#include "tests/e2e/world.h"

#include <chrono>
#include <thread>

#include "daemon/base/time.h"
#include "tests/e2e/clerk.h"

namespace jiexu::e2e {
namespace {

AgencySpec spec(size_t index, uint16_t port_base) {
  static constexpr const char* kCodes[] = {"S41130010001", "S32010010001"};
  static constexpr const char* kNames[] = {"Nanyang", "Nanjing"};
  static constexpr const char* kAccounts[] = {"41001500000000000001", "32001500000000000002"};
  static constexpr const char* kCnaps[] = {"102100099996", "105100000017"};
  return {kCodes[index],
          kNames[index],
          kAccounts[index],
          kCnaps[index],
          static_cast<uint16_t>(port_base + index),
          static_cast<uint16_t>(port_base + 10 + index)};
}

// Refusals that a race between two looks at the case explains; the next round sees the new state.
bool explained(const std::string& text) {
  return text.starts_with("409 ") || text.find("unknown_proposal") != std::string::npos;
}

}  // namespace

int32_t today() {
  return date_of(SystemClock().now()).yyyymmdd();
}

World::World(const Bins& bins, std::filesystem::path folder, uint16_t port_base, Bank bank)
    : folder_(std::move(folder)) {
  for (size_t i = 0; i < agencies_.size(); ++i) {
    const AgencySpec of = spec(i, port_base);
    agencies_[i] = std::make_unique<RunningAgency>(of, bins[i], folder_ / of.code);
  }
  if (bank == Bank::kPrompt) return;
  cashiers_ = std::make_unique<Cashiers>(
      std::array<RunningAgency*, 2>{agencies_[0].get(), agencies_[1].get()}, folder_ / "bank");
}

Result<void> World::init() {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  for (auto& agency : agencies_) {
    TRY_DO(agency->init());
  }
  for (size_t i = 0; i < agencies_.size(); ++i) {
    TRY(const auto entry, agencies_[1 - i]->entry());
    TRY_DO(agencies_[i]->add_entry(entry));
  }
  return {};
}

Result<void> World::start() {
  for (auto& agency : agencies_) {
    TRY_DO(agency->start());
  }
  return wait_ready(20);
}

Result<void> World::wait_ready(int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (auto& agency : agencies_) {
    while (!agency->ready()) {
      if (std::chrono::steady_clock::now() > until) {
        return fail(Errc::kBusy, agency->spec().code + " is not ready; see jiexud.log in " +
                                     agency->config().parent_path().string());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  return {};
}

bool World::apply(size_t n) {
  const Applicant* applicant = nullptr;
  {
    const std::lock_guard lock(mutex_);
    applicant = &people_.make(n);
  }
  RunningAgency& destination = *agencies_[applicant->destination];
  v1::ActionInput input;
  *input.mutable_application() =
      application_of(*applicant, agencies_[1 - applicant->destination]->spec().code, today());
  v1::CaseView view;
  const auto done = destination.post("/v1/cases", input, &view);
  // Refused as a duplicate: it was keyed before the answer was lost.
  return done || done.error().text.find("duplicate_open_case") != std::string::npos;
}

void World::work(size_t agency) {
  const auto open = agencies_[agency]->cases(true);
  if (!open) return;
  for (const v1::CaseView& view : *open) work_on(agency, view);
}

void World::work_on(size_t agency, const v1::CaseView& view) {
  if (!cashiers_ && view.side() == "OUT" && view.moved_fen() > 0) deliver_money(agency, view);
  const Applicant* applicant = nullptr;
  {
    const std::lock_guard lock(mutex_);
    applicant = people_.find(view.person().document_number());
  }
  if (applicant == nullptr) return;
  if (!view.proposals().empty()) return approve(agency, view);
  auto move = next_move(view, *applicant, money_arrived(view.letter_number()), today());
  if (!move) return;
  move->input.set_if_revision(view.revision());
  v1::CaseView after;
  const auto done = agencies_[agency]->post(
      "/v1/cases/" + view.case_id() + "/actions/" + move->action, move->input, &after);
  // kBusy: the daemon is down; kIo: it went down before the answer. The next round looks again.
  if (done) return approve(agency, after);
  if (done.error().code != Errc::kInvalid || explained(done.error().text)) return;
  const std::lock_guard lock(mutex_);
  surprises_.push_back(move->action + " in " + view.relationship() + ": " + done.error().text);
}

// What the first clerk proposed, the second approves.
void World::approve(size_t agency, const v1::CaseView& view) {
  const auto done = agencies_[agency]->approve(view);
  if (done || done.error().code != Errc::kInvalid || explained(done.error().text)) return;
  const std::lock_guard lock(mutex_);
  surprises_.push_back("approval in " + view.relationship() + ": " + done.error().text);
}

// The prompt bank books what the transfer-out agency has ordered on the destination's account, and
// like real banks tells of it twice now and then.
void World::deliver_money(size_t agency, const v1::CaseView& view) {
  if (money_arrived(view.letter_number())) return;
  v1::BankLineInput input;
  v1::BankLine& line = *input.add_lines();
  line.set_account_number(view.payee().account_number());
  line.set_host_sequence("H" + view.letter_number());
  line.set_amount_fen(view.moved_fen());
  line.set_booked_on(today());
  line.set_counterparty_account(agencies_[agency]->spec().bank_account);
  line.set_counterparty_name(agencies_[agency]->spec().name);
  line.set_remark("医保转移　" + view.letter_number());
  v1::BankLineResults results;
  if (!agencies_[1 - agency]->post("/v1/bank/lines", input, &results)) return;
  const std::string outcome = results.results(0).outcome();
  std::string again = "duplicate";
  // Apart: lines that come together are never each other's duplicate.
  if (view.moved_fen() % 5 == 0 && agencies_[1 - agency]->post("/v1/bank/lines", input, &results)) {
    again = results.results(0).outcome();
  }
  const std::lock_guard lock(mutex_);
  delivered_.insert(view.letter_number());
  const bool expected =
      outcome == "matched" || outcome == "early" || outcome.starts_with("duplicate");
  if (!expected) surprises_.push_back("bank line: " + outcome);
  if (!again.starts_with("duplicate")) surprises_.push_back("bank line told again: " + again);
}

bool World::money_arrived(const std::string& letter_number) const {
  if (cashiers_) return cashiers_->money_arrived(letter_number);
  const std::lock_guard lock(mutex_);
  return delivered_.contains(letter_number);
}

std::vector<std::string> World::surprises() const {
  std::vector<std::string> all = cashiers_ ? cashiers_->surprises() : std::vector<std::string>();
  const std::lock_guard lock(mutex_);
  all.insert(all.end(), surprises_.begin(), surprises_.end());
  return all;
}

}  // namespace jiexu::e2e
