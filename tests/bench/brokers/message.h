// Messages of the load: each says which one it is and cannot be mistaken for another. Their bytes
// compress no better than sealed letters do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu::bench {

inline constexpr size_t kMessageBytesMin = 16;

// REQUIRES: bytes >= kMessageBytesMin.
void append_message(std::string& out, uint64_t id, size_t bytes);

// nullopt: these are not the bytes of a message of ours.
std::optional<uint64_t> message_id(std::string_view bytes);

}  // namespace jiexu::bench
