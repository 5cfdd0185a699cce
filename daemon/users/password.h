// Passwords, as the file of users keeps them: argon2id (RFC 9106) in the text form that libsodium
// and others read, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". 19 MiB and two rounds are what OWASP
// asks for at least; a hash costs some 50 ms here, so that it is made on threads of its own
// (sign_in.h).
//
// Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu {

inline constexpr size_t kPasswordCharactersMin = 10;
inline constexpr size_t kPasswordBytesMax = 128;

// Aborts when there are no 19 MiB, like any other allocation.
std::string hash_password(std::string_view password);
bool is_password(const std::string& hashed, std::string_view password);
// As long as the answer about a password takes, so that the time does not tell who is no user.
void spend_time_of_password(std::string_view password);

// Whether the text is such a hash, with these costs or others.
bool is_password_hash(std::string_view text);

// Why this cannot be a new password of the user, a sentence of the catalogue; nullopt: it can. NIST
// SP 800-63B, 5.1.1.2: long, and no rules of which characters.
std::optional<std::string_view> wrong_with_password(std::string_view password,
                                                    std::string_view user);

// Such as "k7wq-3hzn-r9tm-c4xd": 80 bits of randomness, to be read aloud.
std::string one_time_password();

}  // namespace jiexu
