// I1 of files: one that a case says is here, is on its disk, byte for byte. I7 of files: in the end
// all that messages name are here.
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

class FilesChecker final : public Checker {
 public:
  explicit FilesChecker(std::vector<Violation>& found) : Checker("I1", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [id, file] : survey.cases) {
        for (const Attachment& attachment : file.subject.attachments) {
          judge(scene, survey, id, attachment);
        }
      }
    }
  }

 private:
  void judge(const Scene& scene, const Survey& survey, const CaseId& id,
             const Attachment& attachment) {
    const std::string who = "a file of case " + id.str() + " at " + survey.agency.str();
    const auto found = survey.files.find({id, attachment.sha256});
    const bool whole = found != survey.files.end() && found->second == attachment.sha256;
    if (attachment.content == Attachment::Content::kHere) {
      if (!whole) violated(who + " is not what it should be");
    } else if (scene.ended) {
      violated(who + " has not come: " + std::string(jiexu::name(attachment.content)));
    }
  }
};

}  // namespace

CheckerPtr make_files_checker(std::vector<Violation>& found) {
  return std::make_unique<FilesChecker>(found);
}

}  // namespace jiexu::sim
