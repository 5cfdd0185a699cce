// Changes one key of a configuration that `jiexu init` wrote, as an operator with an editor would.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace jiexu::e2e {

inline void change_setting(const std::filesystem::path& config, const std::string& key,
                           const std::string& value) {
  std::ifstream in(config);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t at = text.find("\n" + key + " = ");
  if (at == std::string::npos) std::abort();  // the key must be one of the example's
  const size_t end = text.find('\n', at + 1);
  text.replace(at + 1, end - at - 1, key + " = " + value);
  std::ofstream(config, std::ios::trunc) << text;
}

}  // namespace jiexu::e2e
