// What a person has entered, held against what the case knows: what is needed is there, nothing is
// dropped without a word, and no day is absurd. What was said before (Event.replayed) is not judged
// anew. Pure. Internal to daemon/cases.
#pragma once

#include <optional>

#include "daemon/cases/event.h"
#include "daemon/cases/refusal.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

// The action has the fields that it needs and none that it does not take.
std::optional<Rejection> check_fields(const Event& event);

// Whether the day is one that is expected; of any other act, it is that on which it was done.
bool is_day_expected(EventKind kind);
// REQUIRES: event.input has a date.
std::optional<Rejection> check_day(const Case& subject, const Event& event);

// A query says what is to be corrected, be it by the rules that the form breaks.
std::optional<Rejection> check_query(const Case& subject, const Event& event);

// A clerk may leave out of a form what case, rows and day say. What he enters must be the same, or
// he means another form than the one that would leave, which is `known`.
std::optional<Rejection> check_given(const v1::InformationForm& given,
                                     const v1::InformationForm& known);

}  // namespace jiexu
