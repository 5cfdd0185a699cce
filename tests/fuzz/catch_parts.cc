// tests/cases/party.cc refers to Catch's macros; here is what they link to, without its main().
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
