// `jiexu events`: what a system beside Jiexu goes on with.
#include <nlohmann/json.hpp>

#include "daemon/base/bytes.h"
#include "storage/layout.h"
#include "tests/api/built_command.h"

namespace jiexu::events_command_test {
namespace {

using built_command::Agency;
using built_command::Ran;
using Json = nlohmann::json;

constexpr uint32_t kEpoch = 1'790'000'000;

// Commits `count` changes: alarms about one agency, which begin.
void change(Agency& agency, Lsn lsn, uint32_t count) {
  std::string record;
  append_changes_head({1'790'000'000'123}, lsn * 10, record);
  Change alarm;
  alarm.topic = Topic::kAlarm;
  alarm.what = static_cast<uint8_t>(AlarmKind::kSilent);
  alarm.peer = AgencyId::parse("S41132810207");
  for (uint32_t n = 0; n < count; ++n) append_change(alarm, record);
  Batch batch;
  batch.put(Family::kAudit, layout::changes_key({kEpoch, lsn}), record);
  REQUIRE(agency.world.store.commit(batch));
  agency.world.feed.publish({kEpoch, lsn, count - 1});
}

std::vector<Json> lines_of(const Ran& ran) {
  REQUIRE(ran.code == 0);
  std::vector<Json> out;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
  return out;
}

}  // namespace

TEST_CASE("events are printed for people in both languages") {
  Agency agency;
  change(agency, 7, 1);
  const std::string what = "S41132810207";
  CHECK_THAT(agency.jiexu("events").out, Catch::Contains("alarm: silent link  " + what));
  CHECK_THAT(agency.jiexu("events", "LC_ALL=zh_CN.UTF-8").out,
             Catch::Contains("告警: 无应答  " + what));
  CHECK(agency.jiexu("events --topic case").out.empty());
}

TEST_CASE("with --json a line is an event, and the last says where all that is there ends") {
  Agency agency;
  change(agency, 7, 2);
  change(agency, 9, 1);
  const auto lines = lines_of(agency.jiexu("events --json"));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("id") == "1790000000.7.0");
  CHECK(lines[2].at("id") == "1790000000.9.0");
  CHECK(lines[3].at("topic") == "position");
  CHECK(lines[3].at("id") == "1790000000.9.0");
  // Whoever has noted an id goes on behind it.
  const auto rest = lines_of(agency.jiexu("events --json --after 1790000000.7.0"));
  REQUIRE(rest.size() == 3);
  CHECK(rest[0] == lines[1]);
  CHECK(lines_of(agency.jiexu("events --json --after 1790000000.9.0")).size() == 1);
}

TEST_CASE("more events than an answer holds are all printed, once") {
  Agency agency;
  change(agency, 7, 950);
  const auto lines = lines_of(agency.jiexu("events --json"));
  std::set<std::string> ids;
  for (const Json& line : lines) {
    if (line.at("topic") == "alarm") ids.insert(line.at("id"));
  }
  CHECK(ids.size() == 950);
  CHECK(std::ranges::count(lines, "alarm", [](const Json& line) { return line.at("topic"); }) ==
        950);
}

TEST_CASE("an id of a store that was restored is answered with a reset, in words for people") {
  Agency agency;
  change(agency, 7, 1);
  const auto lines = lines_of(agency.jiexu("events --json --after 1780000000.9999.0"));
  CHECK(lines.at(0).at("topic") == "reset");
  CHECK(lines.at(0).at("kind") == "other_epoch");
  CHECK(lines.at(0).at("id") == "1790000000.7.0");
  CHECK_THAT(agency.jiexu("events --after 1780000000.9999.0").out,
             Catch::Contains("events are missing before this one: the store was restored"));
  CHECK(agency.jiexu("events --side 转入 --topic case").code == 0);
  CHECK(agency.jiexu("events --side x").code == 65);
  const Ran wrong = agency.jiexu("events --after yesterday");
  CHECK(wrong.code == 65);
  CHECK_THAT(wrong.out, Catch::Contains("no id of an event"));
}

}  // namespace jiexu::events_command_test
