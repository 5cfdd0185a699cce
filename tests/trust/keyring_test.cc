#include "daemon/trust/keyring.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

using namespace jiexu;

namespace keyring_test {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

// A new folder of this test, removed with all in it.
struct TempFolder {
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "jiexu-keyring-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempFolder() { fs::remove_all(path); }
  fs::path path;
};

void overwrite(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::trunc) << content;
}

const std::string kKeyHex(64, 'a');

}  // namespace

TEST_CASE("a created keyring loads again with the same keys") {
  TempFolder temp;
  const auto created = Keyring::create(temp.path / "keys");
  REQUIRE(created);
  const auto loaded = Keyring::load(temp.path / "keys");
  REQUIRE(loaded);
  CHECK(loaded->transport_secret == created->transport_secret);
  CHECK(loaded->transport_public == created->transport_public);
  CHECK(loaded->signer->public_key() == created->signer->public_key());
  CHECK(loaded->vault_keys == created->vault_keys);
  CHECK(loaded->person_key == created->person_key);
  CHECK(loaded->transport_secret.size() == 32);
  CHECK(loaded->person_key.size() == 32);
  CHECK(loaded->vault_keys.begin()->first == 1);
}

TEST_CASE("two keyrings share no key") {
  TempFolder temp;
  const auto a = Keyring::create(temp.path / "a");
  const auto b = Keyring::create(temp.path / "b");
  CHECK(a->transport_secret != b->transport_secret);
  CHECK(a->signer->public_key() != b->signer->public_key());
  CHECK(a->vault_keys != b->vault_keys);
  CHECK(a->person_key != b->person_key);
}

TEST_CASE("keys are never overwritten, not even by a partial keyring") {
  TempFolder temp;
  const fs::path keys = temp.path / "keys";
  REQUIRE(Keyring::create(keys));
  CHECK(Keyring::create(keys).error().code == Errc::kExists);
  fs::remove(keys / "transport.key");
  const auto again = Keyring::create(keys);
  CHECK(again.error().code == Errc::kExists);
  CHECK_THAT(again.error().text, Contains("signing.key"));
  CHECK_FALSE(fs::exists(keys / "transport.key"));
}

TEST_CASE("a file open to others is refused with the chmod to run") {
  TempFolder temp;
  const fs::path keys = temp.path / "keys";
  REQUIRE(Keyring::create(keys));
  for (const char* name : {"transport.key", "signing.key", "vault.keys", "person.key"}) {
    for (mode_t mode : {0640, 0604, 0620, 0610}) {
      REQUIRE(::chmod((keys / name).c_str(), mode) == 0);
      const auto ring = Keyring::load(keys);
      REQUIRE_FALSE(ring);
      CHECK(ring.error().code == Errc::kPermission);
      CHECK_THAT(ring.error().text, Contains("chmod 600 " + (keys / name).string()));
    }
    REQUIRE(::chmod((keys / name).c_str(), 0400) == 0);
  }
  CHECK(Keyring::load(keys));
}

TEST_CASE("a folder open to others is refused, for loading and for creating") {
  TempFolder temp;
  const fs::path keys = temp.path / "keys";
  REQUIRE(Keyring::create(keys));
  REQUIRE(::chmod(keys.c_str(), 0750) == 0);
  CHECK(Keyring::load(keys).error().code == Errc::kPermission);
  CHECK_THAT(Keyring::load(keys).error().text, Contains("chmod 700 " + keys.string()));
  REQUIRE(fs::create_directory(temp.path / "open"));
  REQUIRE(::chmod((temp.path / "open").c_str(), 0755) == 0);
  CHECK(Keyring::create(temp.path / "open").error().code == Errc::kPermission);
}

TEST_CASE("a missing file or folder is named") {
  TempFolder temp;
  const fs::path keys = temp.path / "keys";
  CHECK(Keyring::load(keys).error().code == Errc::kNotFound);
  REQUIRE(Keyring::create(keys));
  fs::remove(keys / "vault.keys");
  const auto ring = Keyring::load(keys);
  CHECK(ring.error().code == Errc::kNotFound);
  CHECK_THAT(ring.error().text, Contains((keys / "vault.keys").string()));
}

TEST_CASE("a key file that cannot be read is named, and its content is not shown") {
  struct Row {
    const char* file;
    std::string content;
  };
  const Row rows[] = {
      {"transport.key", ""},
      {"transport.key", kKeyHex + "\n"},
      {"transport.key", kKeyHex + "\n" + kKeyHex + "\n"},  // not the public key of the secret
      {"signing.key", kKeyHex + "\n"},
      {"signing.key", "ed25519:aa\n"},
      {"signing.key", "ed25519:" + kKeyHex + "\nmore\n"},
      {"vault.keys", ""},
      {"vault.keys", kKeyHex + "\n"},
      {"vault.keys", "1 aa\n"},
      {"vault.keys", "2 " + kKeyHex + "\n1 " + kKeyHex + "\n"},
      {"vault.keys", "1 " + kKeyHex + "\n1 " + kKeyHex + "\n"},
      {"vault.keys", "-1 " + kKeyHex + "\n"},
      {"vault.keys", "1"},
      {"person.key", "aa\n"},
      {"person.key", kKeyHex + "\n" + kKeyHex + "\n"},
      {"person.key", std::string(200 << 10, 'a')},
  };
  for (const Row& row : rows) {
    INFO(row.file << ": " << row.content.substr(0, 80));
    TempFolder temp;
    REQUIRE(Keyring::create(temp.path / "keys"));
    overwrite(temp.path / "keys" / row.file, row.content);
    const auto ring = Keyring::load(temp.path / "keys");
    REQUIRE_FALSE(ring);
    CHECK(ring.error().code == Errc::kInvalid);
    CHECK_THAT(ring.error().text, Contains(row.file));
    CHECK_THAT(ring.error().text, !Contains("aaaa"));
  }
}

TEST_CASE("an unknown suite in signing.key is unsupported") {
  TempFolder temp;
  REQUIRE(Keyring::create(temp.path / "keys"));
  overwrite(temp.path / "keys/signing.key", "simulated:" + kKeyHex + "\n");
  CHECK(Keyring::load(temp.path / "keys").error().code == Errc::kUnsupported);
}

TEST_CASE("vault keys load by id, and the highest is current") {
  TempFolder temp;
  REQUIRE(Keyring::create(temp.path / "keys"));
  overwrite(temp.path / "keys/vault.keys", "1 " + kKeyHex + "\n7 " + std::string(64, 'b') + "\n");
  const auto ring = Keyring::load(temp.path / "keys");
  REQUIRE(ring);
  CHECK(ring->vault_keys.size() == 2);
  CHECK(ring->vault_keys.at(1) == std::string(32, '\xaa'));
  CHECK(ring->vault_keys.rbegin()->first == 7);
}

TEST_CASE("a secret file is private, complete, and never a link") {
  TempFolder temp;
  const fs::path file = temp.path / "token";
  REQUIRE(write_secret_file(file, "content"));
  struct stat info;
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
  CHECK(read_secret_file(file).value() == "content");
  CHECK(write_secret_file(file, "other").error().code == Errc::kExists);
  CHECK(read_secret_file(file).value() == "content");
  fs::create_symlink(file, temp.path / "link");
  CHECK_FALSE(read_secret_file(temp.path / "link"));
  CHECK(write_secret_file(temp.path / "link", "x").error().code == Errc::kExists);
  CHECK(read_secret_file(temp.path).error().code != Errc::kNotFound);
  CHECK(read_secret_file(temp.path / "none").error().code == Errc::kNotFound);
}

}  // namespace keyring_test
