// Text as it may stand in a page of HTML, in its content and in quoted values of attributes.
#pragma once

#include <string>
#include <string_view>

namespace jiexu {

std::string html_escaped(std::string_view text);

}  // namespace jiexu
