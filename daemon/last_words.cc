#include "daemon/last_words.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <tuple>

#include "daemon/base/retry.h"

namespace jiexu {
namespace {

constexpr size_t kLineMax = 1024;

std::atomic<LogFormat> log_format{LogFormat::kText};

// What would end a string of JSON or the line becomes a space.
void make_plain(char* text) {
  for (; *text != '\0'; ++text) {
    if (*text == '"' || *text == '\\' || static_cast<unsigned char>(*text) < 0x20) *text = ' ';
  }
}

[[noreturn]] void on_no_memory() {
  end_with(kExitOsError, "no memory is left (MemoryMax of the unit, a limit of the process)");
}

[[noreturn]] void on_terminate() {
  char why[kLineMax / 2];
  try {
    if (const std::exception_ptr current = std::current_exception()) {
      std::rethrow_exception(current);
    }
    end_with(kExitSoftware, "the program has ended itself without a reason, which is a bug");
  } catch (const std::bad_alloc&) {
    on_no_memory();
  } catch (const std::system_error& error) {
    std::snprintf(why, sizeof why, "the system refused a thread, a descriptor or memory: %s",
                  error.what());
    end_with(kExitOsError, why);
  } catch (const std::exception& error) {
    std::snprintf(why, sizeof why, "an exception that nobody expected, which is a bug: %s",
                  error.what());
    end_with(kExitSoftware, why);
  } catch (...) {
    end_with(kExitSoftware, "an exception of an unknown kind, which is a bug");
  }
}

void say(const char* text) {
  std::ignore = uninterrupted([&] { return ::write(STDERR_FILENO, text, std::strlen(text)); });
}

const char* describe(int signal) {
  switch (signal) {
    case SIGABRT: return "SIGABRT: a check of ours or of a library, which says so above";
    case SIGBUS: return "SIGBUS: a fault of the machine's memory or disk, or of the program";
    case SIGSEGV: return "SIGSEGV: a fault of the program, or of a library without memory";
    default: return "a signal of a fault of the program";
  }
}

// Only what may be called within a signal's handler. The signal comes once more when it returns,
// and then ends the process.
void on_fault(int signal) {
  const bool json = log_format.load() == LogFormat::kJson;
  say(json ? R"({"level":"critical","text":"ended by )" : " critical ended by ");
  say(describe(signal));
  say(json ? "\"}\n" : "\n");
  ::raise(signal);
}

void watch_faults() {
#ifndef __SANITIZE_ADDRESS__  // which reports them better
  struct sigaction action = {};
  action.sa_handler = on_fault;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGABRT, SIGBUS, SIGSEGV, SIGFPE, SIGILL}) {
    ::sigaction(signal, &action, nullptr);
  }
#endif
}

}  // namespace

void install_last_words(LogFormat format) {
  log_format = format;
  ::tzset();  // so that saying the time needs no file
  std::set_new_handler(on_no_memory);
  std::set_terminate(on_terminate);
  watch_faults();
}

void end_with(int code, const char* why) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  const bool json = log_format.load() == LogFormat::kJson;
  char date[64] = "", zone[16] = "", text[kLineMax / 2], line[kLineMax];
  std::strftime(date, sizeof date, json ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &local);
  std::strftime(zone, sizeof zone, "%z", &local);
  std::snprintf(text, sizeof text, "%s", why);
  make_plain(text);
  std::snprintf(line, sizeof line,
                json ? R"({"time":"%s.%03d%s","level":"critical","text":"%s; stopping at once, )"
                       "a restart goes on from the disk\"}\n"
                     : "%s.%03d%.0s critical %s; stopping at once, a restart goes on from the "
                       "disk\n",
                date, static_cast<int>(now.tv_nsec / 1'000'000), zone, text);
  say(line);
  ::_exit(code);
}

}  // namespace jiexu
