// A gate that somebody has taken over: it says what JIEXU_LIE names, on the channel that the daemon
// gave it. For gate_test.cc.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "daemon/gate/channel.h"

namespace {

using namespace jiexu;

ChannelWriter& channel() {
  static ChannelWriter writer(kGateChannelFd);
  return writer;
}

void say(ChannelKind kind, const char* peer, uint64_t version, std::string body) {
  ChannelMessage message;
  message.kind = kind;
  message.peer = AgencyId::parse(peer).value();
  message.version = version;
  message.body = std::move(body);
  channel().push(std::move(message));
}

void raw(const std::string& bytes) {
  if (::write(kGateChannelFd, bytes.data(), bytes.size()) < 0) std::_Exit(1);
}

void say_all() {
  while (channel().flush() == ChannelWriter::Flushed::kSome) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// Until the daemon closes the channel.
void wait_for_end() {
  ChannelReader reader(kGateChannelFd, 64 << 20);
  ChannelMessage message;
  for (auto got = reader.next(message); got != ChannelReader::Got::kEnd;
       got = reader.next(message)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

int main() {
  const char* lie = std::getenv("JIEXU_LIE");
  const auto is = [lie](const char* name) { return lie != nullptr && std::strcmp(lie, name) == 0; };
  const char* known = "S35050010301";
  if (is("dies at once")) return 3;
  if (is("cannot")) {
    say(ChannelKind::kFailed, known, 0, "no\nsockets");
    say_all();
    return 1;
  }
  say(ChannelKind::kReady, known, 0, "");
  if (is("forger")) {
    say(ChannelKind::kFrame, "S99999999999", UINT64_MAX, "of nobody");
    say(ChannelKind::kFrame, known, 0, "of a key of before");
    for (int i = 0; i < 10'000; ++i) say(ChannelKind::kLog, known, 0, "a line\nand \x1b[31mmore");
    say(ChannelKind::kConnected, "S99999999999", UINT64_MAX, "");
    say(ChannelKind::kConnected, known, 1, "");
    say(ChannelKind::kFrame, known, UINT64_MAX, "of a peer");
  }
  say_all();
  if (is("garbage")) raw(std::string(1000, '\xa5'));
  if (is("huge")) raw(std::string(8, '\0') + "\xff\xff\xff\xff\x01" + std::string(50, '\0'));
  if (is("orders")) say(ChannelKind::kPeers, known, 0, "");
  if (is("bad figures")) say(ChannelKind::kPeerFigures, known, 0, "x");
  if (is("half a message")) raw(std::string(20, '\x01'));
  say_all();
  if (is("dies") || is("half a message")) return 3;
  wait_for_end();
  return 0;
}
