// The signature suite of the deterministic simulator (number 255): as fast as one hash, and its
// signatures depend on nothing but key and message. Whoever knows the public key can forge them, so
// that it proves nothing; it lets millions of simulated frames take the same path through the code
// as real ones.
//
//   public key = SHA-256("jiexu simulated key" ‖ private key), private key 32 bytes
//   signature  = SHA-256("jiexu simulated signature" ‖ public key ‖ message)
#pragma once

namespace jiexu {

// Makes the suite known to this process. Call once, before other threads start.
void enable_simulated_suite();

}  // namespace jiexu
