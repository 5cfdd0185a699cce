jiexu_test(transport_test transport_test.cc transport_refusal_test.cc connection_watch_test.cc zap_test.cc
           holding_relay.cc LINK jiexu_transport PkgConfig::ZMQ)
