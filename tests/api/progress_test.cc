// Progress for the person: the stage, and nothing else, and not for guessing.
#include "daemon/api/progress.h"

#include "daemon/base/bytes.h"
#include "daemon/rules/letter_number.h"
#include "storage/layout.h"
#include "tests/api/api_world.h"

namespace jiexu::progress_test {
namespace {

Case transfer(const ApiWorld& world) {
  Case subject = world.draft();
  subject.relationship = Relationship::kLetterAccepted;
  subject.letter_number =
      LetterNumber::make(*AgencyId::parse("S41130010001"), {2026, 9, 1}, 7)->text();
  return subject;
}

void put(ApiWorld& world, const Case& subject) {
  world.put(subject);
  Batch batch;
  std::string letters;
  layout::append_letter(subject.letter_number, subject.id, letters);
  Records(world.store, *world.vault)
      .put(batch, Family::kIndex, layout::letters_key(subject.letter_number), letters);
  REQUIRE(world.store.commit(batch));
}

Got question(ApiWorld& world, const std::string& letter, const std::string& hash,
             As role = As::kInquirer) {
  return world.ask("POST", "/v1/progress", role,
                   R"({"letter_number":")" + letter + R"(","id_hash":")" + hash + R"("})");
}

TEST_CASE("the stage is told for letter number and hash, and nothing besides") {
  ApiWorld world;
  const Case subject = transfer(world);
  put(world, subject);
  const Got got = question(world, subject.letter_number, progress_hash(subject));
  CHECK(got.status() == 200);
  CHECK(got.json() == nlohmann::json{{"stage", "IN_WORK_AT_ORIGIN"}});
}

TEST_CASE("the hash is SHA-256 of letter number, colon, and document number") {
  ApiWorld world;
  const Case subject = transfer(world);
  CHECK(progress_hash(subject) ==
        to_hex(view(sha256(subject.letter_number + ":" + subject.person.document_number()))));
}

TEST_CASE("a letter number is read as people write it") {
  ApiWorld world;
  const Case subject = transfer(world);
  put(world, subject);
  const std::string hash = progress_hash(subject);
  CHECK(question(world, subject.letter_number + " ", hash).status() == 200);
  CHECK(question(world, subject.letter_number + "0", hash).status() == 400);
}

TEST_CASE("a wrong hash and an unknown letter get the same answer") {
  ApiWorld world;
  const Case subject = transfer(world);
  put(world, subject);
  const Got wrong = question(world, subject.letter_number, std::string(64, '0'));
  const std::string other =
      LetterNumber::make(*AgencyId::parse("S41130010001"), {2026, 9, 1}, 8)->text();
  const Got unknown = question(world, other, progress_hash(subject));
  CHECK(wrong.status() == 404);
  CHECK(wrong.response.body == unknown.response.body);
}

TEST_CASE("about one letter few questions an hour are answered, right or wrong") {
  ApiWorld world;
  const Case subject = transfer(world);
  put(world, subject);
  for (uint32_t i = 0; i < ProgressGate::kPerLetterAnHour; ++i) {
    CHECK(question(world, subject.letter_number, std::string(64, '0')).status() == 404);
  }
  const Got got = question(world, subject.letter_number, progress_hash(subject));
  CHECK(got.status() == 429);
  CHECK(got.header("Retry-After") == "600");
}

TEST_CASE("a new hour forgets the questions of the last, and a user has a limit of his own") {
  ProgressGate gate;
  for (uint32_t i = 0; i < ProgressGate::kPerLetterAnHour; ++i) CHECK(gate.admit("u", "L", {0}));
  CHECK_FALSE(gate.admit("u", "L", {3'599'999}));
  CHECK(gate.admit("u", "L", {3'600'000}));
  for (uint32_t i = 1; i < ProgressGate::kPerUserAMinute; ++i) {
    CHECK(gate.admit("u", std::to_string(i), {3'600'001}));
  }
  CHECK_FALSE(gate.admit("u", "x", {3'600'002}));
  CHECK(gate.admit("v", "x", {3'600'002}));
}

TEST_CASE("an inquirer sees nothing else") {
  ApiWorld world;
  const Case subject = transfer(world);
  put(world, subject);
  CHECK(world.ask("GET", "/v1/cases/" + subject.id.str(), As::kInquirer).status() == 403);
  CHECK(world.ask("GET", "/v1/cases", As::kInquirer).status() == 403);
}

TEST_CASE("a question without its parts is refused") {
  ApiWorld world;
  CHECK(question(world, "1", std::string(64, '0')).status() == 400);
  CHECK(question(world, transfer(world).letter_number, "ab").status() == 400);
}

}  // namespace
}  // namespace jiexu::progress_test
