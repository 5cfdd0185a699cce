// One connection of the HTTP server: read a request, wait for its answer, write it, again. Internal
// to http_server.cc.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "daemon/api/http/http_server.h"

namespace jiexu {

using HttpSocket = boost::asio::generic::stream_protocol::socket;

// Serves the connection until it ends; it keeps itself alive by its pending operation. Settings,
// handler and `connections`, the count of sessions, must outlive the io_context behind `io`.
void begin_session(HttpSocket socket, const HttpSettings& settings, const HttpHandler& handler,
                   std::weak_ptr<boost::asio::io_context> io, size_t& connections);

// The body of a problem+json answer.
std::string http_problem(int status, std::string_view code, std::string_view detail);

}  // namespace jiexu
