// Where a list goes on, as clients see it: a text that they hand back as it is. What it holds is
// the list's own and may change with any build; one that was changed or made up is refused. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jiexu {

// Of an empty place, the end of a list, the empty text.
std::string cursor_text(std::string_view place);
// The inverse; nullopt: the text is no cursor.
std::optional<std::string> place_in(std::string_view cursor);

}  // namespace jiexu
