#include "daemon/trust/keyring.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "daemon/base/retry.h"
#include "daemon/trust/key_text.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKeySize = 32;
// A thousand generations of vault keys are below 80 kB.
constexpr size_t kSecretFileBytesMax = 128 << 10;

constexpr const char* kTransportFile = "transport.key";
constexpr const char* kSigningFile = "signing.key";
constexpr const char* kVaultFile = "vault.keys";
constexpr const char* kPersonFile = "person.key";

// A file descriptor that closes itself.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

// REQUIRES: errno says what failed.
tl::unexpected<Error> io_error(const fs::path& path, const char* doing) {
  const int error = errno;
  const Errc code = error == ENOENT   ? Errc::kNotFound
                    : error == EEXIST ? Errc::kExists
                    : error == EACCES ? Errc::kPermission
                                      : Errc::kIo;
  return fail(code, path.string() + ": " + doing + ": " + std::strerror(error));
}

Result<void> sync_folder(const fs::path& folder) {
  const Fd fd(
      uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd.ok() || uninterrupted([&] { return ::fsync(fd.get()); }) != 0) {
    return io_error(folder, "cannot sync the folder");
  }
  return {};
}

Result<void> write_all(const fs::path& file, int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = uninterrupted([&] { return ::write(fd, content.data(), content.size()); });
    if (n < 0) return io_error(file, "cannot write");
    content.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Result<void> check_private(const fs::path& path, const struct stat& info, const char* mode) {
  // Root reads all, as a service's operator; what it would own alone, the service could not read.
  if (info.st_uid != ::geteuid() && ::geteuid() != 0) {
    return fail(Errc::kPermission, path.string() + ": belongs to another user (" +
                                       std::to_string(info.st_uid) + "), and this is user " +
                                       std::to_string(::geteuid()) +
                                       "; run this as the user of the agency's folder, or as root");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Errc::kPermission, path.string() + ": is open to other users; run: chmod " + mode +
                                       " " + path.string());
  }
  return {};
}

Result<void> check_private_folder(const fs::path& folder) {
  struct stat info;
  if (::stat(folder.c_str(), &info) != 0) return io_error(folder, "cannot read the key folder");
  if (!S_ISDIR(info.st_mode)) return fail(Errc::kInvalid, folder.string() + ": is not a folder");
  return check_private(folder, info, "700");
}

// CURVE's public key is X25519's (Curve25519 base point times the secret).
std::string transport_public_key(std::string_view secret) {
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(
      EVP_PKEY_X25519, nullptr, reinterpret_cast<const uint8_t*>(secret.data()), secret.size());
  CHECK(key != nullptr);
  std::string out(kKeySize, '\0');
  size_t size = out.size();
  const int done = EVP_PKEY_get_raw_public_key(key, reinterpret_cast<uint8_t*>(out.data()), &size);
  EVP_PKEY_free(key);
  CHECK(done == 1 && size == kKeySize);
  return out;
}

// Takes the next line off `text`.
std::string_view next_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::optional<std::string> parse_key(std::string_view hex) {
  std::optional<std::string> key = from_hex(hex);
  if (key && key->size() != kKeySize) return std::nullopt;
  return key;
}

Result<void> parse_transport(const fs::path& file, std::string_view text, Keyring& ring) {
  const std::optional<std::string> secret = parse_key(next_line(text));
  const std::optional<std::string> pub = parse_key(next_line(text));
  if (!secret || !pub || !text.empty()) {
    return fail(Errc::kInvalid, file.string() + ": must be two lines of 64 hex digits");
  }
  if (transport_public_key(*secret) != *pub) {
    return fail(Errc::kInvalid, file.string() + ": the public key is not that of the secret");
  }
  ring.transport_secret = *secret;
  ring.transport_public = *pub;
  return {};
}

Result<void> parse_signing(const fs::path& file, std::string_view text, Keyring& ring) {
  const Result<SuiteKeyText> key = parse_suite_key(next_line(text));
  if (!key) return fail(key.error().code, file.string() + ": the key " + key.error().text);
  if (!text.empty()) return fail(Errc::kInvalid, file.string() + ": must be one line");
  Result<std::unique_ptr<Signer>> signer = make_signer(key->suite, key->bytes);
  if (!signer) return fail(signer.error().code, file.string() + ": " + signer.error().text);
  ring.signer = std::move(*signer);
  return {};
}

// "<id> <hex>"
std::optional<std::pair<uint32_t, std::string>> parse_vault_line(std::string_view line) {
  uint32_t id = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), id);
  if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return std::nullopt;
  std::optional<std::string> key = parse_key(line.substr(end + 1 - line.data()));
  if (!key) return std::nullopt;
  return std::pair(id, std::move(*key));
}

Result<void> parse_vault(const fs::path& file, std::string_view text, Keyring& ring) {
  for (int number = 1; !text.empty(); ++number) {
    auto entry = parse_vault_line(next_line(text));
    const std::string where = file.string() + ":" + std::to_string(number) + ": ";
    if (!entry) return fail(Errc::kInvalid, where + "must be \"<id> <64 hex digits>\"");
    if (!ring.vault_keys.empty() && entry->first <= ring.vault_keys.rbegin()->first) {
      return fail(Errc::kInvalid, where + "ids must rise from line to line");
    }
    ring.vault_keys.insert(std::move(*entry));
  }
  if (ring.vault_keys.empty()) return fail(Errc::kInvalid, file.string() + ": holds no key");
  return {};
}

Result<void> parse_person(const fs::path& file, std::string_view text, Keyring& ring) {
  std::optional<std::string> key = parse_key(next_line(text));
  if (!key || !text.empty()) {
    return fail(Errc::kInvalid, file.string() + ": must be one line of 64 hex digits");
  }
  ring.person_key = std::move(*key);
  return {};
}

struct KeyFile {
  const char* name;
  Result<void> (*parse)(const fs::path& file, std::string_view text, Keyring& ring);
};

constexpr KeyFile kKeyFiles[] = {{kTransportFile, &parse_transport},
                                 {kSigningFile, &parse_signing},
                                 {kVaultFile, &parse_vault},
                                 {kPersonFile, &parse_person}};

Result<void> prepare_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return io_error(folder, "cannot make the key folder");
  }
  if (Result<void> r = check_private_folder(folder); !r) return r;
  for (const KeyFile& file : kKeyFiles) {
    struct stat info;
    if (::lstat((folder / file.name).c_str(), &info) == 0) {
      return fail(Errc::kExists,
                  (folder / file.name).string() + ": is there already; keys are never overwritten");
    }
  }
  return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

}  // namespace

Result<void> give_to_owner_of_folder(const fs::path& file) {
  if (::geteuid() != 0) return {};
  struct stat folder;
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::stat(parent.c_str(), &folder) != 0) return io_error(parent, "cannot read");
  if (::lchown(file.c_str(), folder.st_uid, folder.st_gid) != 0) {
    return io_error(file, "cannot give it to the owner of its folder");
  }
  return {};
}

Result<void> write_secret_file(const fs::path& file, std::string_view content) {
  const Fd fd(uninterrupted([&] {
    return ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
  }));
  if (!fd.ok()) return io_error(file, "cannot create");
  if (Result<void> r = give_to_owner_of_folder(file); !r) return r;
  if (Result<void> r = write_all(file, fd.get(), content); !r) return r;
  if (uninterrupted([&] { return ::fsync(fd.get()); }) != 0) return io_error(file, "cannot sync");
  return sync_folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

Result<std::string> read_secret_file(const fs::path& file) {
  const Fd fd(uninterrupted(
      [&] { return ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC); }));
  if (!fd.ok()) return io_error(file, "cannot open");
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return io_error(file, "cannot read");
  if (!S_ISREG(info.st_mode)) return fail(Errc::kInvalid, file.string() + ": is not a file");
  if (Result<void> r = check_private(file, info, "600"); !r) return tl::unexpected(r.error());
  std::string out(kSecretFileBytesMax + 1, '\0');
  size_t size = 0;
  while (size < out.size()) {
    const ssize_t n =
        uninterrupted([&] { return ::read(fd.get(), out.data() + size, out.size() - size); });
    if (n < 0) return io_error(file, "cannot read");
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > kSecretFileBytesMax) return fail(Errc::kInvalid, file.string() + ": is too large");
  out.resize(size);
  return out;
}

Result<Keyring> Keyring::create(const fs::path& folder) {
  if (Result<void> r = prepare_folder(folder); !r) return tl::unexpected(r.error());
  const std::string secret = random_bytes(kKeySize);
  const std::string contents[] = {
      to_hex(secret) + "\n" + to_hex(transport_public_key(secret)) + "\n",
      suite_key_text(SuiteId::kEd25519, generate_private_key(SuiteId::kEd25519)) + "\n",
      "1 " + to_hex(random_bytes(kKeySize)) + "\n",
      to_hex(random_bytes(kKeySize)) + "\n",
  };
  static_assert(std::size(contents) == std::size(kKeyFiles));
  for (size_t i = 0; i < std::size(kKeyFiles); ++i) {
    TRY_DO(write_secret_file(folder / kKeyFiles[i].name, contents[i]));
  }
  return load(folder);
}

Result<Keyring> Keyring::load(const fs::path& folder) {
  if (Result<void> r = check_private_folder(folder); !r) return tl::unexpected(r.error());
  Keyring ring;
  for (const KeyFile& file : kKeyFiles) {
    const fs::path path = folder / file.name;
    TRY(const auto text, read_secret_file(path));
    if (Result<void> r = file.parse(path, text, ring); !r) return tl::unexpected(r.error());
  }
  return ring;
}

}  // namespace jiexu
