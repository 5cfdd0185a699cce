#include "daemon/base/invariant.h"

#include "daemon/base/check.h"

namespace jiexu {

void must_hold(const Broken& broken, std::source_location where) {
  if (!broken) return;
  const std::string text = "rule " + std::string(*broken);
  check_failed(text.c_str(), where.file_name(), static_cast<int>(where.line()));
}

}  // namespace jiexu
