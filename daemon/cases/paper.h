// What comes on paper is keyed in and treated as the message that it stands for, without a number
// (X38). When the electronic twin comes, it is known by its kind and its version or attempt.
// Internal to daemon/cases.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

inline constexpr size_t kPapersMax = 32;  // no case has more messages from one side by hand
// Of the number that an agency without Jiexu gives its letter, in characters.
inline constexpr size_t kPaperNumberMax = 40;

// Why the paper cannot be of this case; nullopt: it may be.
std::optional<Rejection> check_paper(const Case& subject, const v1::ActionInput& input);
// For the timeline. The hash is the one printed on the paper, so that paper and message can be laid
// side by side when the twin has come.
std::string paper_note(std::string_view kind, const std::string& sha256);

// Remembers that the message was keyed in.
void keep_paper(const v1::Message& message, Case& subject);
bool has_twin(const v1::Message& message, const Case& subject);
// Whether a form was confirmed or queried on paper whose twin has not come.
bool answers_form_on_paper(const Case& subject);
// Forgets the paper. Whether it said the same. REQUIRES: has_twin().
bool take_twin(const v1::Message& message, Case& subject);

}  // namespace jiexu
