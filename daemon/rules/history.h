// The contribution history: what follows from its rows, and the rules over them. Transfer-out fills
// what follows with fill_derived; transfer-in computes it again and compares (form_check.h).
//
// A row is sound if its months are in 195001..205012 and in order and its count is between none and
// its span. Rows that are not sound, and refunded ones (退费), which count no month, are passed
// over.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/rules/field_checks.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

using Segments = google::protobuf::RepeatedPtrField<v1::Segment>;

// Stretches of months without cover by `scheme`, between its first and last month, in order. A row
// with fewer months than its span does not say which are missing, and counts as cover throughout.
std::vector<v1::Gap> derive_gaps(const Segments& segments, v1::Scheme scheme);

struct Totals {
  int32_t actual_months = 0;      // rows of kinds ACTUAL and BACKPAID, of every scheme
  int32_t deemed_months = 0;      // rows of kind DEEMED, of every scheme
  int32_t continuous_months = 0;  // rows of `scheme` after its last gap

  bool operator==(const Totals&) const = default;
};

Totals derive_totals(const Segments& segments, v1::Scheme scheme);

// Letter number, '-', version.
std::string form_number(std::string_view letter_number, uint32_t version);

// Sets the form's number, gaps and totals from its letter number, version and rows. Money is left
// as it was entered: a wrong amount must be found, not painted over.
void fill_derived(v1::InformationForm& form);

// Whether the row by itself breaks no rule in the form: its stop, and what became of its account.
bool can_stand(const v1::Segment& row, const v1::InformationForm& form);

// Rules kTooManyRows to kGaps, and those of the cells of each row.
void check_history(FieldChecks& checks, const v1::InformationForm& form);

}  // namespace jiexu
