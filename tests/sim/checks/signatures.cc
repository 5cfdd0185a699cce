// I6: every frame and every receipt that is kept has a signature that verifies.
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

class SignaturesChecker final : public Checker {
 public:
  explicit SignaturesChecker(std::vector<Violation>& found) : Checker("I6", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [side, log] : survey.logs) {
        for (const BatchFrame& frame : log) judge(agency, verify(frame, scene.directory));
      }
      for (const Receipt& receipt : survey.receipts) {
        judge(agency, verify(receipt, scene.directory));
      }
    }
  }

 private:
  void judge(AgencyId agency, const Result<void>& verified) {
    if (!verified) violated("kept at " + agency.str() + ": " + verified.error().text);
  }
};

}  // namespace

CheckerPtr make_signatures_checker(std::vector<Violation>& found) {
  return std::make_unique<SignaturesChecker>(found);
}

}  // namespace jiexu::sim
