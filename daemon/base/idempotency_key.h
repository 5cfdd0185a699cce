// Which act a request asks for, whoever sends it how often (engine/idempotency_keys.h).
#pragma once

#include "daemon/base/ids.h"

namespace jiexu {

struct IdempotencyKey {
  Digest act{};      // of the user and the name that he has given it
  Digest user{};     // of the user's name
  Digest request{};  // of all that was asked for
};

}  // namespace jiexu
