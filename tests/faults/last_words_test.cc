// How a process ends that cannot go on: by a code and a line of the log, not by a signal. Each case
// is a child of its own.
#include "daemon/last_words.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <new>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "daemon/descriptors.h"

using namespace jiexu;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

struct End {
  int code = -1;  // -1: by a signal
  std::string said;
};

End end_of(LogFormat format, const std::function<void()>& work) {
  int out[2];
  REQUIRE(::pipe(out) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out[1], STDERR_FILENO);
    install_last_words(format);
    std::thread(work).join();  // or the test's own handler would catch it
    ::_exit(0);
  }
  ::close(out[1]);
  End end;
  char buffer[4096];
  for (ssize_t n; (n = ::read(out[0], buffer, sizeof buffer)) > 0;) end.said.append(buffer, n);
  ::close(out[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  return end;
}

void fail_within() {
  throw std::runtime_error("within noexcept");
}

}  // namespace

TEST_CASE("without memory the process says so and ends with 71") {
  const End asked = end_of(LogFormat::kText, [] {
    // More than any machine has; volatile, or the compiler would leave it out.
    volatile size_t size = size_t{1} << 62;
    static char* volatile taken = new char[size];
    std::ignore = taken;
  });
  CHECK(asked.code == 71);
  CHECK_THAT(asked.said, Contains("no memory is left"));
  const End thrown = end_of(LogFormat::kText, [] { throw std::bad_alloc(); });
  CHECK(thrown.code == 71);
  CHECK_THAT(thrown.said, Contains("no memory is left"));
}

TEST_CASE("a thread that cannot be had ends the process with 71 and the system's reason") {
  const End end = end_of(
      LogFormat::kText, [] { throw std::system_error(EAGAIN, std::generic_category(), "thread"); });
  CHECK(end.code == 71);
  CHECK_THAT(end.said, Contains("Resource temporarily unavailable"));
  CHECK_THAT(end.said, Contains(" critical ") && EndsWith("a restart goes on from the disk\n"));
}

TEST_CASE("an exception that nobody expects ends with 70, also of an unknown kind or none") {
  const auto code = [](const std::function<void()>& work) {
    const End end = end_of(LogFormat::kText, work);
    CHECK_THAT(end.said, Contains("a bug"));
    return end.code;
  };
  CHECK(code([] { throw std::logic_error("impossible"); }) == 70);
  CHECK(code([] { throw 1; }) == 70);
  CHECK(code([] { std::terminate(); }) == 70);
  CHECK(code([] { []() noexcept { fail_within(); }(); }) == 70);
}

TEST_CASE("a fault ends by its signal, and the log has a line of it") {
  const End aborted = end_of(LogFormat::kText, [] { std::abort(); });
  CHECK(aborted.code == -1);
  CHECK_THAT(aborted.said, Contains(" critical ended by SIGABRT"));
  const End fault = end_of(LogFormat::kJson, [] { ::raise(SIGSEGV); });
  CHECK(fault.code == -1);
  CHECK_THAT(nlohmann::json::parse(fault.said).at("text").get<std::string>(),
             Contains("ended by SIGSEGV"));
}

TEST_CASE("the last words are one JSON object where the log is JSON") {
  const End end = end_of(LogFormat::kJson,
                         [] { throw std::runtime_error("with \"quotes\", a \\ and a\nline"); });
  CHECK(end.code == 70);
  const auto line = nlohmann::json::parse(end.said);
  CHECK(line.at("level") == "critical");
  CHECK_THAT(line.at("text").get<std::string>(), Contains("with  quotes"));
  CHECK_THAT(line.at("time").get<std::string>(), Contains("T"));
}

TEST_CASE("what is said fits one line, however long the reason is") {
  const End end =
      end_of(LogFormat::kJson, [] { throw std::runtime_error(std::string(9000, 'x')); });
  CHECK(end.code == 70);
  CHECK_NOTHROW(nlohmann::json::parse(end.said));
}

TEST_CASE(
    "as many descriptors are needed as there are agencies, and too few are refused in words") {
  CHECK(descriptors_needed(1000) - descriptors_needed(0) == 6000);
  CHECK(check_descriptors(descriptors_needed(10), 10));
  const auto refused = check_descriptors(descriptors_needed(10) - 1, 10);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kInvalid);
  CHECK_THAT(refused.error().text, Contains("RLIMIT_NOFILE") && Contains("10 other agencies"));
}

TEST_CASE("the store holds as many tables open as the others leave, all if there is plenty") {
  CHECK(store_files_max(65'536, 3) == -1);
  CHECK(store_files_max(descriptors_needed(3), 3) == 256);
  CHECK(store_files_max(descriptors_needed(3) + 100, 3) == 356);
}
