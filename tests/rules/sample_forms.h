// Forms that break no rule, for tests to change one thing in. The people are made up and their
// numbers come from the algorithm.
#pragma once

#include "daemon/base/time.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

inline constexpr Date kSampleToday{2026, 11, 20};

v1::Application sample_application();
// With every field that an application has.
v1::Application full_application();
v1::Certificate sample_certificate();
v1::Filing sample_filing();
v1::ContactLetter sample_letter();

// Answers sample_letter(): three rows of employee insurance with one gap, 1234.56 yuan to transfer.
v1::InformationForm sample_form();

// Makes the person another one, for each `n` from 1 on.
void make_another(int n, v1::Person& person);

// Adds a row of 350500; its months are all that it spans.
v1::Segment& add_row(v1::InformationForm& form, int32_t from_month, int32_t to_month,
                     v1::SegmentKind kind = v1::SEGMENT_KIND_ACTUAL,
                     v1::Scheme scheme = v1::SCHEME_EMPLOYEE);

}  // namespace jiexu
