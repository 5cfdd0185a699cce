// The seam through which the simulator brings its own signature suite. Only simulated_suite.cc uses
// it, and the daemon does not link that file, so that suite 255 is unknown in a production binary
// whatever a directory file or a peer says.
#pragma once

#include "daemon/trust/suite.h"

namespace jiexu {

struct SuiteFactory {
  Result<std::unique_ptr<Signer>> (*signer)(std::string_view private_key);
  Result<std::shared_ptr<const Verifier>> (*verifier)(const PublicKey& key);
};

// Makes SuiteId::kSimulated known to make_signer() and make_verifier(). Call before other threads
// use them.
void install_simulated_suite(const SuiteFactory& factory);

}  // namespace jiexu
