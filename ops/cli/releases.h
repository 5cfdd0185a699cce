// Payments that wait for people, and the two people who let them go on.
#pragma once

#include <string>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/session.h"

namespace jiexu::cli {

// Who lets it go on, and why; empty: nobody has said so.
std::string release_remark(const v1::PaymentView& payment);
// Each with what a second person needs to approve it; `command`: Session::command().
void print_releases(const google::protobuf::RepeatedPtrField<v1::PaymentView>& payments,
                    const std::string& command);
void add_releases(Command group, Session& session);

}  // namespace jiexu::cli
