#include "daemon/trust/directory_check.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace jiexu {
namespace {

constexpr size_t kTransportKeySize = 32;
constexpr size_t kHostCharsMax = 253;  // RFC 1035, section 2.3.4, in its text form

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNameChars =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
constexpr std::string_view kIpv6Chars = "0123456789abcdefABCDEF:.";

bool all_of(std::string_view text, std::string_view chars) {
  return text.find_first_not_of(chars) == std::string_view::npos;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kHostCharsMax) return false;
  if (host.front() != '[') return all_of(host, kNameChars);
  return host.size() > 3 && host.back() == ']' &&
         all_of(host.substr(1, host.size() - 2), kIpv6Chars);
}

bool is_port(std::string_view port) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number != 0;
}

bool is_endpoint(std::string_view text) {
  constexpr std::string_view kScheme = "tcp://";
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  const size_t colon = text.rfind(':');
  return colon != std::string_view::npos && is_host(text.substr(0, colon)) &&
         is_port(text.substr(colon + 1));
}

void check_signing_keys(size_t i, const Agency& agency, DirectoryProblems& problems) {
  if (agency.signing_keys.empty()) problems.add(i, "signing_keys", "signing_keys is missing");
  for (size_t k = 0; k < agency.signing_keys.size(); ++k) {
    const Result<std::shared_ptr<const Verifier>> verifier = make_verifier(agency.signing_keys[k]);
    if (verifier) continue;
    problems.add(i, "signing_keys[" + std::to_string(k) + "]",
                 "signing key cannot be used: " + verifier.error().text);
  }
}

// An agency may be listed before its account is known, but half an account would be paid to.
void check_bank(size_t i, const BankAccount& bank, DirectoryProblems& problems) {
  if (!bank.cnaps.empty() && (bank.cnaps.size() != 12 || !all_of(bank.cnaps, kDigits))) {
    problems.add(i, "bank.cnaps", "cnaps must be 12 digits");
  }
  const bool any = !(bank.holder + bank.account + bank.bank + bank.cnaps).empty();
  if (any && (bank.holder.empty() || bank.account.empty() || bank.bank.empty())) {
    problems.add(i, "bank", "bank needs holder, account and bank");
  }
}

void check_link(size_t i, const Agency& agency, DirectoryProblems& problems) {
  if (agency.endpoint.empty()) {
    problems.add(i, "endpoint", "endpoint is missing");
  } else if (!is_endpoint(agency.endpoint)) {
    problems.add(i, "endpoint", "endpoint must be tcp://host:port");
  }
  if (agency.transport_key.empty()) {
    problems.add(i, "transport_key", "transport_key is missing");
  } else if (agency.transport_key.size() != kTransportKeySize) {
    problems.add(i, "transport_key", "transport_key must be 32 bytes (40 characters of Z85)");
  }
  check_signing_keys(i, agency, problems);
}

void check_mail(size_t i, const Agency& agency, DirectoryProblems& problems) {
  const auto refuse = [&](bool there, const std::string& field) {
    if (there)
      problems.add(i, field, field + " is for an agency with Jiexu; by_mail says it has none");
  };
  refuse(!agency.endpoint.empty(), "endpoint");
  refuse(!agency.transport_key.empty(), "transport_key");
  refuse(!agency.signing_keys.empty(), "signing_keys");
  if (agency.contact.address.empty()) {
    problems.add(i, "contact.address", "contact.address is missing: by_mail needs it");
  }
}

void check_agency(size_t i, const Agency& agency, DirectoryProblems& problems) {
  if (agency.id == AgencyId()) problems.add(i, "code", "code is missing");
  if (agency.name.empty()) problems.add(i, "name", "name is missing");
  agency.by_mail ? check_mail(i, agency, problems) : check_link(i, agency, problems);
  check_bank(i, agency.bank, problems);
}

// Remembers to whom a value belongs, and reports the second who has it.
class Unique {
 public:
  Unique(const std::vector<Agency>& agencies, DirectoryProblems& problems)
      : agencies_(agencies), problems_(problems) {}

  void add(size_t i, const std::string& field, const std::string& value, const std::string& what) {
    const auto [owner, added] = owners_.try_emplace(value, i);
    if (added) return;
    problems_.add(i, field,
                  what + " is already that of agency " + agencies_[owner->second].id.str());
  }

 private:
  const std::vector<Agency>& agencies_;
  DirectoryProblems& problems_;
  std::map<std::string, size_t> owners_;
};

// A letter number carries only area and office, so that two agencies that share both would issue
// the same numbers.
void check_distinct(const std::vector<Agency>& agencies, DirectoryProblems& problems) {
  Unique codes(agencies, problems), offices(agencies, problems);
  Unique transport_keys(agencies, problems), signing_keys(agencies, problems);
  for (size_t i = 0; i < agencies.size(); ++i) {
    const Agency& agency = agencies[i];
    if (agency.id != AgencyId()) {
      codes.add(i, "code", agency.id.str(), "code");
      offices.add(i, "code", std::string(agency.id.area()) + std::string(agency.id.office()),
                  "the area and office of code (so every letter number)");
    }
    if (!agency.transport_key.empty()) {
      transport_keys.add(i, "transport_key", agency.transport_key, "transport_key");
    }
    for (size_t k = 0; k < agency.signing_keys.size(); ++k) {
      const KeyId id = key_id(agency.signing_keys[k]);
      signing_keys.add(i, "signing_keys[" + std::to_string(k) + "]", std::string(view(id)),
                       "signing key");
    }
  }
}

const Agency* find(const std::vector<Agency>& agencies, AgencyId id) {
  const auto found = std::ranges::find(agencies, id, &Agency::id);
  return found == agencies.end() ? nullptr : &*found;
}

// Whatever the days, so that none brings a circle.
bool leads_back(const std::vector<Agency>& agencies, const Agency& start) {
  const Agency* at = &start;
  for (size_t steps = 0; at != nullptr && at->successor; ++steps) {
    if (steps == agencies.size()) return true;
    at = find(agencies, at->successor->agency);
  }
  return false;
}

void check_successors(const std::vector<Agency>& agencies, DirectoryProblems& problems) {
  for (size_t i = 0; i < agencies.size(); ++i) {
    const auto& successor = agencies[i].successor;
    if (!successor) continue;
    if (find(agencies, successor->agency) == nullptr) {
      problems.add(i, "successor", "successor must have an entry of its own");
    } else if (leads_back(agencies, agencies[i])) {
      problems.add(i, "successor", "successors lead in a circle");
    }
  }
}

}  // namespace

void DirectoryProblems::add(size_t agency, const std::string& field, const std::string& text) {
  if (fields_.emplace(agency, field).second) add_at(locate_(agency, field), text);
}

void DirectoryProblems::add_at(Place place, const std::string& text) {
  found_.emplace_back(std::move(place), text);
}

std::string DirectoryProblems::text() const {
  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, [](const auto& problem) {
    return std::pair(problem.first.line, problem.first.column);
  });
  std::string out;
  for (const auto& [place, problem] : sorted) {
    if (!out.empty()) out += '\n';
    out += place.label + ": " + problem;
  }
  return out;
}

void check_agencies(const std::vector<Agency>& agencies, DirectoryProblems& problems) {
  for (size_t i = 0; i < agencies.size(); ++i) check_agency(i, agencies[i], problems);
  check_distinct(agencies, problems);
  check_successors(agencies, problems);
}

}  // namespace jiexu
