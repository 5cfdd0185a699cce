#include "tests/e2e/cashier.h"

#include <fstream>
#include <sstream>

namespace jiexu::e2e {
namespace {

constexpr const char* kPython = "/usr/bin/python3";
constexpr size_t kLetterSize = 20;

std::string letter_of(const std::string& end_to_end_id) {
  return end_to_end_id.substr(0, kLetterSize);
}

}  // namespace

void Cashiers::work() {
  const uint64_t round = ++begun_;
  bool busy = false;
  for (size_t i = 0; i < 2; ++i) busy |= order(i);
  busy |= bank_books();
  read_journal();
  for (size_t i = 0; i < 2; ++i) busy |= import(i);
  for (size_t i = 0; i < 2; ++i) busy |= settle(i);
  if (!busy) idle_in_ = round;
}

bool Cashiers::order(size_t agency) {
  RunningAgency& at = *agencies_[agency];
  if (!at.ready() || !make_sure_of_store(at) || !at.cli({"remit", "make"})) return true;
  v1::RemittanceBatchViews batches;
  if (!at.get("/v1/remittances?limit=50", &batches)) return true;
  bool busy = false;
  for (const v1::RemittanceBatchView& batch : batches.batches()) busy |= order_batch(agency, batch);
  v1::PaymentViews waiting;
  return busy || !at.get("/v1/payments?limit=1", &waiting) || !waiting.payments().empty();
}

// After a restore the folder is a copy. The bank's books are here, and no file has left since.
bool Cashiers::make_sure_of_store(const RunningAgency& at) {
  v1::StoreView store;
  if (!at.get("/v1/store", &store)) return false;
  if (store.copied_at().empty()) return true;
  v1::ConfirmStoreInput proposal;
  proposal.set_note("a backup was restored; compared with the bank");
  if (!at.post("/v1/store/confirm", proposal, &store)) return false;
  v1::ApproveConfirmationInput approval;
  approval.set_content(store.proposal().content());
  return at.post_as_cashier("/v1/store/confirm/approve", approval, &store).has_value();
}

// One person has made it, another approves; its file goes to the bank once.
bool Cashiers::order_batch(size_t agency, const v1::RemittanceBatchView& batch) {
  RunningAgency& at = *agencies_[agency];
  const auto file = folder_ / "orders" / (batch.batch() + ".xml");
  if (batch.state() == "void" || std::filesystem::exists(file)) return false;
  if (batch.state() == "made") {
    v1::ApproveBatchInput input;
    input.set_content(batch.content());
    v1::RemittanceBatchView after;
    if (!at.post_as_cashier("/v1/remittances/" + batch.batch() + "/approve", input, &after)) {
      return true;
    }
  }
  std::filesystem::create_directories(file.parent_path());
  const auto draft = file.parent_path() / (batch.batch() + ".draft");
  if (at.cli({"remit", "export", batch.batch(), "--out", draft.string()})) {
    std::filesystem::rename(draft, file);
  }
  return true;
}

bool Cashiers::bank_books() {
  const std::string code = JIEXU_E2E_SOURCES;
  const auto left = run_program(
      {kPython, code + "/bank.py", folder_.string(), "--rules", code + "/bank_rules.txt"});
  if (!left) surprise("the bank: " + left.error().text);
  return !left || *left != "0\n";
}

void Cashiers::read_journal() {
  std::ifstream in(folder_ / "journal.txt");
  const std::lock_guard lock(mutex_);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string account, host, share;
    words >> account >> host;
    auto& shares = journal_[host];
    shares.clear();
    while (words >> share) {
      const size_t equals = share.find('=');
      shares.emplace_back(share.substr(0, equals), std::stoll(share.substr(equals + 1)));
    }
  }
}

bool Cashiers::import(size_t agency) {
  RunningAgency& at = *agencies_[agency];
  const auto statements = folder_ / "statements" / at.spec().bank_account;
  std::error_code none;
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(statements, none)) {
    if (entry.path().extension() == ".xml") files.insert(entry.path().filename().string());
  }
  bool busy = false;
  for (const std::string& name : files) {
    {
      const std::lock_guard lock(mutex_);
      if (imported_[agency].contains(name)) continue;
    }
    busy = true;
    if (!at.cli({"bank", "import", (statements / name).string()})) return true;
    const std::lock_guard lock(mutex_);
    imported_[agency].insert(name);
    for (const auto& [host, shares] : journal_) {
      for (const auto& [payment, fen] : shares) {
        if (fen > 0) arrived_.insert(letter_of(payment));
      }
    }
  }
  return busy;
}

bool Cashiers::settle(size_t agency) {
  RunningAgency& at = *agencies_[agency];
  v1::BankLineViews queues;
  if (!at.ready() || !at.get("/v1/bank/lines?limit=500", &queues)) return true;
  for (const v1::BankLineView& line : queues.lines()) {
    // What is early, or with its case, settles by itself; what is wrong in another way is nobody's
    // to guess.
    const bool named = line.outcome() == "amount_differs";
    const bool nameless = line.outcome() == "no_case" || line.outcome() == "unknown_reference";
    const bool mine = line.to().empty() && line.suspense_fen() > 0;
    if (mine && (nameless || named)) match(agency, line);
  }
  return !queues.lines().empty();
}

void Cashiers::match(size_t agency, const v1::BankLineView& line) {
  RunningAgency& at = *agencies_[agency];
  const auto cases = at.cases(false);
  if (!cases) return;
  std::map<std::string, const v1::CaseView*> by_letter;
  for (const v1::CaseView& view : *cases) by_letter[view.letter_number()] = &view;
  v1::MatchInput input;
  input.set_note("asked the bank");
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [payment, fen] : journal_[line.host_sequence()]) {
      const v1::CaseView* view = by_letter[letter_of(payment)];
      if (view == nullptr) return;
      v1::AllocationView* part = input.add_to();
      part->set_case_id(view->case_id());
      part->set_amount_fen(fen);
      // Payments have their numbers at the agency that pays.
      if (view->side() == "OUT") part->set_attempt(std::stoul(payment.substr(kLetterSize + 1)));
    }
  }
  v1::BankLineResults results;
  const std::string path = "/v1/bank/lines/" + line.line_id();
  auto done = at.post(path + "/match", input, &results);
  if (done && results.results_size() == 1) {
    v1::ApproveLineInput seen;
    seen.set_content(results.results(0).content());
    done = at.post_as_second(path + "/approve", seen, &results);
  }
  if (done || done.error().code != Errc::kInvalid) return;
  // It may have been settled since it was shown.
  const std::string& why = done.error().text;
  const auto is = [&](const char* refusal) { return why.find(refusal) != std::string::npos; };
  if (!is("bank_line_settled") && !is("proposal_changed") && !is("unknown_proposal")) {
    surprise("matching by hand: " + why);
  }
}

bool Cashiers::money_arrived(const std::string& letter_number) const {
  const std::lock_guard lock(mutex_);
  return arrived_.contains(letter_number);
}

void Cashiers::forget_imports(size_t agency) {
  const std::lock_guard lock(mutex_);
  imported_[agency].clear();
}

void Cashiers::surprise(std::string text) {
  const std::lock_guard lock(mutex_);
  surprises_.push_back(std::move(text));
}

std::vector<std::string> Cashiers::surprises() const {
  const std::lock_guard lock(mutex_);
  return surprises_;
}

}  // namespace jiexu::e2e
