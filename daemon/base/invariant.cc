#include "daemon/base/invariant.h"

#include "daemon/base/check.h"

namespace jiexu {

void must_hold(const Broken& broken, const char* file, int line) {
  if (!broken) return;
  const std::string text = "rule " + std::string(*broken);
  check_failed(text.c_str(), file, line);
}

}  // namespace jiexu
