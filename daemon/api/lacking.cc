#include "daemon/api/lacking.h"

#include "daemon/api/problem.h"
#include "daemon/cases/step.h"

namespace jiexu {
namespace {

Right right_on(Side side) {
  return side == Side::kIn ? Right::kWorkIn : Right::kWorkOut;
}

}  // namespace

HttpResponse lacks(Right right) {
  return problem_response(
      403, "role_too_low",
      "this needs the right " + std::string(name(right)) + "; `jiexu user roles` says who has it");
}

bool works_on(const User& user, Side side) {
  return may(user, right_on(side)) || may(user, Right::kDecide);
}

HttpResponse lacks_side(Side side) {
  return lacks(right_on(side));
}

Right right_of(const Offer& offer, Side side) {
  return offer.role == "reviewer" ? Right::kDecide : right_on(side);
}

}  // namespace jiexu
