#include "daemon/gate/figures.h"

#include <algorithm>

#include "daemon/base/bytes.h"

namespace jiexu {
namespace {

constexpr size_t kKeyBytes = 32;

// Takes a number or text off the front; what is too short empties `in` and says so.
class Bytes {
 public:
  explicit Bytes(std::string_view in) : in_(in) {}

  uint64_t number() { return has(8) ? read_u64(take(8)) : 0; }
  std::string_view text(size_t size) { return has(size) ? take(size) : std::string_view(); }
  bool at_end() const { return in_.empty(); }
  bool whole() const { return whole_; }

 private:
  bool has(size_t size) {
    if (in_.size() >= size) return true;
    whole_ = false;
    in_ = {};
    return false;
  }
  std::string_view take(size_t size) {
    const std::string_view out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }

  std::string_view in_;
  bool whole_ = true;
};

void append_numbers(std::string& out, std::initializer_list<uint64_t> numbers) {
  for (const uint64_t number : numbers) append_u64(out, number);
}

}  // namespace

std::string encode_keys(std::string_view secret, std::string_view pub) {
  return std::string(secret).append(pub);
}

std::string encode_peers(const std::vector<Agency>& agencies) {
  std::string out;
  for (const Agency& agency : agencies) {
    out.append(agency.id.text()).append(agency.transport_key);
    append_u64(out, agency.endpoint.size());
    out.append(agency.endpoint);
  }
  return out;
}

std::optional<std::vector<Agency>> decode_peers(std::string_view bytes) {
  std::vector<Agency> out;
  for (Bytes in(bytes); !in.at_end();) {
    Agency agency;
    const auto id = AgencyId::parse(in.text(AgencyId::kSize));
    agency.transport_key = in.text(kKeyBytes);
    agency.endpoint = in.text(in.number());
    if (!id || !in.whole()) return std::nullopt;
    agency.id = *id;
    out.push_back(std::move(agency));
  }
  return out;
}

std::string encode_numbers(const std::vector<uint64_t>& numbers) {
  std::string out;
  for (const uint64_t number : numbers) append_u64(out, number);
  return out;
}

std::optional<std::vector<uint64_t>> decode_numbers(std::string_view bytes) {
  std::vector<uint64_t> out;
  Bytes in(bytes);
  while (!in.at_end()) out.push_back(in.number());
  if (!in.whole()) return std::nullopt;
  return out;
}

std::string encode(const TransportStats& figures) {
  std::string out;
  append_numbers(
      out, {static_cast<uint64_t>(figures.connection), figures.frames_in, figures.frames_out,
            figures.bytes_in, figures.bytes_out, figures.frames_dropped, figures.handshake_failures,
            static_cast<uint64_t>(figures.last_frame_at.ms)});
  return out;
}

std::optional<TransportStats> decode_transport_stats(std::string_view bytes) {
  Bytes in(bytes);
  TransportStats out;
  out.connection = in.number() == 1 ? ConnectionState::kUp : ConnectionState::kDown;
  for (uint64_t* figure : {&out.frames_in, &out.frames_out, &out.bytes_in, &out.bytes_out,
                           &out.frames_dropped, &out.handshake_failures}) {
    *figure = in.number();
  }
  out.last_frame_at.ms = static_cast<int64_t>(in.number());
  if (!in.whole() || !in.at_end()) return std::nullopt;
  return out;
}

std::string encode(const ListenerStats& figures) {
  std::string out;
  for (const uint64_t verdict : figures.zap) append_u64(out, verdict);
  for (const uint64_t reason : figures.cut) append_u64(out, reason);
  append_numbers(out, {figures.handshake_failures, figures.strangers, figures.frames_refused,
                       figures.frames_malformed});
  return out;
}

std::optional<ListenerStats> decode_listener_stats(std::string_view bytes) {
  Bytes in(bytes);
  ListenerStats out;
  for (uint64_t& verdict : out.zap) verdict = in.number();
  for (uint64_t& reason : out.cut) reason = in.number();
  for (uint64_t* figure :
       {&out.handshake_failures, &out.strangers, &out.frames_refused, &out.frames_malformed}) {
    *figure = in.number();
  }
  if (!in.whole() || !in.at_end()) return std::nullopt;
  return out;
}

TransportStats sum(const TransportStats& before, const TransportStats& now) {
  TransportStats out = now;
  out.frames_in += before.frames_in;
  out.frames_out += before.frames_out;
  out.bytes_in += before.bytes_in;
  out.bytes_out += before.bytes_out;
  out.frames_dropped += before.frames_dropped;
  out.handshake_failures += before.handshake_failures;
  out.last_frame_at = std::max(before.last_frame_at, now.last_frame_at);
  return out;
}

ListenerStats sum(const ListenerStats& before, const ListenerStats& now) {
  ListenerStats out = now;
  for (size_t i = 0; i < out.zap.size(); ++i) out.zap[i] += before.zap[i];
  for (size_t i = 0; i < out.cut.size(); ++i) out.cut[i] += before.cut[i];
  out.handshake_failures += before.handshake_failures;
  out.strangers += before.strangers;
  out.frames_refused += before.frames_refused;
  out.frames_malformed += before.frames_malformed;
  return out;
}

}  // namespace jiexu
