#include "ops/cli/directory_file.h"

#include <iostream>

#include "ops/cli/files.h"
#include "ops/cli/say.h"

namespace jiexu::cli {

Loaded load_directory(const Session& session, Result<Config>& config) {
  config = session.config();
  if (!config) return tl::unexpected(config.error());
  return Directory::load(config->directory);
}

Result<void> save_directory(const Config& config, const std::vector<Agency>& agencies) {
  if (const Loaded checked = Directory::make(agencies); !checked) {
    return tl::unexpected(checked.error());
  }
  std::string out;
  for (const Agency& agency : agencies) out += (out.empty() ? "" : "\n") + to_toml(agency);
  return replace_file(config.directory, out);
}

SheetNames names_of(const Session& session, const v1::PaperView& paper) {
  const auto config = session.config();
  const auto directory = config ? Directory::load(config->directory)
                                : Result<std::shared_ptr<const Directory>>(nullptr);
  const auto name = [&](const std::string& code) -> std::string {
    const auto id = AgencyId::parse(code);
    if (!directory || *directory == nullptr || !id) return "";
    const Agency* agency = (*directory)->find(*id);
    return agency == nullptr ? "" : agency->name;
  };
  return {name(paper.from_agency()), name(paper.to_agency())};
}

std::string no_own_entry(const Config& config) {
  return say("{file} has no entry for {agency}, our own agency",
             {{"file", config.directory.string()}, {"agency", config.agency.str()}});
}

void print_saved(const std::string& what) {
  std::cerr << what << " "
            << say("Send the daemon SIGHUP (systemctl reload jiexu@NAME), and it counts.") << "\n";
}

}  // namespace jiexu::cli
