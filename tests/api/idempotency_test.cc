#include "daemon/api/idempotency.h"

#include <catch2/catch.hpp>

namespace jiexu::idempotency_test {
namespace {

HttpRequest request(const std::string& key, const std::string& body) {
  return {"POST", "/v1/cases", "", key, body};
}

// What a client gets, in order.
struct Client {
  std::vector<std::string> got;
  HttpRespond respond() {
    return [this](const std::function<HttpResponse()>& make) {
      const HttpResponse response = make();
      got.push_back(std::to_string(response.status) + " " + response.body);
    };
  }
};

HttpResponse made(int status, const std::string& body) {
  return {status, "", body, {}};
}

TEST_CASE("the same key and body get the same answer, without the work being done again") {
  Idempotency memory;
  Client client;
  const auto first = memory.begin("wang", request("k", "b"), client.respond());
  REQUIRE(first);
  (*first)([] { return made(201, "case"); });
  CHECK_FALSE(memory.begin("wang", request("k", "b"), client.respond()));
  CHECK(client.got == std::vector<std::string>{"201 case", "201 case"});
}

TEST_CASE("a repeat that comes while the first is being worked on waits for its answer") {
  Idempotency memory;
  Client first_client, second_client;
  const auto first = memory.begin("wang", request("k", "b"), first_client.respond());
  REQUIRE(first);
  CHECK_FALSE(memory.begin("wang", request("k", "b"), second_client.respond()));
  CHECK(second_client.got.empty());
  (*first)([] { return made(409, "no"); });
  CHECK(second_client.got == std::vector<std::string>{"409 no"});
}

TEST_CASE("the same key with another body is refused by name") {
  Idempotency memory;
  Client client;
  REQUIRE(memory.begin("wang", request("k", "b"), client.respond()));
  CHECK_FALSE(memory.begin("wang", request("k", "other"), client.respond()));
  REQUIRE(client.got.size() == 1);
  CHECK_THAT(client.got[0], Catch::StartsWith("409") && Catch::Contains("idempotency_key_reused"));
}

TEST_CASE("two users may use the same key") {
  Idempotency memory;
  Client client;
  CHECK(memory.begin("wang", request("k", "b"), client.respond()));
  CHECK(memory.begin("li", request("k", "b"), client.respond()));
}

TEST_CASE("an answer that decided nothing is not remembered") {
  Idempotency memory;
  Client client;
  const int status = GENERATE(429, 500, 503);
  (*memory.begin("wang", request("k", "b"), client.respond()))([&] { return made(status, ""); });
  CHECK(memory.begin("wang", request("k", "b"), client.respond()));
}

TEST_CASE("the oldest answer is forgotten when there are too many, or too large ones") {
  const auto [entries_max, bytes_max] = GENERATE(table<size_t, size_t>({{2, 1000}, {100, 25}}));
  Idempotency memory(entries_max, bytes_max);
  Client client;
  for (const char* key : {"a", "b", "c"}) {
    (*memory.begin("wang", request(key, "b"), client.respond()))(
        [] { return made(200, "ten bytes."); });
  }
  CHECK_FALSE(memory.begin("wang", request("b", "b"), client.respond()));
  CHECK_FALSE(memory.begin("wang", request("c", "b"), client.respond()));
  CHECK(memory.begin("wang", request("a", "b"), client.respond()));
}

}  // namespace
}  // namespace jiexu::idempotency_test
