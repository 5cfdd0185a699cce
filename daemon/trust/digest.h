// SHA-256 of something that comes in pieces.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/base/ids.h"

namespace jiexu {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view piece);
  // Of all pieces together. Ends the use of this object.
  Digest digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiexu
