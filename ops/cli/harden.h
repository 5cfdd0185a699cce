// The network that a daemon needs, as systemd's packet filter.
#pragma once

#include <string>

#include "daemon/trust/directory.h"

namespace jiexu::cli {

// A drop-in for the unit that allows packets to and from this host and the addresses of all
// agencies but `self`. Names are resolved now. Error kNotFound: a name that does not resolve;
// without it the agency would be shut out.
Result<std::string> network_drop_in(const Directory& directory, AgencyId self);

}  // namespace jiexu::cli
