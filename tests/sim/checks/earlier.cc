// I9: a form carries on the rows of earlier areas, as they came: what the disk held of transfers
// that were done when the form was written. And it has the rows that somebody wrote.
#include <algorithm>
#include <optional>

#include "daemon/casework/case_store.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

using Version = std::pair<CaseId, uint32_t>;
using Forms = std::map<Version, v1::InformationForm>;

void add_form(const CaseId& id, const v1::Message& message, Forms& out) {
  if (!message.has_information_form()) return;
  out[{id, message.information_form().version()}] = message.information_form();
}

// All that it has sent, received or keyed in; of two twins the one that is signed.
Forms forms_of(const Survey& survey) {
  Forms out;
  for (const auto& [id, file] : survey.cases) {
    for (const v1::TimelineRecord& entry : file.timeline) {
      v1::ActionInput input;
      if (input.ParseFromString(entry.payload())) add_form(id, input.paper(), out);
    }
  }
  for (const auto& [side, frames] : survey.logs) {
    for (const BatchFrame& frame : frames) {
      for (const std::string_view bytes : frame.messages) {
        v1::Message message;
        const bool read = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        const auto id = CaseId::from_bytes(message.case_id());
        if (read && id) add_form(*id, message, out);
      }
    }
  }
  return out;
}

bool has(const v1::InformationForm& form, const v1::Segment& row) {
  return std::ranges::any_of(form.segments(), [bytes = row.SerializeAsString()](const auto& other) {
    return other.SerializeAsString() == bytes;
  });
}

bool tells_of(const v1::Segment& one, const v1::Segment& other) {
  return one.scheme() == other.scheme() && one.from_month() <= other.to_month() &&
         other.from_month() <= one.to_month();
}

// Done transfers to the agency of the person whose case this is.
std::vector<Case> arrivals_of(const Site& site, const CaseId& id) {
  const auto all = list_cases(Records(site.store, site.vault), false, std::nullopt, SIZE_MAX / 2);
  if (!all) return {};  // which the next survey says
  std::vector<Case> out;
  const auto asked = std::ranges::find(all->cases, id, &Case::id);
  for (const Case& other : all->cases) {
    const bool done =
        other.relationship == Relationship::kDone || other.relationship == Relationship::kPaper;
    const bool same = asked != all->cases.end() && other.person_hash == asked->person_hash;
    if (done && same) out.push_back(other);
  }
  return out;
}

// The newest of each.
std::vector<v1::InformationForm> forms_of(const Site& site, const std::vector<Case>& arrivals) {
  if (arrivals.empty()) return {};
  const auto survey = take_survey(site.store, site.vault, site.agency, Instant());
  if (!survey) return {};
  const Forms forms = forms_of(*survey);
  std::vector<v1::InformationForm> out;
  for (const Case& arrival : arrivals) {
    const auto form = forms.find({arrival.id, arrival.form_version});
    if (form != forms.end()) out.push_back(form->second);
  }
  return out;
}

// The row, or what another arrival says of its months.
bool carries(const v1::InformationForm& form, const v1::Segment& row,
             const std::vector<v1::InformationForm>& arrivals) {
  if (has(form, row)) return true;
  return std::ranges::any_of(arrivals, [&](const v1::InformationForm& other) {
    return std::ranges::any_of(other.segments(), [&](const v1::Segment& word) {
      return tells_of(word, row) && has(form, word);
    });
  });
}

// What the form lacks; empty: nothing.
std::string lack_of(const v1::InformationForm& form, AgencyId agency,
                    const std::vector<v1::InformationForm>& arrivals) {
  for (const v1::InformationForm& arrival : arrivals) {
    for (const v1::Segment& row : arrival.segments()) {
      if (row.area() == agency.area() || carries(form, row, arrivals)) continue;
      return "the row of " + row.area() + " from " + std::to_string(row.from_month()) +
             " that came with letter " + arrival.letter_number();
    }
  }
  return "";
}

std::string rows_of(const v1::InformationForm& form) {
  v1::InformationForm rows;
  *rows.mutable_segments() = form.segments();
  return rows.SerializeAsString();
}

class EarlierChecker final : public Checker {
 public:
  explicit EarlierChecker(std::vector<Violation>& found) : Checker("I9", found) {}

  void asked(const Site& site, const Asking& command) override {
    const auto* action = std::get_if<ActionCommand>(&command.what);
    if (action == nullptr || !action->input || !action->input->has_form()) return;
    const v1::InformationForm& form = action->input->form();
    const auto arrivals = forms_of(site, arrivals_of(site, action->case_id));
    std::string lack = lack_of(form, site.agency, arrivals);
    const auto [known, fresh] = written_.try_emplace({action->case_id, rows_of(form)}, lack);
    // What was refused once is right at another time.
    if (!fresh && lack.empty()) known->second.clear();
  }

  void surveyed(const Scene& scene) override {
    if (!scene.ended) return;
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [version, form] : forms_of(survey)) {
        const auto known = written_.find({version.first, rows_of(form)});
        const std::string who = "form " + form.form_number();
        if (known == written_.end()) {
          violated(who + " at " + agency.str() + " has rows that nobody wrote");
        } else if (!known->second.empty()) {
          violated(who + " lacks " + known->second);
        }
      }
    }
  }

 private:
  // By case and rows, what the form lacked when it was written, if it did at every time.
  std::map<std::pair<CaseId, std::string>, std::string> written_;
};

}  // namespace

CheckerPtr make_earlier_checker(std::vector<Violation>& found) {
  return std::make_unique<EarlierChecker>(found);
}

}  // namespace jiexu::sim
