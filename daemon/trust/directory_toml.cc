// Reading and writing the directory as TOML. The only user of toml++ in this folder; its exceptions
// end here.
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "daemon/base/bytes.h"
#include "daemon/trust/directory.h"
#include "daemon/trust/directory_check.h"
#include "daemon/trust/key_text.h"

namespace jiexu {
namespace {

Place place_of(const std::string& origin, const toml::source_region& source) {
  const auto [line, column] = source.begin;
  return {line, column, origin + ":" + std::to_string(line) + ":" + std::to_string(column)};
}

// Reads the [[agency]] tables into plain agencies; what cannot be read stays empty and is reported.
class Reader {
 public:
  Reader(const std::string& origin, const toml::table& root)
      : origin_(origin),
        problems_([this](size_t i, const std::string& field) { return locate(i, field); }) {
    read_root(root);
  }

  std::vector<Agency> agencies;
  DirectoryProblems& problems() { return problems_; }

 private:
  Place locate(size_t i, const std::string& field) const {
    const toml::node* node = toml::at_path(*tables_[i], field).node();
    // A field of a table that is not there is missing at the agency's own line.
    return place_of(origin_, (node ? node : tables_[i])->source());
  }

  void read_root(const toml::table& root) {
    refuse_unknown(root, {"agency"}, "");
    const toml::node* list = root.get("agency");
    if (!list || !list->is_array() || list->as_array()->empty()) {
      const Place place = list ? place_of(origin_, list->source()) : Place{1, 1, origin_ + ":1:1"};
      return problems_.add_at(place, "there must be at least one [[agency]] table");
    }
    for (const toml::node& entry : *list->as_array()) read_agency(entry);
  }

  void read_agency(const toml::node& entry) {
    const toml::table* table = entry.as_table();
    if (!table) return problems_.add_at(place_of(origin_, entry.source()), "must be a table");
    refuse_unknown(*table,
                   {"code", "name", "by_mail", "endpoint", "transport_key", "signing_keys",
                    "successor", "successor_since", "bank", "contact"},
                   "");
    tables_.push_back(table);
    Agency& agency = agencies.emplace_back();
    read_code(*table, agency);
    agency.name = text(*table, "", "name");
    read_by_mail(*table, agency);
    agency.endpoint = text(*table, "", "endpoint");
    read_transport_key(*table, agency);
    read_signing_keys(*table, agency);
    read_bank(*table, agency.bank);
    read_contact(*table, agency.contact);
    read_successor(*table, agency);
  }

  void read_code(const toml::table& table, Agency& agency) {
    const std::string code = text(table, "", "code");
    if (code.empty()) return;
    const std::optional<AgencyId> id = AgencyId::parse(code);
    if (!id) return problems_.add(index(), "code", "code must be 'S' and 11 digits");
    agency.id = *id;
  }

  void read_by_mail(const toml::table& table, Agency& agency) {
    const toml::node* node = table.get("by_mail");
    if (!node) return;
    const auto value = node->value_exact<bool>();
    if (!value) problems_.add(index(), "by_mail", "by_mail must be true or false");
    agency.by_mail = value.value_or(false);
  }

  void read_transport_key(const toml::table& table, Agency& agency) {
    const std::string key = text(table, "", "transport_key");
    const std::optional<std::string> bytes = from_z85(key);
    if (!bytes) {
      return problems_.add(index(), "transport_key", "transport_key must be 40 characters of Z85");
    }
    agency.transport_key = *bytes;
  }

  void read_signing_keys(const toml::table& table, Agency& agency) {
    const toml::node* node = table.get("signing_keys");
    if (!node) return;
    if (!node->is_array()) {
      return problems_.add(index(), "signing_keys", "signing_keys must be a list of strings");
    }
    const toml::array& list = *node->as_array();
    for (size_t k = 0; k < list.size(); ++k) {
      const Result<SuiteKeyText> key = parse_suite_key(list[k].value_or(std::string()));
      // An unreadable key still takes its place, so that the indexes of the others stay right.
      agency.signing_keys.push_back(key ? PublicKey{key->suite, key->bytes} : PublicKey{});
      if (key) continue;
      problems_.add(index(), "signing_keys[" + std::to_string(k) + "]",
                    "signing key " + key.error().text);
    }
  }

  void read_bank(const toml::table& agency, BankAccount& bank) {
    const toml::table* table = subtable(agency, "bank", {"holder", "account", "bank", "cnaps"});
    if (!table) return;
    bank.holder = text(*table, "bank.", "holder");
    bank.account = text(*table, "bank.", "account");
    bank.bank = text(*table, "bank.", "bank");
    bank.cnaps = text(*table, "bank.", "cnaps");
  }

  void read_contact(const toml::table& agency, ContactDetails& contact) {
    const toml::table* table =
        subtable(agency, "contact", {"person", "phone", "address", "postcode"});
    if (!table) return;
    contact.person = text(*table, "contact.", "person");
    contact.phone = text(*table, "contact.", "phone");
    contact.address = text(*table, "contact.", "address");
    contact.postcode = text(*table, "contact.", "postcode");
  }

  void read_successor(const toml::table& table, Agency& agency) {
    const bool named = table.contains("successor");
    if (!named && !table.contains("successor_since")) return;
    const auto id = AgencyId::parse(text(table, "", "successor"));
    const auto since = Date::parse(text(table, "", "successor_since"));
    if (!id) problems_.add(index(), "successor", "successor must be 'S' and 11 digits");
    if (!since) {
      problems_.add(index(), "successor_since",
                    "successor_since must be the first day of the successor, as \"YYYY-MM-DD\"");
    }
    if (id && since) agency.successor = Succession{*id, *since};
  }

  // nullptr if it is not there, or is not a table, which is reported.
  const toml::table* subtable(const toml::table& agency, const char* key,
                              std::initializer_list<std::string_view> known) {
    const toml::node* node = agency.get(key);
    if (!node) return nullptr;
    const toml::table* table = node->as_table();
    if (table) {
      refuse_unknown(*table, known, std::string(key) + ".");
    } else {
      problems_.add(index(), key, std::string(key) + " must be a table");
    }
    return table;
  }

  // Empty if it is not there, or is not a string, which is reported.
  std::string text(const toml::table& table, const std::string& prefix, const std::string& key) {
    const toml::node* node = table.get(key);
    if (!node) return {};
    if (!node->is_string()) {
      problems_.add(index(), prefix + key, prefix + key + " must be a string");
      return {};
    }
    return node->as_string()->get();
  }

  void refuse_unknown(const toml::table& table, std::initializer_list<std::string_view> known,
                      const std::string& prefix) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      problems_.add_at(place_of(origin_, key.source()),
                       "unknown key " + prefix + std::string(key.str()));
    }
  }

  size_t index() const { return agencies.size() - 1; }

  const std::string origin_;
  std::vector<const toml::table*> tables_;  // in step with agencies
  DirectoryProblems problems_;
};

Result<toml::table> parse_table(std::string_view text, const std::string& origin) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const std::string where = place_of(origin, error.source()).label;
    return fail(Errc::kInvalid, where + ": " + std::string(error.description()));
  }
}

// A TOML basic string: quotes, backslashes and control characters escaped, the rest as it is.
std::string basic_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += "\\u00" + to_hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

struct Line {
  const char* key;
  const std::string& value;
};

void append_table(std::string& out, const char* header, std::initializer_list<Line> lines) {
  bool open = false;
  for (const Line& line : lines) {
    if (line.value.empty()) continue;
    if (!open) out += std::string(header) + "\n";
    open = true;
    out += std::string(line.key) + " = " + basic_string(line.value) + "\n";
  }
}

void append_signing_keys(const std::vector<PublicKey>& keys, std::string& out) {
  out += "signing_keys = [";
  for (const PublicKey& key : keys) {
    if (out.back() != '[') out += ", ";
    out += basic_string(suite_key_text(key.suite, key.bytes));
  }
  out += "]\n";
}

}  // namespace

Result<std::shared_ptr<const Directory>> Directory::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::kNotFound, file.string() + ": cannot be opened");
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return fail(Errc::kIo, file.string() + ": cannot be read");
  return parse(text.str(), file.string());
}

Result<std::shared_ptr<const Directory>> Directory::parse(std::string_view toml,
                                                          const std::string& origin) {
  TRY(const auto root, parse_table(toml, origin));
  Reader reader(origin, root);
  check_agencies(reader.agencies, reader.problems());
  if (!reader.problems().empty()) return fail(Errc::kInvalid, reader.problems().text());
  return build(std::move(reader.agencies));
}

std::string to_toml(const Agency& agency) {
  std::string out;
  append_table(out, "[[agency]]",
               {{"code", agency.id.str()},
                {"name", agency.name},
                {"endpoint", agency.endpoint},
                {"transport_key", to_z85(agency.transport_key)}});
  if (agency.by_mail) {
    out += "by_mail = true\n";
  } else {
    append_signing_keys(agency.signing_keys, out);
  }
  if (agency.successor) {
    out += "successor = " + basic_string(agency.successor->agency.str()) + "\n";
    out += "successor_since = " + basic_string(agency.successor->since.str()) + "\n";
  }
  const BankAccount& bank = agency.bank;
  append_table(out, "[agency.bank]",
               {{"holder", bank.holder},
                {"account", bank.account},
                {"bank", bank.bank},
                {"cnaps", bank.cnaps}});
  const ContactDetails& contact = agency.contact;
  append_table(out, "[agency.contact]",
               {{"person", contact.person},
                {"phone", contact.phone},
                {"address", contact.address},
                {"postcode", contact.postcode}});
  return out;
}

}  // namespace jiexu
