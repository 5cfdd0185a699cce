// Characters that nobody sees, in the texts of actions and messages. Internal to daemon/cases.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>

namespace jiexu {

// The first text of the message, or of one in it, that holds such a character (has_hidden() of
// base/text.h): its path, such as "payee.account_holder". Applications, letters and forms in it are
// left out, because their own rules look at each field. Pure; from any thread.
std::optional<std::string> hidden_text(const google::protobuf::Message& message);

}  // namespace jiexu
