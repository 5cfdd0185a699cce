// `jiexu user`, as those run it who type it.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/api/built_command.h"

namespace jiexu::user_commands_test {
namespace {

using built_command::Agency;
using built_command::Ran;
using built_command::run;

TEST_CASE("a user who is replaced has another token and role, and nobody is locked out") {
  Agency agency;
  REQUIRE(agency.jiexu("user add wang --role clerk").code == 0);
  CHECK(agency.jiexu("user add wang --role reviewer").code == 73);
  const Ran replaced = agency.jiexu("user add wang --role reviewer --replace");
  CHECK(replaced.code == 0);
  CHECK_THAT(replaced.out, Catch::Contains("wang was clerk-out, clerk-in and is reviewer"));
  CHECK_THAT(agency.jiexu("user list").out, Catch::Contains("wang   reviewer"));
  // The token of the command itself stands in a file, which is renewed with it.
  const Ran admin = agency.jiexu("user add admin --role operator,security --replace");
  CHECK(admin.code == 0);
  CHECK_THAT(admin.out, Catch::Contains("admin.token"));
  agency.reload();
  CHECK(agency.jiexu("ledger").code == 0);
}

TEST_CASE("one page says which right each role has, in both languages") {
  const std::string golden = std::string(JIEXU_SOURCES) + "/tests/api/roles.golden";
  const std::string page =
      run("user roles").out + "\n" + run("user roles", "LC_ALL=zh_CN.UTF-8").out;
  if (std::getenv("JIEXU_REWRITE") != nullptr) std::ofstream(golden) << page;
  std::stringstream known;
  known << std::ifstream(golden).rdbuf();
  CHECK(page == known.str());
}

TEST_CASE("a role that there is not is refused with the page that has them") {
  Agency agency;
  for (const char* roles : {"king", "clerk-in,king", "", ",", "clerk-in finance"}) {
    const Ran ran = agency.jiexu("user add wang --role '" + std::string(roles) + "'");
    INFO(roles);
    CHECK(ran.code == 64);
    CHECK_THAT(ran.out, Catch::Contains("jiexu user roles"));
  }
}

TEST_CASE("once there are two security officers, one proposes a user and the other approves") {
  Agency agency;
  const Ran bo = agency.jiexu("user add bo --role security", "LC_ALL=en", "2>/dev/null");
  REQUIRE(bo.code == 0);
  const std::string as_bo = "--token-file " + agency.file("bo.token", bo.out) + " ";
  std::filesystem::permissions(agency.place.path / "bo.token", std::filesystem::perms(0600));
  const Ran asked = agency.jiexu("user add li --role reviewer");
  CHECK(asked.code == 0);
  CHECK_THAT(asked.out, Catch::Contains("jiexu user approve 1"));
  CHECK_THAT(agency.jiexu("user list").out, !Catch::Contains("li "));
  CHECK_THAT(agency.jiexu("user changes").out, Catch::Contains("add") && Catch::Contains("admin"));
  CHECK(agency.jiexu("user approve 1").code == 77);
  const Ran done = agency.jiexu(as_bo + "user approve 1", "LC_ALL=en", "2>/dev/null");
  CHECK(done.code == 0);
  CHECK(done.out.starts_with("jx_"));
  CHECK_THAT(agency.jiexu("user list").out, Catch::Contains("li"));
  CHECK(agency.jiexu(as_bo + "user approve 1").code == 66);
  CHECK(agency.jiexu("user remove li --yes").code == 0);
  CHECK(agency.jiexu("user drop 2").code == 0);
  // Who approves sees what comes with it.
  CHECK(agency.jiexu("user add root0 --role auditor --uid 4242").code == 0);
  CHECK_THAT(agency.jiexu("user changes").out, Catch::Contains("4242"));
  CHECK_THAT(agency.jiexu(as_bo + "user approve 3 --dry-run").out, Catch::Contains("uid 4242"));
  CHECK(agency.jiexu("user drop 3").code == 0);
  CHECK_THAT(agency.jiexu("user list").out, Catch::Contains("li"));
}

}  // namespace
}  // namespace jiexu::user_commands_test
