// The secrets of one agency, in a folder of files that only their owner may read:
//
//   transport.key   CURVE key pair of the ZeroMQ link (hex: 32 bytes secret, 32 bytes public)
//   signing.key     private key of the signature suite ("ed25519:<hex>")
//   vault.keys      one line for each key of the store: "<id> <hex 32 bytes>", the last is current
//   person.key      hex 32 bytes: key of the person hash; never rotated, because store keys are
//                   made of it
//
// A file or folder that others could read or write is refused by name, with the chmod to run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "daemon/base/result.h"
#include "daemon/trust/suite.h"

namespace jiexu {

struct Keyring {
  std::string transport_secret;  // 32 raw bytes
  std::string transport_public;  // 32 raw bytes
  std::shared_ptr<const Signer> signer;
  std::map<uint32_t, std::string> vault_keys;  // key id to 32 bytes; the highest id is current
  std::string person_key;                      // 32 bytes

  // Makes new keys in `folder`, which must not hold any. Files are synced, and so is the folder.
  static Result<Keyring> create(const std::filesystem::path& folder);
  // Errors: kNotFound, kPermission, kInvalid, each naming the file.
  static Result<Keyring> load(const std::filesystem::path& folder);
};

// What root makes in a service's folder is the service's: `file` gets the owner and group of its
// folder. Does nothing for any other user.
Result<void> give_to_owner_of_folder(const std::filesystem::path& file);

// Writes `content` to a new file of mode 0600, synced with its folder; root's belongs to the owner
// of the folder. Error kExists if it is there.
Result<void> write_secret_file(const std::filesystem::path& file, std::string_view content);

// Reads a file after checking that it belongs to us (or that we are root) and that nobody else may
// touch it.
Result<std::string> read_secret_file(const std::filesystem::path& file);

}  // namespace jiexu
