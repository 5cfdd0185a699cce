// The invariants of the project, each watched by a class of its own that judges only what it sees
// from outside: frames as they leave, commands as they come, answers as they are given, and what
// the stores hold. None asks the engine.
//
//   I1  durable.cc     what an agency says to anyone outside is on its disk: every message that a
//                      receipt covers, with that head; every frame that it sends; every case that
//                      an answer shows; files.cc: every file that a case says is here
//   I2  once.cc        a remittance has one order, one credit and, if acknowledged, one crediting
//   I3  money.cc       per pair, paid = received + on the way; every ledger adds up to zero; every
//                      balance follows from the cases
//   I4  rows.cc        every change of state is a row of the table, and the timeline has no hole
//   I5  links.cc       logs have no holes, their chains hold, and both agencies' copies are equal
//   I6  signatures.cc  every stored frame and receipt verifies
//   I7  endings.cc     after healing every case is closed on both sides in states that belong
//                      together, and nothing is left over
//       payments.cc    and so does every payment: its books say what the bank did, and no line of a
//                      statement waits for anybody but those of strangers
//   I8  agreement.cc   the agencies' daily comparison finds no difference, and in the end each has
//                      compared the last day of each other
//   I9  earlier.cc     a form carries on the rows of earlier areas, as they came
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/link/transport.h"
#include "daemon/trust/directory.h"
#include "tests/agency/asking.h"
#include "tests/sim/bank.h"
#include "tests/sim/survey.h"

namespace jiexu::sim {

struct Violation {
  std::string invariant;
  std::string text;
};

// One agency's disk at the moment of a hook.
struct Site {
  AgencyId agency;
  const MemoryStore& store;
  const Vault& vault;
};

// All disks at one moment between two events.
struct Scene {
  std::map<AgencyId, Survey> surveys;
  const Directory& directory;
  const Bank& bank;
  const BankPlan& bank_plan;
  bool ended = false;  // everything has healed and come to rest
};

class Checker {
 public:
  Checker(std::string_view invariant, std::vector<Violation>& found)
      : invariant_(invariant), found_(found) {}
  virtual ~Checker() = default;

  virtual void frame_leaves(const Site&, AgencyId /*to*/, Lane, const FrameBytes&) {}
  virtual void asked(const Site&, const Asking&) {}
  virtual void answered(const Site&, const Answer&) {}
  virtual void surveyed(const Scene&) {}

 protected:
  void violated(std::string text) { found_.push_back({invariant_, std::move(text)}); }

 private:
  std::string invariant_;
  std::vector<Violation>& found_;
};

using CheckerPtr = std::unique_ptr<Checker>;
CheckerPtr make_durable_checker(std::vector<Violation>& found);
CheckerPtr make_files_checker(std::vector<Violation>& found);
CheckerPtr make_once_checker(std::vector<Violation>& found);
CheckerPtr make_money_checker(std::vector<Violation>& found);
CheckerPtr make_rows_checker(std::vector<Violation>& found);
CheckerPtr make_links_checker(std::vector<Violation>& found);
CheckerPtr make_signatures_checker(std::vector<Violation>& found);
CheckerPtr make_endings_checker(std::vector<Violation>& found);
CheckerPtr make_payments_checker(std::vector<Violation>& found);
CheckerPtr make_agreement_checker(std::vector<Violation>& found);
CheckerPtr make_earlier_checker(std::vector<Violation>& found);

}  // namespace jiexu::sim
