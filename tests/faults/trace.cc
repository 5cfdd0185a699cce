#include "tests/faults/trace.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

namespace jiexu::faults {
namespace {

constexpr std::string_view kUnfinished = " <unfinished ...>";
constexpr std::string_view kResumed = " resumed>";

// Bytes on the wire, in CURVE: a batch of one letter has 457, its receipt 231. Probe and Alive have
// fewer; Open and Opened have more than a receipt, and are told apart by coming first.
constexpr int64_t kBatchBytesMin = 300;
constexpr int64_t kReceiptBytesMin = 220;

struct Line {
  std::string thread;
  double at = 0;
  std::string rest;
};

// "1234 1795140000.123456 call(...) = 0"
std::optional<Line> split(const std::string& text) {
  const size_t after_thread = text.find(' ');
  if (after_thread == std::string::npos) return std::nullopt;
  const size_t begin = text.find_first_not_of(' ', after_thread);
  const size_t after_time = text.find(' ', begin);
  if (begin == std::string::npos || after_time == std::string::npos) return std::nullopt;
  return Line{text.substr(0, after_thread), std::strtod(text.c_str() + begin, nullptr),
              text.substr(after_time + 1)};
}

int64_t result_of(const std::string& text) {
  const size_t at = text.rfind(") = ");
  return at == std::string::npos ? -1 : std::strtoll(text.c_str() + at + 4, nullptr, 10);
}

void finish(Call& call, size_t line) {
  call.ended = line;
  call.result = result_of(call.text);
  call.injected = call.text.find("(INJECTED)") != std::string::npos ||
                  call.text.find("(DELAYED)") != std::string::npos;
}

// The descriptor with what it is, such as "13<TCP:[127.0.0.1:17510->127.0.0.1:40000]>".
std::string descriptor_of(const Call& call) {
  const size_t begin = call.text.find('(') + 1;
  return call.text.substr(begin, call.text.find('>', call.text.find("->", begin) + 2) - begin);
}

bool one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  for (const std::string_view each : names) {
    if (name == each) return true;
  }
  return false;
}

bool is_read(const Call& call) {
  return call.result > 0 && one_of(call.name, {"read", "readv", "recvfrom", "recvmsg"});
}
bool is_write(const Call& call) {
  return call.result > 0 && one_of(call.name, {"write", "writev", "sendto", "sendmsg"});
}
bool is_log_sync(const Call& call) {
  return call.name == "fdatasync" && call.result == 0 &&
         call.text.find(".log>") != std::string::npos;
}

// Whether one of the syncs began after one line and ended before the other.
bool any_between(const std::vector<const Call*>& syncs, size_t after, size_t before) {
  for (auto sync = syncs.rbegin(); sync != syncs.rend() && (*sync)->ended > after; ++sync) {
    if ((*sync)->began > after && (*sync)->ended < before) return true;
  }
  return false;
}

}  // namespace

Trace Trace::read(const std::filesystem::path& file) {
  Trace trace;
  std::map<std::string, Call> open;  // by thread
  std::ifstream in(file);
  std::string text;
  for (size_t number = 1; std::getline(in, text); ++number) {
    const auto line = split(text);
    if (!line) continue;
    if (line->rest.starts_with("+++")) {
      trace.exited_s = line->at;
      continue;
    }
    if (line->rest.starts_with("<... ")) {
      const auto it = open.find(line->thread);
      if (it == open.end()) continue;
      it->second.text += line->rest.substr(line->rest.find(kResumed) + kResumed.size());
      finish(it->second, number);
      trace.calls.push_back(std::move(it->second));
      open.erase(it);
      continue;
    }
    Call call;
    call.name = line->rest.substr(0, line->rest.find('('));
    call.text = line->rest;
    call.began = number;
    call.began_s = line->at;
    if (const size_t cut = call.text.rfind(kUnfinished); cut != std::string::npos) {
      call.text.resize(cut);
      open[line->thread] = std::move(call);
    } else {
      finish(call, number);
      trace.calls.push_back(std::move(call));
    }
  }
  return trace;
}

EarlyAnswers find_early_answers(const Trace& trace) {
  std::vector<const Call*> syncs;
  std::map<std::string, size_t> last_read;  // line, by descriptor
  std::map<std::string, bool> posted;
  EarlyAnswers out;
  for (const Call& call : trace.calls) {
    if (is_log_sync(call)) syncs.push_back(&call);
    if (call.text.find("<TCP:[") == std::string::npos) continue;
    const std::string connection = descriptor_of(call);
    if (is_read(call)) {
      last_read[connection] = call.ended;
      if (call.text.find("\"POST ") != std::string::npos) posted[connection] = true;
      if (call.text.find("\"GET ") != std::string::npos) posted[connection] = false;
    }
    if (!is_write(call) || call.text.find("\"HTTP/1.1 2") == std::string::npos) continue;
    if (!posted[connection]) continue;
    ++out.answers;
    if (!any_between(syncs, last_read[connection], call.began)) ++out.early;
  }
  return out;
}

EarlyAnswers find_early_receipts(const Trace& trace, uint16_t link_port) {
  const std::string ours = ":" + std::to_string(link_port) + "->";
  std::vector<const Call*> syncs;
  std::set<std::string> opened;    // connections whose Open has been read
  std::set<std::string> answered;  // ... and whose Opened has been written
  size_t batch = 0;  // line at which the last one had been read; 0: it has its receipt
  EarlyAnswers out;
  for (const Call& call : trace.calls) {
    if (is_log_sync(call)) syncs.push_back(&call);
    const bool at_link = call.text.find(ours) != std::string::npos;
    if (!at_link || call.text.find("\\7MESSAGE") == std::string::npos) continue;
    if (is_read(call) && opened.insert(descriptor_of(call)).second) continue;
    if (is_write(call) && answered.insert(descriptor_of(call)).second) continue;
    if (is_read(call) && call.result >= kBatchBytesMin) batch = call.ended;
    if (!is_write(call) || call.result < kReceiptBytesMin || batch == 0) continue;
    ++out.answers;
    if (!any_between(syncs, batch, call.began)) ++out.early;
    batch = 0;
  }
  return out;
}

}  // namespace jiexu::faults
