// What comes on paper is keyed in and treated as the message that it stands for, without a number
// (X38). When the electronic twin comes, it is known by its kind and its version or attempt.
// Internal to daemon/cases.
#pragma once

#include "daemon/cases/case.h"

namespace jiexu {

inline constexpr size_t kPapersMax = 32;  // no case has more messages from one side by hand

// Remembers that the message was keyed in.
void keep_paper(const v1::Message& message, Case& subject);
bool has_twin(const v1::Message& message, const Case& subject);
// Forgets the paper. Whether it said the same. REQUIRES: has_twin().
bool take_twin(const v1::Message& message, Case& subject);

}  // namespace jiexu
