// One connection of the HTTP server: read a request, wait for its answer, write it, again. Internal
// to http_server.cc.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <set>

#include "daemon/api/http/http_connections.h"
#include "daemon/api/http/http_head.h"
#include "daemon/api/http/http_server.h"
#include "daemon/api/http/http_workers.h"

namespace jiexu {

using HttpSocket = boost::asio::generic::stream_protocol::socket;

class HttpStreaming;

// What all connections of a server share. Outlives its io_context, in whose operations they live.
struct HttpShared {
  const HttpSettings settings;
  const HttpHandler handler;
  const HttpKnows knows;
  const HostNames names;
  HttpConnections connections;
  HttpWorkers workers;
  std::set<HttpStreaming*> streams = {};  // that go on; of the server's thread
};

// Serves the connection until it ends; it keeps itself alive by its pending operation.
void begin_session(HttpSocket socket, HttpShared& shared,
                   std::weak_ptr<boost::asio::io_context> io);

}  // namespace jiexu
