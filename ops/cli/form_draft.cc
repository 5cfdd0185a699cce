#include "ops/cli/form_draft.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>
#include <tuple>

#include "ops/cli/json.h"
#include "ops/cli/readable.h"

namespace jiexu::cli {
namespace {

bool is_before(const v1::Segment& a, const v1::Segment& b) {
  return std::tuple(a.from_month(), a.to_month(), a.area()) <
         std::tuple(b.from_month(), b.to_month(), b.area());
}

// Rows of months that none in the form tells of: our own as others have them, or of transfers that
// are not done.
void offer_rows(const v1::InformationForm& from, v1::InformationForm& form) {
  for (const v1::Segment& row : from.segments()) {
    const bool told = std::ranges::any_of(
        form.segments(), [&](const v1::Segment& other) { return share_months(row, other); });
    if (!told) *form.add_segments() = row;
  }
}

// What follows from the rest, and what is only known when the form goes out.
void clear_derived(v1::InformationForm& form) {
  form.clear_letter_number();
  form.clear_form_number();
  form.clear_version();
  form.clear_replaces();
  form.clear_reason();
  form.clear_gaps();
  form.clear_actual_months();
  form.clear_deemed_months();
  form.clear_continuous_months();
  form.clear_issued_on();
  form.clear_attachments();
}

}  // namespace

v1::InformationForm first_form(const v1::CaseView& view, const Arrivals& arrivals) {
  v1::InformationForm form;
  *form.mutable_person() = view.person();
  form.set_scheme_from(view.scheme_from());
  form.set_scheme_to(view.scheme_to());
  carry_rows_on(arrivals.done, {&arrivals.ours, 1}, form);
  for (const EarlierForm& arrival : arrivals.done | std::views::reverse) {
    offer_rows(arrival.form, form);
  }
  for (const v1::InformationForm& other : arrivals.others) offer_rows(other, form);
  std::ranges::stable_sort(*form.mutable_segments(), is_before);
  v1::Segment& ours = *form.add_segments();
  ours.set_scheme(view.scheme_from());
  ours.set_kind(v1::SEGMENT_KIND_ACTUAL);
  form.mutable_account();
  return form;
}

v1::InformationForm next_version(v1::InformationForm last, const Arrivals& arrivals) {
  clear_derived(last);
  carry_rows_on(arrivals.done, {&arrivals.ours, 1}, last);
  return last;
}

std::string input_json(const v1::InformationForm& form) {
  nlohmann::ordered_json shown = nlohmann::ordered_json::parse(to_whole_json(form));
  to_readable(*v1::InformationForm::descriptor(), shown);
  return "{\"form\": " + shown.dump(1) + "}\n";
}

std::string with_numbers_of(const v1::CaseView& view, const std::string& paper) {
  nlohmann::json root = nlohmann::json::parse(paper);
  nlohmann::json& form = root["message"]["information_form"];
  const auto give = [&form](const char* name, const nlohmann::json& value) {
    if (!form.contains(name)) form[name] = value;
  };
  if (!form.contains("version")) {
    form["version"] = view.form_version() + 1;
    give("replaces", view.form_version());
  }
  const nlohmann::json& version = form["version"];
  give("letter_number", view.letter_number());
  give("form_number", view.letter_number() + "-" +
                          (version.is_string() ? version.get<std::string>() : version.dump()));
  return root.dump();
}

}  // namespace jiexu::cli
