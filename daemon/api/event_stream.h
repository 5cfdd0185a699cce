// GET /v1/events: what has changed, as it changes, to one client. Server-sent events (the HTML
// standard's text/event-stream), or the same as lines of JSON, of which one answer holds what there
// is and comes when there is something (long poll).
//
// It reads the changes from the store, at the client's pace, from the place that the client has
// named: so nothing is told twice or left out, whoever reconnects when, and a slow client costs no
// memory. A place that is no longer known gets one event `reset` with the present place: whoever
// sees it reads anew what it shows, and goes on from there. So do events without an id, which show
// a present state.
//
// Each topic needs the right that may read what it is about. A user who may no longer, is told so
// and goes. A silence is filled with a comment every 15 s, which also moves the client's place on
// behind what its filter has left out.
//
// Called by one thread at a time, but for wait().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/event_filter.h"
#include "daemon/api/http/http_message.h"
#include "daemon/base/time.h"
#include "daemon/engine/change_feed.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace jiexu {

// How many streams there are, of each user and in all.
class EventStreams {
 public:
  enum class Full : uint8_t { kNo, kOfUser, kOfAll };

  // A place among them, for as long as it is held; nullptr: there is none, and why. This object
  // must outlive it.
  std::shared_ptr<void> enter(const std::string& user, Full& full);

 private:
  void leave(const std::string& user);

  std::mutex mutex_;
  std::map<std::string, size_t> of_user_;
  size_t all_ = 0;
};

struct EventWorld {
  const Store& store;
  const Vault& vault;
  const Clock& clock;
  ChangeFeed& feed;
  std::function<bool()> still;  // whether the user may still read
};

class EventStream final : public HttpStream {
 public:
  static constexpr int64_t kBeatMs = 15'000;
  static constexpr size_t kEventsAtOnce = 200;
  static constexpr size_t kLookedAtOnce = 5'000;

  struct Wanted {
    EventFilter filter;
    std::optional<ChangePlace> after;     // nullopt: from now on
    std::optional<int64_t> poll_ms = {};  // lines of JSON, and to wait for them so long
  };

  // All that `world` names must outlive this object.
  EventStream(EventWorld world, Wanted wanted, std::shared_ptr<void> place);

  Piece next() override;
  void wait(std::function<void()> wake) override;
  std::string last_words() override;

 private:
  struct Found {
    ChangePlace place;
    Instant at;
    Change change;
  };

  Piece end(std::string_view why) const;
  void begin(std::string& out);
  // Why one cannot go on from the place; empty: one can.
  static std::string_view why_lost(ChangePlace place, const ChangeFeed::Reach& reach);
  void reset(std::string_view why, std::string& out);
  // Looks through the next changes; false: there are more.
  Result<bool> look(const ChangeFeed::Reach& reach, std::vector<Found>& found);
  void tell(std::vector<Found> found, std::string& out);
  void tell_queues(std::string& out);
  void tell(const v1::EventView& event, std::string& out) const;
  void beat(std::string& out);
  Piece piece(std::string out, bool all);
  Piece answer_poll(std::string out, bool all, Steady now);

  const EventWorld world_;
  const Wanted wanted_;
  const std::shared_ptr<void> place_held_;
  const Records records_;
  ChangePlace place_;       // all up to here has been looked at
  ChangePlace told_;        // the last id that the client has
  ChangeFeed::Reach seen_;  // what the last piece knew
  uint64_t queues_ = 0;     // as the client knows them
  bool begun_ = false;
  Steady began_;
  Steady said_;  // when something was said last
  ChangeFeed::Waiter waiter_;
};

}  // namespace jiexu
