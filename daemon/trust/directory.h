// The directory of agencies: who they are, where they listen, with which keys they speak and sign,
// and which bank account money for them goes to. Read at start and on reload; immutable after that,
// so that threads share it by shared_ptr<const Directory>.
//
// One TOML file, one [[agency]] table for each agency, our own included:
//
//   [[agency]]
//   code = "S41132810207"
//   name = "Example City Medical Insurance Centre"
//   endpoint = "tcp://127.0.0.1:7401"
//   transport_key = "..."              # CURVE public key, Z85, 40 characters
//   signing_keys = ["ed25519:<hex>"]   # newest first; older ones stay valid for what they signed
//   by_mail = true                     # has no Jiexu: no endpoint and no keys, but an address
//   successor = "S41132810299"         # merged: new letters for it go there
//   successor_since = "2026-12-01"     # from this day on
//   [agency.bank]
//   holder = "..."  account = "..."  bank = "..."  cnaps = "102100099996"
//   [agency.contact]
//   person = "..."  phone = "..."  address = "..."  postcode = "..."
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/trust/suite.h"

namespace jiexu {

struct BankAccount {
  std::string holder;
  std::string account;
  std::string bank;
  std::string cnaps;  // 12 digits, or empty
};

struct ContactDetails {
  std::string person;
  std::string phone;
  std::string address;
  std::string postcode;
};

// An agency that was merged (X44). It stays listed: open cases with it end with it.
struct Succession {
  AgencyId agency;
  Date since;
  bool operator==(const Succession&) const = default;
};

struct Agency {
  AgencyId id;
  std::string name;
  // It has no Jiexu: what is for it is printed and sent to its address, and what comes from it is
  // keyed in. It has neither endpoint nor keys.
  bool by_mail = false;
  std::string endpoint;       // tcp://host:port of its ROUTER
  std::string transport_key;  // 32 raw bytes
  std::vector<PublicKey> signing_keys;
  BankAccount bank;
  ContactDetails contact;
  std::optional<Succession> successor;
};

class Directory {
 public:
  // Reads and checks everything; on failure the text lists every problem, one a line, with line and
  // column: unknown keys, bad codes, duplicate codes or transport keys, two agencies whose area and
  // office digits (and so whose letter numbers) are the same, malformed keys and endpoints,
  // successors that are not listed or lead in a circle.
  static Result<std::shared_ptr<const Directory>> load(const std::filesystem::path& file);
  static Result<std::shared_ptr<const Directory>> parse(std::string_view toml,
                                                        const std::string& origin);
  // Of agencies made in memory (tests, simulation). The same checks.
  static Result<std::shared_ptr<const Directory>> make(std::vector<Agency> agencies);

  const Agency* find(AgencyId id) const;
  const Agency* find_by_transport_key(std::string_view key) const;
  // The verifier of `agency`'s signing key with this id; nullptr if it has none such.
  const Verifier* verifier(AgencyId agency, const KeyId& key) const;
  const std::vector<Agency>& agencies() const { return agencies_; }
  // Who has the business of `agency` on `day`: itself, or the last of its successors.
  AgencyId successor_of(AgencyId agency, Date day) const;
  // Whether `heir` has, or had, the business of `agency`, which was merged by `day`.
  bool took_over(AgencyId heir, AgencyId agency, Date day) const;
  // The successions in force on `day` as text. Equal texts mean equal answers of successor_of().
  std::string successions(Date day) const;

 private:
  Directory() = default;
  // REQUIRES: `agencies` passed every check.
  static std::shared_ptr<const Directory> build(std::vector<Agency> agencies);

  std::vector<Agency> agencies_;
  std::map<AgencyId, size_t> by_id_;
  std::map<std::string, size_t, std::less<>> by_transport_key_;
  std::map<std::pair<AgencyId, KeyId>, std::shared_ptr<const Verifier>> verifiers_;
};

// One [[agency]] table as TOML text, in the form that parse() reads: what agencies hand each other.
std::string to_toml(const Agency& agency);

}  // namespace jiexu
