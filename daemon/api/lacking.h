// What a user lacks who may not do what he asks for. Pure.
#pragma once

#include "daemon/api/http/http_message.h"
#include "daemon/cases/case.h"
#include "daemon/users/users.h"

namespace jiexu {

struct Offer;

// 403: who asks has no role with the right.
HttpResponse lacks(Right right);

// Whether he works with cases of this side, or decides in all.
bool works_on(const User& user, Side side);
HttpResponse lacks_side(Side side);

// What taking the action needs, or approving it.
Right right_of(const Offer& offer, Side side);

}  // namespace jiexu
