// Whose turn it is when many send: everybody has a share, and whoever floods has no more than that.
#include "daemon/engine/inbox.h"

#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/agency/site.h"

using namespace jiexu;

namespace inbox_test {
namespace {

Inbox::Event frame_of(AgencyId peer, Frame frame = GapFrame{}) {
  return PeerFrame{peer, Lane::kForward, std::move(frame)};
}

Inbox::Event command_of(std::string user) {
  return make_command(std::move(user), PeersQuery{}, nullptr);
}

// Who sent the events of the next round, in order: one letter for each.
std::string round(Inbox& inbox) {
  std::vector<Inbox::Event> events;
  inbox.take_round(events);
  std::string out;
  for (const Inbox::Event& event : events) {
    const auto* in = std::get_if<PeerFrame>(&event);
    out += in == nullptr ? 'c' : in->peer == in_site() ? 'i' : in->peer == out_site() ? 'o' : 't';
  }
  return out;
}

size_t count(const std::string& text, char wanted) {
  return static_cast<size_t>(std::ranges::count(text, wanted));
}

}  // namespace

TEST_CASE("who has sent one frame is served in the next round, however many others have sent") {
  Inbox inbox;
  for (int i = 0; i < 250; ++i) inbox.push(frame_of(out_site()), 100);
  for (int i = 0; i < 250; ++i) inbox.push(frame_of(third_site()), 100);
  inbox.push(frame_of(in_site()), 100);
  inbox.push(command_of("clerk"), 100);
  const std::string first = round(inbox);
  CHECK(count(first, 'i') == 1);
  CHECK(count(first, 'c') == 1);
  CHECK(first.size() < 100);
  CHECK(count(first, 'o') == count(first, 't'));
  size_t rounds = 1;
  size_t events = first.size();
  for (; !inbox.empty(); ++rounds) events += round(inbox).size();
  CHECK(events == 502);
  CHECK(rounds < 12);
  CHECK(round(inbox).empty());
}

TEST_CASE(
    "a share is also one of work: large frames and questions that are long to answer are few") {
  Inbox inbox;
  const size_t large = 300 << 10;
  for (int i = 0; i < 20; ++i) inbox.push(frame_of(out_site()), large);
  for (int i = 0; i < 20; ++i) inbox.push(frame_of(third_site(), FetchFrame{}), 30);
  for (int i = 0; i < 20; ++i) inbox.push(frame_of(in_site(), WantFrame{}), 60);
  CHECK(round(inbox) == "oti");
}

TEST_CASE("the events of one sender keep their order") {
  Inbox inbox;
  for (int i = 0; i < 500; ++i) {
    inbox.push(frame_of(out_site(), GapFrame{1, static_cast<Seq>(i)}), 10);
    inbox.push(command_of(std::to_string(i)), 10);
    if (i % 7 == 0) inbox.push(out_site(), 0);
  }
  Seq next = 0;
  int next_command = 0;
  while (!inbox.empty()) {
    std::vector<Inbox::Event> events;
    inbox.take_round(events);
    for (const Inbox::Event& event : events) {
      if (const auto* command = std::get_if<Command>(&event)) {
        CHECK(command->user == std::to_string(next_command++));
      } else if (const auto* in = std::get_if<PeerFrame>(&event)) {
        CHECK(std::get<GapFrame>(in->frame).expected == next++);
      }
    }
  }
  CHECK(next == 500);
  CHECK(next_command == 500);
}

TEST_CASE("one peer fills its own share of the inbox, and nobody else's") {
  Inbox inbox;
  size_t taken = 0;
  const bool large = GENERATE(false, true);
  const size_t bytes = large ? limits::kFrameBytesMax : 100;
  for (; inbox.has_room_for(out_site()) && taken < 10'000; ++taken) {
    inbox.push(frame_of(out_site()), bytes);
  }
  CHECK(taken == (large ? limits::kInboxPeerBytesMax / bytes : limits::kInboxPeerEventsMax));
  CHECK(inbox.has_room_for(in_site()));
  CHECK(inbox.has_room());
  round(inbox);
  CHECK(inbox.has_room_for(out_site()));
}

TEST_CASE("the inbox is full when all together have filled it, and has room again when served") {
  Inbox inbox;
  const size_t bytes = limits::kInboxBytesMax / 4;
  for (int i = 0; i < 4; ++i) {
    CHECK(inbox.has_room());
    inbox.push(command_of("clerk"), bytes);
  }
  CHECK_FALSE(inbox.has_room());
  while (!inbox.empty()) round(inbox);
  CHECK(inbox.has_room());
}

}  // namespace inbox_test
