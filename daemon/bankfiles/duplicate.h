// Whether a bank refuses a payment because it has it already. Such a refusal is no refusal of the
// money: the payment went out before, and a new one in its place would be a second one. Pure.
#pragma once

#include <string_view>

namespace jiexu {

// `words`: codes and text of the refusal, as the bank wrote them. ISO 20022 external status reasons
// AM05, DUPL, DU01 to DU05 in any case and width; or words that say so. Where it is not clear,
// the answer is yes: then a person looks, and nothing is paid meanwhile.
bool says_duplicate(std::string_view words);

}  // namespace jiexu
