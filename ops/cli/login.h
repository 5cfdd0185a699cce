// Where somebody with an account of his own has signed in, so that he needs neither the agency's
// folder nor its configuration: the daemon's address and the token, in a file that only he reads,
// $XDG_CONFIG_HOME/jiexu/NAME.login (else ~/.config). NAME is the agency's, as after --agency;
// "agency" for who works for one alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "daemon/base/result.h"
#include "ops/cli/client.h"

namespace jiexu::cli {

inline constexpr const char* kOnlyAgency = "agency";

struct Login {
  Endpoint endpoint;
  std::string token;
};

// nullopt: nobody has signed in there, or `name` is none. Errors: those of read_secret_file();
// kInvalid: the file is not one that `jiexu login` writes.
Result<std::optional<Login>> load_login(const std::string& name);

}  // namespace jiexu::cli
