#include "daemon/api/idempotency.h"

#include <catch2/catch.hpp>

#include "daemon/api/problem.h"
#include "daemon/base/limits.h"
#include "tests/agency/payer.h"
#include "tests/api/live_api.h"

namespace jiexu::idempotency_test {
namespace {

IdempotencyKey key(const std::string& name, const std::string& body = "b",
                   const std::string& user = "wang") {
  return idempotency_key_of(user, {"POST", "/v1/cases", "", name, body});
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

}  // namespace

TEST_CASE("a repeat that comes while the first is being worked on waits for its answer") {
  Idempotency working;
  Client first_client, second_client;
  const auto first = working.begin(key("k"), first_client.respond());
  REQUIRE(first);
  CHECK_FALSE(working.begin(key("k"), second_client.respond()));
  CHECK(second_client.got.empty());
  (*first)([] { return made(409, "no"); });
  CHECK(second_client.got == std::vector<std::string>{"409 no"});
  CHECK(working.begin(key("k"), second_client.respond()));
}

TEST_CASE("another request under a key that is being worked on is refused by name") {
  Idempotency working;
  Client client;
  REQUIRE(working.begin(key("k"), client.respond()));
  CHECK_FALSE(working.begin(key("k", "other"), client.respond()));
  REQUIRE(client.got.size() == 1);
  CHECK_THAT(client.got[0], Catch::StartsWith("409") && Catch::Contains("idempotency_key_reused"));
}

TEST_CASE("two users may use the same key") {
  Idempotency working;
  Client client;
  CHECK(working.begin(key("k"), client.respond()));
  CHECK(working.begin(key("k", "b", "li"), client.respond()));
}

TEST_CASE("an answer is kept with its headers; a refusal is not; too long a body is left out") {
  HttpResponse response{201, "application/json", "{}", {{"Location", "/v1/cases/1"}}};
  const auto kept = keep_response(response);
  REQUIRE(kept);
  const HttpResponse again = kept_response(*kept);
  CHECK(again.status == 201);
  CHECK(again.content_type == "application/json");
  CHECK(again.body == "{}");
  CHECK(again.headers == response.headers);
  CHECK_FALSE(keep_response(made(409, "")));
  CHECK_FALSE(keep_response(made(500, "")));
  response.body.assign(limits::kIdempotencyBodyBytesMax + 1, 'x');
  const auto without = keep_response(response);
  REQUIRE((without && without->size() < 1'000));
  const HttpResponse told = kept_response(*without);
  CHECK(told.status == 409);
  CHECK_THAT(told.body, Catch::Contains("answer_not_kept"));
}

// --- with an engine, over restarts of the daemon ---

namespace {

// The payer's API; the daemon is restarted, and with it what the API remembers.
struct Office : Payer {
  Office() : Payer(1) {}

  HttpRequest remit(const std::string& with_key, const std::string& body = "{}") const {
    return {"POST", "/v1/cases/" + Payer::id(1).str() + "/actions/remit",
            "Bearer " + token_of(As::kReviewer), with_key, body};
  }
  Got ask(HttpRequest request) { return live->ask(std::move(request)); }
  void restart() {
    site.restart();
    live = std::make_unique<LiveApi>(site);
  }
  // The bank sends the case's newest payment back.
  void comes_back(uint32_t attempt) {
    v1::BankLine line = bank_line("", -kBalance, "d" + std::to_string(attempt));
    line.set_end_to_end_id(payment(1, attempt));
    REQUIRE(site.bank({line}).bank.results(0).outcome() == "paid_out");
    line = bank_line("", kBalance, "c" + std::to_string(attempt));
    line.set_end_to_end_id(payment(1, attempt));
    line.set_return_reason("AC04");
    REQUIRE(site.bank({line}).bank.results(0).outcome() == "returned_by_bank");
  }
  uint32_t attempts() const { return site.subject(Payer::id(1)).attempt; }

  std::unique_ptr<LiveApi> live = std::make_unique<LiveApi>(site);
};

}  // namespace

TEST_CASE("an order repeated under its key after a restart pays nothing a second time") {
  Office office;
  office.pay();
  office.comes_back(1);
  const Got first = office.ask(office.remit("k"));
  REQUIRE(first.status() == 200);
  REQUIRE(office.attempts() == 2);
  office.restart();
  const Got second = office.ask(office.remit("k"));
  CHECK(second.status() == 200);
  CHECK(second.response.body == first.response.body);
  // Also when the case would allow another order by now.
  office.pay();
  office.comes_back(2);
  office.restart();
  CHECK(office.ask(office.remit("k")).response.body == first.response.body);
  CHECK(office.attempts() == 2);
  CHECK(office.ask(office.remit("another")).status() == 200);
  CHECK(office.attempts() == 3);
}

TEST_CASE("after a restart too, a key stands for one request") {
  Office office;
  office.pay();
  office.comes_back(1);
  REQUIRE(office.ask(office.remit("k")).status() == 200);
  office.restart();
  const Got other = office.ask(office.remit("k", R"({"note":"other"})"));
  CHECK(other.status() == 409);
  CHECK(other.json()["code"] == "idempotency_key_reused");
}

TEST_CASE("a refused act leaves its key free") {
  Office office;
  REQUIRE(office.ask(office.remit("k")).status() == 409);
  office.pay();
  office.comes_back(1);
  CHECK(office.ask(office.remit("k")).status() == 200);
  CHECK(office.attempts() == 2);
}

TEST_CASE("so does one that had nothing to do") {
  Office office;
  office.pay();
  const HttpRequest collect{"POST", "/v1/remittances", "Bearer " + token_of(As::kClerk), "c", "{}"};
  REQUIRE(office.ask(collect).status() == 200);
  office.comes_back(1);
  REQUIRE(office.ask(office.remit("k")).status() == 200);
  const Got made = office.ask(collect);
  CHECK(made.json()["batches"].size() == 1);
  office.restart();
  CHECK(office.ask(collect).response.body == made.response.body);
}

TEST_CASE("the act and its key are in one commit") {
  Office office;
  office.pay();
  office.comes_back(1);
  const size_t commits = office.site.store->lsn();
  REQUIRE(office.ask(office.remit("k")).status() == 200);
  CHECK(office.site.store->lsn() == commits + 1);
}

TEST_CASE("a store from before the act has neither the act nor its key") {
  Office office;
  office.pay();
  office.comes_back(1);
  const auto backup = office.site.store->clone();
  REQUIRE(office.ask(office.remit("k")).status() == 200);
  const IdempotencyKey used = idempotency_key_of("u-reviewer", office.remit("k"));
  const auto kept = read_idempotency(office.site.records(), used);
  REQUIRE((kept && *kept));
  set_back(office.site, *backup);
  const auto left = read_idempotency(office.site.records(), used);
  CHECK((left && !*left));
  CHECK(office.attempts() == 1);
}

}  // namespace jiexu::idempotency_test
