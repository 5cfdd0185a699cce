add_library(jiexu_holding_relay STATIC holding_relay.cc)
target_link_libraries(jiexu_holding_relay PUBLIC jiexu_base PRIVATE Threads::Threads)

jiexu_test(transport_test transport_test.cc transport_refusal_test.cc wake_test.cc connection_watch_test.cc zap_test.cc
           LINK jiexu_holding_relay jiexu_transport PkgConfig::ZMQ)
# Some of its files have libzmq's checks under the names of Catch2's.
set_target_properties(transport_test PROPERTIES UNITY_BUILD OFF)
