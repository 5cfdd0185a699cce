// I1: what an agency tells anyone outside is on its disk.
#include "daemon/casework/case_store.h"
#include "daemon/peers/link_store.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

class DurableChecker final : public Checker {
 public:
  explicit DurableChecker(std::vector<Violation>& found) : Checker("I1", found) {}

  void frame_leaves(const Site& site, AgencyId to, Lane, const FrameBytes& bytes) override {
    const auto frame = decode_frame(bytes);
    if (!frame) return violated(site.agency.str() + " sends what is no frame");
    if (const auto* batch = std::get_if<BatchFrame>(&*frame)) return judge(site, to, *batch);
    const Receipt* receipt = std::get_if<Receipt>(&*frame);
    if (const auto* opened = std::get_if<OpenedFrame>(&*frame)) receipt = &opened->receipt;
    if (receipt != nullptr) judge(site, to, *receipt);
  }

  void answered(const Site& site, const Answer& answer) override {
    if (answer.subject == nullptr || !answer.subject->exists()) return;
    const auto stored = read_case(Records(site.store, site.vault), answer.subject->id);
    if (stored && *stored && (*stored)->revision >= answer.subject->revision) return;
    violated(site.agency.str() + " answers with revision " +
             std::to_string(answer.subject->revision) + " of case " + answer.subject->id.str() +
             ", which is not on its disk");
  }

 private:
  void judge(const Site& site, AgencyId to, const BatchFrame& batch) {
    const Records records(site.store, site.vault);
    const StoredLog log(records, to, layout::Direction::kOut, batch.epoch);
    const auto stored = log.frame_with(batch.first_seq);
    if (stored && *stored && *(*stored)->bytes == *batch.bytes) return;
    violated(site.agency.str() + " sends frame " + std::to_string(batch.first_seq) + " to " +
             to.str() + ", which is not on its disk");
  }

  void judge(const Site& site, AgencyId to, const Receipt& receipt) {
    if (receipt.through == 0) return;
    const Records records(site.store, site.vault);
    const StoredLog log(records, to, layout::Direction::kIn, receipt.epoch);
    const auto stored = log.frame_with(receipt.through);
    const bool there = stored && *stored && (*stored)->last_seq == receipt.through &&
                       (*stored)->head == receipt.head;
    if (there) return;
    violated(site.agency.str() + " gives " + to.str() + " a receipt through " +
             std::to_string(receipt.through) + ", which is not on its disk");
  }
};

}  // namespace

CheckerPtr make_durable_checker(std::vector<Violation>& found) {
  return std::make_unique<DurableChecker>(found);
}

}  // namespace jiexu::sim
