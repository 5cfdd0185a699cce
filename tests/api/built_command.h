// The built `jiexu`, run as those run it who type its commands, and an agency for it to ask.
#pragma once

#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <string>

#include "daemon/api/http/http_server.h"
#include "tests/api/api_world.h"
#include "tests/temp_folder.h"

namespace jiexu::built_command {

struct Ran {
  int code = -1;
  std::string out;  // standard output and error
};

// `JIEXU_COMMAND` is set by the build. `before`: variables and the like.
inline Ran run(const std::string& arguments, const std::string& before = "LC_ALL=en",
               const std::string& after = "2>&1") {
  const std::string command = "env -u JIEXU_TOKEN -u JIEXU_CONFIG " + before + " " + JIEXU_COMMAND +
                              " " + arguments + " " + after;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ran ran;
  std::array<char, 4096> chunk;
  while (const size_t n = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
    ran.out.append(chunk.data(), n);
  }
  ran.code = WEXITSTATUS(::pclose(pipe));
  return ran;
}

// A folder made by `jiexu init`, and an API that knows its users.
struct Agency {
  Agency() {
    auto started = HttpServer::start({}, [this](HttpRequest request, HttpRespond respond) {
      world.api.handle(std::move(request), std::move(respond));
    });
    server = std::move(started.value());
    made = run("init " + folder() + " --code S41010010107 --name Own --bank-holder H " +
               "--bank-account 1 --bank-name B --api 127.0.0.1:" + std::to_string(server->port()));
    INFO(made.out);
    REQUIRE(made.code == 0);
    reload();
  }
  void reload() { world.api.set_users(Users::load(folder() + "/users.toml").value()); }
  std::string folder() const { return (place.path / "a").string(); }
  Ran jiexu(const std::string& arguments, const std::string& before = "LC_ALL=en",
            const std::string& after = "2>&1") const {
    return run("--config " + folder() + "/agency.toml " + arguments, before, after);
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(place.path / name, std::ios::binary) << text;
    return (place.path / name).string();
  }

  TempFolder place;
  ApiWorld world;
  std::unique_ptr<HttpServer> server;
  Ran made;  // what init said
};

// Help of every command, by the words that lead to it.
inline void collect_help(const std::string& path, const std::string& before,
                         std::map<std::string, std::string>& out) {
  const Ran ran = run(path + " --help", before);
  REQUIRE(ran.code == 0);
  out[path] = ran.out;
  std::string title = before.find("zh") == before.npos ? "\nSubcommands:\n" : "\n子命令:\n";
  const size_t below = ran.out.find(title);
  if (below == ran.out.npos) return;
  const std::regex line("\n  ([a-z][a-z-]*) ");
  for (std::sregex_iterator at(ran.out.begin() + static_cast<std::ptrdiff_t>(below), ran.out.end(),
                               line);
       at != std::sregex_iterator(); ++at) {
    collect_help((path.empty() ? "" : path + " ") + at->str(1), before, out);
  }
}

}  // namespace jiexu::built_command
