// Two agencies, their clerks and cashiers, the bank between them, and if asked for, somebody who
// kills daemons.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "tests/e2e/agency.h"
#include "tests/e2e/cashier.h"
#include "tests/e2e/people.h"

namespace jiexu::e2e {

// By this machine's clock, as forms write it.
int32_t today();

enum class Bank {
  // Books each payment as soon as a clerk has ordered it, by a line of its own: for worlds in which
  // something else goes wrong.
  kPrompt,
  kUnruly,  // takes payment files and gives back statements, as its rules say (bank.py)
};

// Where jiexu and jiexud of each agency are.
using Bins = std::array<std::filesystem::path, 2>;

class World {
 public:
  // `folder`: made new, for the agencies' folders.
  World(const Bins& bins, std::filesystem::path folder, uint16_t port_base,
        Bank bank = Bank::kPrompt);

  // Makes both agencies and exchanges their directory entries.
  Result<void> init();
  Result<void> start();
  Result<void> wait_ready(int seconds);

  // One applicant more: keyed at the destination. Safe to repeat after a lost answer.
  bool apply(size_t n);
  // One round over the open cases of an agency: every clerk's next move, and what the prompt bank
  // delivers.
  // Errors of a daemon that is down are not errors of the round.
  void work(size_t agency);

  RunningAgency& agency(size_t index) { return *agencies_[index]; }
  // REQUIRES: the unruly bank.
  Cashiers& cashiers() { return *cashiers_; }
  // Otherwise money comes to the line without files for the bank.
  bool has_cashiers() const { return cashiers_ != nullptr; }
  People& people() { return people_; }
  // What clerks were refused although the daemon had offered it and nobody else had acted; empty
  // in a sound run.
  std::vector<std::string> surprises() const;

 private:
  void approve(size_t agency, const v1::CaseView& view);
  void work_on(size_t agency, const v1::CaseView& view);
  void deliver_money(size_t agency, const v1::CaseView& view);
  bool money_arrived(const std::string& letter_number) const;

  std::filesystem::path folder_;
  std::array<std::unique_ptr<RunningAgency>, 2> agencies_;
  std::unique_ptr<Cashiers> cashiers_;
  People people_;
  mutable std::mutex mutex_;
  std::set<std::string> delivered_;  // letter numbers whose remittance the prompt bank has booked
  std::vector<std::string> surprises_;
};

}  // namespace jiexu::e2e
