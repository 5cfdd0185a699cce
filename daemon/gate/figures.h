// What else goes over the channel, as bytes: who the peers are, and the figures of ZeroMQ. What
// comes from the gate is read with care; what comes from the daemon is ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/link/carrier_figures.h"
#include "daemon/trust/directory.h"

namespace jiexu {

// kStart: the transport keys, 32 bytes each.
std::string encode_keys(std::string_view secret, std::string_view pub);

// kPeers. `agencies` with code, transport key and endpoint; an empty endpoint is not known yet.
std::string encode_peers(const std::vector<Agency>& agencies);
// nullopt: it is none.
std::optional<std::vector<Agency>> decode_peers(std::string_view bytes);

// kTaken.
std::string encode_numbers(const std::vector<uint64_t>& numbers);
// nullopt: they are none.
std::optional<std::vector<uint64_t>> decode_numbers(std::string_view bytes);

std::string encode(const TransportStats& figures);
std::optional<TransportStats> decode_transport_stats(std::string_view bytes);
std::string encode(const ListenerStats& figures);
std::optional<ListenerStats> decode_listener_stats(std::string_view bytes);

// What one gate has counted on top of those before it. The state of the connection and the time of
// the last frame are the later ones.
TransportStats sum(const TransportStats& before, const TransportStats& now);
ListenerStats sum(const ListenerStats& before, const ListenerStats& now);

}  // namespace jiexu
