// Two agencies with Ed25519 keys from fixed seeds, without any test framework.
#pragma once

#include <memory>
#include <string>

#include "daemon/link/frame.h"

namespace jiexu {

struct FuzzWorld {
  LinkName link;
  std::shared_ptr<const Signer> sender;
  std::shared_ptr<const Signer> receiver;
  std::shared_ptr<const Directory> directory;
};
const FuzzWorld& fuzz_world();

FrameBytes shared(std::string bytes);

}  // namespace jiexu
