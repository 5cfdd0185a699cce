// What the API answers when it does not do what was asked: problem+json (RFC 9457) with a code that
// does not change.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "daemon/api/http/http_message.h"
#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"
#include "daemon/words/words.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// The response of a problem whose status, code and detail are set.
HttpResponse problem_response(v1::Problem problem);
HttpResponse problem_response(int status, std::string_view code, std::string_view detail);

// 404 for an unknown case; 409 where the state of the case or of the day is the reason, with the
// actions that are allowed now; 400 where the content is.
HttpResponse refusal_response(const Rejection& rejection, const Case* subject);
int status_of(Refusal refusal);

// A problem in another language than English, as far as the catalogue goes: its code stays, and so
// does what it says of particular numbers. Any other response as it is.
HttpResponse in_language(HttpResponse response, Language language);
// The field of an answer that has words in it.
std::pair<std::string, std::string> vary_by_language();

}  // namespace jiexu
