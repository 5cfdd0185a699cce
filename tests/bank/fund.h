// A transfer-in agency with cases of different people whose forms are here, and bank lines for
// them.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/trust/suite.h"
#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {

struct Fund {
  explicit Fund(int cases) {
    for (int n = 1; n <= cases; ++n) open_case(n);
  }

  void open_case(int n) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    make_another(n, *input.mutable_application()->mutable_person());
    REQUIRE_FALSE(site.act(EventKind::kApply, case_number(n), input).rejection);
    REQUIRE_FALSE(site.act(EventKind::kAccept, case_number(n)).rejection);
    REQUIRE_FALSE(site.act(EventKind::kSendLetter, case_number(n)).rejection);
    for (const EventKind kind : {EventKind::kLetterAcceptIn, EventKind::kInfoFormIn}) {
      v1::Message message = sound_message(site.subject(case_number(n)), kind);
      if (message.has_information_form()) {
        *message.mutable_information_form()->mutable_person() = site.subject(case_number(n)).person;
      }
      Forger(out_site(), site).deliver(message);
      site.commit();
    }
    REQUIRE(site.quarantine().empty());
  }

  // A credit of what case `n` is due, under the bank's number R1.
  v1::BankLine line(int n) const { return line_of(n, "R1"); }
  v1::BankLine line_of(int n, const std::string& number) const {
    return bank_line(site.subject(case_number(n)).letter_number, kBalance, number);
  }
  // The outcomes of lines that come together.
  std::vector<std::string> import(std::vector<v1::BankLine> lines) {
    const Answer answer = site.bank(std::move(lines));
    results.assign(answer.bank.results().begin(), answer.bank.results().end());
    std::vector<std::string> outcomes;
    for (const auto& result : results) outcomes.push_back(result.outcome());
    return outcomes;
  }
  std::string import(const v1::BankLine& line) { return import(std::vector{line})[0]; }
  // The same as a file of its own, over a restart of the daemon after each of its commits.
  void import_file(const std::string& name, const std::vector<v1::BankLine>& lines) {
    auto input = std::make_shared<v1::BankFileInput>();
    input->set_name(name);
    input->set_lines_total(lines.size());
    for (const v1::BankLine& line : lines) {
      *input->add_lines() = line;
      input->set_credited_fen(input->credited_fen() + line.amount_fen());
    }
    site.post(BankFileCommand{sha256(name), std::move(input)});
    // Each run tells its followers how the links stand, so that there is always a commit.
    std::map<std::string, std::string> before;
    do {
      before = site.contents();
      site.commit();
      site.restart();
      site.wake();
      site.commit();
    } while (site.contents() != before);
  }
  uint64_t count(const std::string& file, BankOutcome outcome) const {
    const auto record = **site.records().get_message<v1::BankFileRecord>(
        Family::kFunds, layout::bank_file_key(sha256(file)));
    const auto at = static_cast<int>(outcome);
    return at < record.outcomes_size() ? record.outcomes(at) : 0;
  }
  v1::BankLineRecord record(const std::string& id) const {
    const Key key = layout::bank_line_key(*to_array<32>(*from_hex(id)));
    return **site.records().get_message<v1::BankLineRecord>(Family::kFunds, key);
  }
  Answer decide(const std::string& id, LineAct act, std::vector<Allocation> to = {}) {
    return site.decide({*to_array<32>(*from_hex(id)), act, std::move(to), "asked the bank", {}});
  }
  std::string outcome(const std::string& id) const {
    return std::string(name(static_cast<BankOutcome>(record(id).outcome())));
  }
  Funds funds(int n) const { return site.subject(case_number(n)).funds; }
  int64_t moved(int n) const { return site.subject(case_number(n)).moved.value; }
  int64_t suspense() const { return -site.balance(in_site(), LedgerAccount::kSuspense); }

  Site site{in_site(), kNow};
  std::vector<v1::BankLineResult> results;
};

}  // namespace jiexu
