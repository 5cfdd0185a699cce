# The one user of ZeroMQ.
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET GLOBAL libzmq)

add_library(jiexu_transport STATIC connection_watch.cc zap.cc zmq_loop.cc zmq_loop_peers.cc zmq_mailbox.cc zmq_socket.cc
            zmq_transport.cc)
target_link_libraries(jiexu_transport PUBLIC jiexu_base jiexu_trust
                      PRIVATE PkgConfig::ZMQ spdlog::spdlog Threads::Threads)
