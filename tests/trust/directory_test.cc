#include "daemon/trust/directory.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "daemon/trust/key_text.h"

using namespace jiexu;

namespace directory_test {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

AgencyId id(const char* code) {
  return *AgencyId::parse(code);
}

// The public key of a private key that is one byte repeated.
PublicKey signing_key(char c) {
  return make_signer(SuiteId::kEd25519, std::string(32, c)).value()->public_key();
}

Agency agency(const char* code, char key) {
  Agency a;
  a.id = id(code);
  a.name = "Example";
  a.endpoint = "tcp://127.0.0.1:7401";
  a.transport_key = std::string(32, key);
  a.signing_keys = {signing_key(key)};
  return a;
}

Agency full_agency() {
  Agency a = agency("S41132810207", 'a');
  a.name = "示例市医疗保障局 \"main\"\n\\";
  a.signing_keys.push_back(signing_key('z'));
  a.bank = {"Example Holder", "000111222333", "Example Bank", "102100099996"};
  a.contact = {"Office", "0000-0000000", "Example Street 1", "000000"};
  return a;
}

const std::string kGood = to_toml(agency("S41132810207", 'a'));

std::string errors(const std::string& toml) {
  const auto directory = Directory::parse(toml, "d.toml");
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == Errc::kInvalid);
  return directory.error().text;
}

std::string make_errors(std::vector<Agency> agencies) {
  const auto directory = Directory::make(std::move(agencies));
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == Errc::kInvalid);
  return directory.error().text;
}

// kGood with one line, found by its key, put in place of another; an empty line removes it.
std::string with(const std::string& key, const std::string& line) {
  std::string text = kGood;
  const size_t begin = text.find(key + " = ");
  text.replace(begin, text.find('\n', begin) - begin, line);
  return text;
}

}  // namespace

TEST_CASE("an agency written as TOML reads back the same") {
  const Agency in = full_agency();
  const auto directory = Directory::parse(to_toml(in), "d.toml");
  REQUIRE(directory);
  const Agency* out = (*directory)->find(in.id);
  REQUIRE(out != nullptr);
  CHECK(out->name == in.name);
  CHECK(out->endpoint == in.endpoint);
  CHECK(out->transport_key == in.transport_key);
  CHECK(out->signing_keys == in.signing_keys);
  CHECK(out->bank.holder == in.bank.holder);
  CHECK(out->bank.account == in.bank.account);
  CHECK(out->bank.bank == in.bank.bank);
  CHECK(out->bank.cnaps == in.bank.cnaps);
  CHECK(out->contact.person == in.contact.person);
  CHECK(out->contact.phone == in.contact.phone);
  CHECK(out->contact.address == in.contact.address);
  CHECK(out->contact.postcode == in.contact.postcode);
  CHECK(to_toml(*out) == to_toml(in));
}

namespace {

// A chain of agencies, each merged into the next on the first of its month.
std::vector<Agency> chain() {
  std::vector<Agency> all = {agency("S41132810207", 'a'), agency("S35050010301", 'b'),
                             agency("S11010010301", 'c')};
  all[0].successor = Succession{all[1].id, {2026, 3, 1}};
  all[1].successor = Succession{all[2].id, {2026, 6, 1}};
  return all;
}

}  // namespace

TEST_CASE("a successor has the business from its day on, and its own successor after that") {
  const auto directory = Directory::make(chain()).value();
  const AgencyId first = id("S41132810207");
  CHECK(directory->successor_of(first, {2026, 2, 28}) == first);
  CHECK(directory->successor_of(first, {2026, 3, 1}) == id("S35050010301"));
  CHECK(directory->successor_of(first, {2026, 6, 1}) == id("S11010010301"));
  CHECK(directory->successor_of(id("S99999910301"), {2026, 6, 1}) == id("S99999910301"));
  CHECK(directory->successions({2026, 2, 28}).empty());
  CHECK(directory->successions({2026, 3, 1}) == " S41132810207>S35050010301");
}

TEST_CASE("who took an agency over is each that has had its business since") {
  const auto directory = Directory::make(chain()).value();
  const AgencyId first = id("S41132810207"), next = id("S35050010301"), last = id("S11010010301");
  CHECK_FALSE(directory->took_over(next, first, {2026, 2, 28}));
  CHECK(directory->took_over(next, first, {2026, 3, 1}));
  CHECK_FALSE(directory->took_over(last, first, {2026, 3, 1}));
  CHECK(directory->took_over(last, first, {2026, 6, 1}));
  CHECK(directory->took_over(next, first, {2026, 6, 1}));
  CHECK_FALSE(directory->took_over(first, next, {2026, 6, 1}));
  CHECK_FALSE(directory->took_over(first, first, {2026, 6, 1}));
  CHECK_FALSE(directory->took_over(next, id("S99999910301"), {2026, 6, 1}));
}

TEST_CASE("a succession reads back as it was written") {
  std::string text;
  for (const Agency& one : chain()) text += to_toml(one);
  const auto directory = Directory::parse(text, "d.toml");
  REQUIRE(directory);
  for (const Agency& one : chain()) CHECK((*directory)->find(one.id)->successor == one.successor);
}

TEST_CASE("a successor is listed, has a day, and does not lead back") {
  std::vector<Agency> all = chain();
  SECTION("not listed") {
    all.pop_back();
    CHECK(make_errors(all) == "agency S35050010301: successor must have an entry of its own");
  }
  SECTION("itself") {
    all[2].successor = Succession{all[2].id, {2026, 6, 1}};
    CHECK_THAT(make_errors(all), Contains("S11010010301: successors lead in a circle"));
  }
  SECTION("in a circle, though on other days") {
    all[2].successor = Succession{all[0].id, {2030, 6, 1}};
    CHECK_THAT(make_errors(all), Contains("successors lead in a circle"));
  }
}

TEST_CASE("agencies are found by code and transport key, verifiers by agency and key id") {
  const auto directory = Directory::make({full_agency(), agency("S35050010301", 'b')}).value();
  CHECK(directory->agencies().size() == 2);
  CHECK(directory->find(id("S35050010301"))->transport_key == std::string(32, 'b'));
  CHECK(directory->find(id("S99999910301")) == nullptr);
  CHECK(directory->find_by_transport_key(std::string(32, 'a'))->id == id("S41132810207"));
  CHECK(directory->find_by_transport_key(std::string(32, 'c')) == nullptr);
  // An older key still verifies, but only for its own agency.
  const KeyId old_key = key_id(signing_key('z'));
  const auto signer = make_signer(SuiteId::kEd25519, std::string(32, 'z')).value();
  const Verifier* verifier = directory->verifier(id("S41132810207"), old_key);
  REQUIRE(verifier != nullptr);
  CHECK(verifier->verify("m", signer->sign("m")));
  CHECK(directory->verifier(id("S35050010301"), old_key) == nullptr);
  CHECK(directory->verifier(id("S41132810207"), KeyId{}) == nullptr);
}

TEST_CASE("each problem of a file is told with line and column") {
  struct Row {
    std::string toml;
    const char* error;
  };
  const Row rows[] = {
      {"", "d.toml:1:1: there must be at least one [[agency]] table"},
      {"agency = 3", "d.toml:1:10: there must be at least one [[agency]] table"},
      {"agency = [3]", "d.toml:1:11: must be a table"},
      {"x = 1\n" + kGood, "d.toml:1:1: unknown key x"},
      {kGood + "port = 1\n", "d.toml:7:1: unknown key port"},
      {kGood + "bank.bic = \"\"\n", "d.toml:7:6: unknown key bank.bic"},
      {kGood + "contact.fax = \"\"\n", "d.toml:7:9: unknown key contact.fax"},
      {kGood + "successor = \"S1\"\nsuccessor_since = \"2026-12-01\"\n",
       "d.toml:7:13: successor must be 'S' and 11 digits"},
      {kGood + "successor = \"S41132810207\"\nsuccessor_since = \"2026-12-01\"\n",
       "d.toml:7:13: successors lead in a circle"},
      {kGood + "successor = \"S41132810208\"\n",
       "d.toml:1:1: successor_since must be the first day of the successor, as \"YYYY-MM-DD\""},
      {kGood + "bank = 1\n", "d.toml:7:8: bank must be a table"},
      {kGood + "contact = \"\"\n", "d.toml:7:11: contact must be a table"},
      {kGood + "contact.phone = 1\n", "d.toml:7:17: contact.phone must be a string"},
      {kGood + "bank.holder = \"H\"\n", "d.toml:7:1: bank needs holder, account and bank"},
      {with("code", ""), "d.toml:1:1: code is missing"},
      {with("code", "code = 7"), "d.toml:2:8: code must be a string"},
      {with("code", "code = \"S4113281020\""), "d.toml:2:8: code must be 'S' and 11 digits"},
      {with("name", ""), "d.toml:1:1: name is missing"},
      {with("name", "name = \"\""), "d.toml:3:8: name is missing"},
      {with("endpoint", ""), "d.toml:1:1: endpoint is missing"},
      {with("transport_key", ""), "d.toml:1:1: transport_key is missing"},
      {with("transport_key", "transport_key = \"~\""),
       "d.toml:5:17: transport_key must be 40 characters of Z85"},
      {with("transport_key", "transport_key = \"HelloWorld\""),
       "d.toml:5:17: transport_key must be 32 bytes (40 characters of Z85)"},
      {with("signing_keys", ""), "d.toml:1:1: signing_keys is missing"},
      {with("signing_keys", "signing_keys = []"), "d.toml:6:16: signing_keys is missing"},
      {with("signing_keys", "signing_keys = \"\""),
       "d.toml:6:16: signing_keys must be a list of strings"},
      {with("signing_keys", "signing_keys = [1]"),
       "d.toml:6:17: signing key is not of the form \"ed25519:<hex>\""},
      {with("signing_keys", "signing_keys = [\"rsa:00\"]"),
       "d.toml:6:17: signing key names an unknown signature suite; known is ed25519"},
      {with("signing_keys", "signing_keys = [\"ed25519:xx\"]"),
       "d.toml:6:17: signing key is not hex after the colon"},
      {with("signing_keys", "signing_keys = [\"ed25519:00\"]"),
       "d.toml:6:17: signing key cannot be used: an Ed25519 public key has 32 bytes"},
  };
  for (const Row& row : rows) {
    INFO(row.toml);
    CHECK(errors(row.toml) == row.error);
  }
}

TEST_CASE("a file that is not TOML is told with line and column") {
  CHECK_THAT(errors("[[agency]]\ncode = "), StartsWith("d.toml:2:"));
  CHECK_THAT(errors("[[agency]]\nname = \"\xff\""), StartsWith("d.toml:2:"));
}

TEST_CASE("all problems are told at once, in the order of the file") {
  const std::string text =
      errors("[[agency]]\ncode = \"x\"\nsize = 1\nendpoint = \"udp://a:1\"\n[[agency]]\n");
  CHECK(text ==
        "d.toml:1:1: name is missing\n"
        "d.toml:1:1: transport_key is missing\n"
        "d.toml:1:1: signing_keys is missing\n"
        "d.toml:2:8: code must be 'S' and 11 digits\n"
        "d.toml:3:1: unknown key size\n"
        "d.toml:4:12: endpoint must be tcp://host:port\n"
        "d.toml:5:1: code is missing\n"
        "d.toml:5:1: name is missing\n"
        "d.toml:5:1: endpoint is missing\n"
        "d.toml:5:1: transport_key is missing\n"
        "d.toml:5:1: signing_keys is missing");
}

TEST_CASE("endpoints are tcp with a host and a port") {
  for (const char* good : {"tcp://a.example:1", "tcp://10.0.0.1:65535", "tcp://[::1]:7401"}) {
    Agency a = agency("S41132810207", 'a');
    a.endpoint = good;
    CHECK(Directory::make({a}));
  }
  for (const char* bad : {"a:1", "tcp://", "tcp://a", "tcp://a:", "tcp://:1", "tcp://a:0",
                          "tcp://a:65536", "tcp://a:1x", "tcp://*:1", "tcp://a b:1",
                          "tcp://[::1:7401", "tcp://[]:1", "ipc://a:1", "tcp://a;b:1"}) {
    Agency a = agency("S41132810207", 'a');
    a.endpoint = bad;
    INFO(bad);
    CHECK(make_errors({a}) == "agency S41132810207: endpoint must be tcp://host:port");
  }
}

TEST_CASE("two agencies share no code, letter numbers, transport key or signing key") {
  const Agency a = agency("S41132810207", 'a');
  CHECK(make_errors({a, agency("S41132810207", 'b')}) ==
        "agency S41132810207: code is already that of agency S41132810207");
  CHECK(make_errors({a, agency("S41132899907", 'b')}) ==
        "agency S41132899907: the area and office of code (so every letter number) is already that "
        "of agency S41132810207");
  Agency same_transport = agency("S35050010301", 'b');
  same_transport.transport_key = a.transport_key;
  CHECK(make_errors({a, same_transport}) ==
        "agency S35050010301: transport_key is already that of agency S41132810207");
  Agency same_signing = agency("S35050010301", 'b');
  same_signing.signing_keys = a.signing_keys;
  CHECK(make_errors({a, same_signing}) ==
        "agency S35050010301: signing key is already that of agency S41132810207");
}

TEST_CASE("agencies made in memory meet the same rules") {
  Agency a = full_agency();
  a.name.clear();
  a.transport_key = "short";
  a.signing_keys[1].suite = SuiteId::kSimulated;
  a.bank.cnaps = "12345678901x";
  CHECK(make_errors({a}) ==
        "agency S41132810207: name is missing\n"
        "agency S41132810207: transport_key must be 32 bytes (40 characters of Z85)\n"
        "agency S41132810207: signing key cannot be used: signature suite 255 is unknown here\n"
        "agency S41132810207: cnaps must be 12 digits");
  CHECK_THAT(make_errors({Agency{}}), Contains("code is missing"));
  CHECK(Directory::make({}));
}

TEST_CASE("an agency without Jiexu has an address, and neither endpoint nor keys") {
  Agency mail;
  mail.id = id("S53010200101");
  mail.name = "Example";
  mail.by_mail = true;
  mail.contact.address = "1 Example Road";
  Agency other = mail;
  other.id = id("S53010300101");
  const auto made = Directory::make({agency("S41132810207", 'a'), mail, other});
  REQUIRE(made);
  CHECK((*made)->find_by_transport_key("") == nullptr);
  const auto read = Directory::parse(kGood + to_toml(mail), "d.toml");
  REQUIRE(read);
  CHECK((*read)->find(mail.id)->by_mail);
  CHECK_FALSE((*read)->agencies()[0].by_mail);
  CHECK(to_toml(*(*read)->find(mail.id)) == to_toml(mail));

  Agency linked = agency("S53010200101", 'b');
  linked.by_mail = true;
  const std::string told = make_errors({linked});
  CHECK_THAT(told, Contains("endpoint is for an agency with Jiexu; by_mail says it has none"));
  CHECK_THAT(told, Contains("transport_key is for an agency with Jiexu"));
  CHECK_THAT(told, Contains("signing_keys is for an agency with Jiexu"));
  CHECK_THAT(told, Contains("contact.address is missing: by_mail needs it"));
  CHECK(errors(kGood + "by_mail = 1\n") == "d.toml:7:11: by_mail must be true or false");
}

TEST_CASE("a directory is loaded from a file, and a missing file is named") {
  const auto path =
      std::filesystem::temp_directory_path() / ("jiexu-directory-" + std::to_string(::getpid()));
  std::ofstream(path) << kGood;
  const auto loaded = Directory::load(path);
  std::filesystem::remove(path);
  REQUIRE(loaded);
  CHECK((*loaded)->agencies().size() == 1);
  const auto missing = Directory::load(path);
  CHECK(missing.error().code == Errc::kNotFound);
  CHECK_THAT(missing.error().text, StartsWith(path.string()));
}

}  // namespace directory_test
