#include "daemon/trust/directory.h"

#include "daemon/base/check.h"
#include "daemon/trust/directory_check.h"

namespace jiexu {

Result<std::shared_ptr<const Directory>> Directory::make(std::vector<Agency> agencies) {
  DirectoryProblems problems([&](size_t i, const std::string&) {
    return Place{0, 0, "agency " + agencies[i].id.str()};
  });
  check_agencies(agencies, problems);
  if (!problems.empty()) return fail(Errc::kInvalid, problems.text());
  return build(std::move(agencies));
}

std::shared_ptr<const Directory> Directory::build(std::vector<Agency> agencies) {
  std::shared_ptr<Directory> directory(new Directory);
  directory->agencies_ = std::move(agencies);
  for (size_t i = 0; i < directory->agencies_.size(); ++i) {
    const Agency& agency = directory->agencies_[i];
    directory->by_id_.emplace(agency.id, i);
    if (!agency.by_mail) directory->by_transport_key_.emplace(agency.transport_key, i);
    for (const PublicKey& key : agency.signing_keys) {
      Result<std::shared_ptr<const Verifier>> verifier = make_verifier(key);
      CHECK(verifier.has_value());
      directory->verifiers_.emplace(std::pair(agency.id, key_id(key)), std::move(*verifier));
    }
  }
  return directory;
}

const Agency* Directory::find(AgencyId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &agencies_[found->second];
}

AgencyId Directory::successor_of(AgencyId agency, Date day) const {
  // The checks have seen to it that this ends.
  for (const Agency* at = find(agency); at != nullptr; at = find(agency)) {
    if (!at->successor || at->successor->since > day) break;
    agency = at->successor->agency;
  }
  return agency;
}

bool Directory::took_over(AgencyId heir, AgencyId agency, Date day) const {
  // The checks have seen to it that this ends.
  for (const Agency* at = find(agency); at != nullptr; at = find(agency)) {
    if (!at->successor || at->successor->since > day) return false;
    agency = at->successor->agency;
    if (agency == heir) return true;
  }
  return false;
}

std::string Directory::successions(Date day) const {
  std::string out;
  for (const Agency& agency : agencies_) {
    if (!agency.successor || agency.successor->since > day) continue;
    out += ' ' + agency.id.str() + '>' + agency.successor->agency.str();
  }
  return out;
}

const Agency* Directory::find_by_transport_key(std::string_view key) const {
  const auto found = by_transport_key_.find(key);
  return found == by_transport_key_.end() ? nullptr : &agencies_[found->second];
}

const Verifier* Directory::verifier(AgencyId agency, const KeyId& key) const {
  const auto found = verifiers_.find({agency, key});
  return found == verifiers_.end() ? nullptr : found->second.get();
}

}  // namespace jiexu
