// I5: a link has no holes, its chain holds, and the receiver's copy is the sender's, byte by byte.
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

using layout::Direction;

class LinksChecker final : public Checker {
 public:
  explicit LinksChecker(std::vector<Violation>& found) : Checker("I5", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [side, log] : survey.logs) judge_log(survey, side, log);
      for (const auto& [side, record] : survey.links) judge_mark(survey, side, record);
      for (const auto& [peer, other] : scene.surveys) {
        if (agency != peer) judge_copies(survey, other, scene.ended);
      }
    }
  }

 private:
  void judge_log(const Survey& survey, const LinkSide& side, const std::vector<BatchFrame>& log) {
    const auto& [peer, direction] = side;
    const bool out = direction == Direction::kOut;
    const LinkName link = out ? LinkName{survey.agency, peer} : LinkName{peer, survey.agency};
    const std::string what = "link " + link.sender.str() + " to " + link.receiver.str() + " at " +
                             survey.agency.str() + ": ";
    Digest head = chain_start(link);
    Seq next = 1;
    for (const BatchFrame& frame : log) {
      if (frame.link != link) violated(what + "a frame of another link");
      if (frame.first_seq != next || frame.prev_head != head) {
        return violated(what + "a hole before " + std::to_string(frame.first_seq));
      }
      for (const std::string_view message : frame.messages)
        head = chain_next(head, next++, message);
      if (frame.head != head) return violated(what + "a head that does not follow");
    }
    const auto record = survey.links.find(side);
    const bool marked = record != survey.links.end() && record->second.last_seq() == next - 1 &&
                        record->second.head() == view(head);
    if (!marked) violated(what + "its mark is not where its log ends");
  }

  void judge_mark(const Survey& survey, const LinkSide& side, const v1::LinkRecord& record) {
    if (record.last_seq() == 0 || survey.logs.contains(side)) return;
    violated("a link of " + survey.agency.str() + " has a mark and no log");
  }

  void judge_copies(const Survey& sender, const Survey& receiver, bool ended) {
    static const std::vector<BatchFrame> kEmpty;
    const auto ours = sender.logs.find({receiver.agency, Direction::kOut});
    const auto theirs = receiver.logs.find({sender.agency, Direction::kIn});
    const auto& sent = ours == sender.logs.end() ? kEmpty : ours->second;
    const auto& received = theirs == receiver.logs.end() ? kEmpty : theirs->second;
    const std::string what = "link " + sender.agency.str() + " to " + receiver.agency.str() + ": ";
    if (received.size() > sent.size()) return violated(what + "the copy is longer than the log");
    for (size_t i = 0; i < received.size(); ++i) {
      if (*received[i].bytes != *sent[i].bytes) return violated(what + "the copies differ");
    }
    if (ended && received.size() != sent.size()) violated("the end of a link was not delivered");
  }
};

}  // namespace

CheckerPtr make_links_checker(std::vector<Violation>& found) {
  return std::make_unique<LinksChecker>(found);
}

}  // namespace jiexu::sim
