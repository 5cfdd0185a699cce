// The money of a world: the cashiers of both agencies, who take payment files to the bank and
// import its statements, and the bank itself (bank.py, with the rules of bank_rules.txt). What a
// statement does not say, a cashier asks the bank, and matches by hand.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/agency.h"

namespace jiexu::e2e {

class Cashiers {
 public:
  // `folder` is the bank's; the agencies must outlive this object.
  Cashiers(std::array<RunningAgency*, 2> agencies, std::filesystem::path folder)
      : agencies_(agencies), folder_(std::move(folder)) {}

  // One round of both cashiers and of the bank. Errors of a daemon that is down are not errors of
  // the round. On one thread.
  void work();
  // Rounds that have begun. From any thread, as the others.
  uint64_t rounds() const { return begun_; }
  // In a round after the first `rounds` nothing was left to do: no payment waits, no line, and
  // nothing is still to come from the bank. What a round has found that had begun before the caller
  // looked at the cases says nothing of them.
  bool idle_since(uint64_t rounds) const { return idle_in_ > rounds; }
  // A credit for this letter was on a statement that is imported.
  bool money_arrived(const std::string& letter_number) const;
  // The agency's store was put back to a backup: its statements are imported again.
  void forget_imports(size_t agency);
  std::vector<std::string> surprises() const;

 private:
  // Whether there was, or still is, something to do.
  bool order(size_t agency);
  // False: not yet.
  static bool make_sure_of_store(const RunningAgency& at);
  bool order_batch(size_t agency, const v1::RemittanceBatchView& batch);
  bool bank_books();
  bool import(size_t agency);
  bool settle(size_t agency);
  void match(size_t agency, const v1::BankLineView& line);
  void read_journal();
  void surprise(std::string text);

  std::array<RunningAgency*, 2> agencies_;
  std::filesystem::path folder_;
  std::atomic<uint64_t> begun_{0};
  std::atomic<uint64_t> idle_in_{0};  // the last round that found nothing to do; 0: none has
  mutable std::mutex mutex_;
  std::array<std::set<std::string>, 2> imported_;  // names of statements
  // By the bank's number of a line: EndToEndId and its share.
  std::map<std::string, std::vector<std::pair<std::string, int64_t>>> journal_;
  std::set<std::string> arrived_;  // letter numbers
  std::vector<std::string> surprises_;
};

}  // namespace jiexu::e2e
