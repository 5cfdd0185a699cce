// jiexu store status, confirm, approve-confirm, accept-loss: what is known of the store as a whole,
// and what people say of it.
#pragma once

#include "ops/cli/session.h"

namespace jiexu::cli {

void add_store_words(Command store_group, Session& session);

}  // namespace jiexu::cli
