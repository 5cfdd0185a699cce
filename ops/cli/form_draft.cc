#include "ops/cli/form_draft.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <tuple>

#include "daemon/base/check.h"

namespace jiexu::cli {
namespace {

using google::protobuf::util::MessageDifferencer;

bool is_before(const v1::Segment& a, const v1::Segment& b) {
  return std::tuple(a.from_month(), a.to_month(), a.area()) <
         std::tuple(b.from_month(), b.to_month(), b.area());
}

bool has(const v1::InformationForm& form, const v1::Segment& row) {
  return std::ranges::any_of(form.segments(), [&](const v1::Segment& other) {
    return MessageDifferencer::Equals(other, row);
  });
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

v1::InformationForm first_form(const v1::CaseView& view,
                               const std::vector<v1::InformationForm>& earlier) {
  v1::InformationForm form;
  *form.mutable_person() = view.person();
  form.set_scheme_from(view.scheme_from());
  form.set_scheme_to(view.scheme_to());
  for (const v1::InformationForm& other : earlier) {
    for (const v1::Segment& row : other.segments()) {
      if (!has(form, row)) *form.add_segments() = row;
    }
  }
  std::ranges::stable_sort(*form.mutable_segments(), is_before);
  v1::Segment& ours = *form.add_segments();
  ours.set_scheme(view.scheme_from());
  ours.set_kind(v1::SEGMENT_KIND_ACTUAL);
  form.mutable_account();
  return form;
}

v1::InformationForm next_version(v1::InformationForm last) {
  clear_derived(last);
  return last;
}

std::string input_json(const v1::InformationForm& form) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string out;
  CHECK(google::protobuf::util::MessageToJsonString(form, &out, options).ok());
  return "{\"form\": " + out + "}\n";
}

}  // namespace jiexu::cli
