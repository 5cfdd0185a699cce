// The gate's end of the channel: what the daemon says becomes the orders of the thread of ZeroMQ,
// and what that thread is told goes to the daemon. Everything here runs on that one thread.
//
// Bounded: what peers have not taken yet, by its bytes, of all and of each; what the
// daemon has not read yet, by has_room().
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/gate/channel.h"
#include "daemon/link/zmq_mailbox.h"

namespace jiexu {

class ChannelOrders final : public ZmqOrders {
 public:
  ChannelOrders(int channel_fd, ZmqStats& stats);

  // Waits for who we are and who the peers are. False: the daemon has gone, or is of another build.
  bool await_start(ZmqOptions& out);

  void say(ChannelKind kind, std::string body = "");
  void say_connected(AgencyId peer);
  void log(bool is_warning, std::string line);
  void pass_on(AgencyId peer, Lane lane, std::string frame);
  // Whether the daemon has taken most of what was passed on.
  bool has_room() const;

  int wake_fd() const override { return channel_; }
  void clear_wake() override { has_news_ = true; }
  void take(std::vector<OutgoingFrame>& frames) override;
  uint64_t directory_version() const override { return directories_; }
  std::shared_ptr<const Directory> directory() const override { return directory_; }
  bool stopped() const override { return stopped_; }
  void close() override { stopped_ = true; }
  bool flush() override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Held;

  void treat(ChannelMessage& message, std::vector<OutgoingFrame>& frames);
  void take_frame(ChannelMessage& message, std::vector<OutgoingFrame>& frames);
  void take_peers(const ChannelMessage& message);
  void show_figures();
  void show_taken();

  const int channel_;
  ZmqStats& stats_;
  ChannelReader reader_;
  ChannelWriter writer_;
  bool has_news_ = true;
  bool stopped_ = false;
  std::shared_ptr<const Directory> directory_;
  uint64_t directories_ = 0;    // that have come
  uint64_t peers_version_ = 0;  // the daemon's number of the last
  std::shared_ptr<Held> held_;  // of all peers
  std::map<AgencyId, std::shared_ptr<Held>> held_of_;
  SteadyTime next_figures_{};
  std::map<AgencyId, std::string> shown_;  // figures by peer, as they were said
};

}  // namespace jiexu
