// Amounts in Chinese capital figures (大写), as they stand beside the digits on every paper about
// money, so that nobody can add a stroke: 1,409.50 is 壹仟肆佰零玖元伍角整. By the rules of the
// payment and settlement measures (支付结算办法, annex 1); where these leave a choice, without 零.
#pragma once

#include <optional>
#include <string>

#include "daemon/base/money.h"

namespace jiexu {

// nullopt from 10^16 yuan on, for which there are no words; no such amount is taken anywhere, but a
// message that is shown may say it.
std::optional<std::string> capital_amount(Fen amount);

}  // namespace jiexu
