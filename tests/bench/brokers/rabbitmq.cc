// RabbitMQ: publisher confirms at A, queue "out"; a shovel of A's moves messages to the queue "in"
// at B. Both are quorum queues: a message is confirmed when the queue's log is synced.
// Addresses are ports on loopback.
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <poll.h>

#include <map>
#include <utility>

#include "daemon/base/check.h"
#include "tests/bench/brokers/broker.h"
#include "tests/bench/brokers/message.h"

namespace jiexu::bench {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr uint16_t kPrefetch = 2000;

bool normal(const amqp_rpc_reply_t& reply) {
  return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

class Connection {
 public:
  explicit Connection(const std::string& port) : state_(amqp_new_connection()) {
    amqp_socket_t* socket = amqp_tcp_socket_new(state_);
    const timeval patience{3, 0};
    if (amqp_socket_open_noblock(socket, "127.0.0.1", std::stoi(port), &patience) != 0) return;
    if (!normal(amqp_login(state_, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"))) {
      return;
    }
    amqp_channel_open(state_, kChannel);
    open_ = answered();
  }
  ~Connection() { amqp_destroy_connection(state_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool open() const { return open_; }
  amqp_connection_state_t get() const { return state_; }
  // Until something can be read. The library's own waiting is by whole milliseconds, the last of
  // which it spends asking again and again.
  void wait(std::chrono::microseconds most) const {
    if (amqp_frames_enqueued(state_) || amqp_data_in_buffer(state_)) return;
    pollfd socket{amqp_get_sockfd(state_), POLLIN, 0};
    const timespec limit{most.count() / 1'000'000, most.count() % 1'000'000 * 1000};
    ::ppoll(&socket, 1, &limit, nullptr);
  }
  bool answered() const { return normal(amqp_get_rpc_reply(state_)); }

 private:
  amqp_connection_state_t state_;
  bool open_ = false;
};

// Declares the queue, or asks for one that is there; how many messages are ready in it.
std::optional<uint64_t> declare(const Connection& at, const char* queue, bool passive) {
  amqp_table_entry_t type{};
  type.key = amqp_cstring_bytes("x-queue-type");
  type.value.kind = AMQP_FIELD_KIND_UTF8;
  type.value.value.bytes = amqp_cstring_bytes("quorum");
  const amqp_table_t arguments = passive ? amqp_empty_table : amqp_table_t{1, &type};
  const auto* done = amqp_queue_declare(at.get(), kChannel, amqp_cstring_bytes(queue), passive,
                                        /*durable=*/1, 0, 0, arguments);
  if (done == nullptr || !at.answered()) return std::nullopt;
  const uint64_t count = done->message_count;
  amqp_maybe_release_buffers(at.get());
  return count;
}

class RabbitPublisher : public Publisher {
 public:
  RabbitPublisher(const std::string& port, size_t bytes) : at_(port), bytes_(bytes) {
    if (!at_.open()) return;
    amqp_confirm_select(at_.get(), kChannel);
    ready_ = at_.answered();
  }
  bool ready() const { return ready_; }

  bool publish(uint64_t first, size_t count) override {
    amqp_basic_properties_t persistent{};
    persistent._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    persistent.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    for (uint64_t id = first; id < first + count; ++id) {
      body_.clear();
      append_message(body_, id, bytes_);
      const int status =
          amqp_basic_publish(at_.get(), kChannel, amqp_empty_bytes, amqp_cstring_bytes("out"), 0, 0,
                             &persistent, {body_.size(), body_.data()});
      if (status != AMQP_STATUS_OK) return false;
      unconfirmed_.emplace(++last_tag_, id);
    }
    return true;
  }

  bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) override {
    at_.wait(wait);
    const timeval at_once{0, 0};
    for (;;) {
      amqp_frame_t frame;
      amqp_maybe_release_buffers(at_.get());
      const int status = amqp_simple_wait_frame_noblock(at_.get(), &frame, &at_once);
      if (status == AMQP_STATUS_TIMEOUT) return true;
      if (status != AMQP_STATUS_OK || !confirm(frame, acknowledged)) return false;
    }
  }

 private:
  // False: the server refused a message or closed the channel.
  bool confirm(const amqp_frame_t& frame, std::vector<uint64_t>& acknowledged) {
    if (frame.frame_type != AMQP_FRAME_METHOD) return true;
    if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) return false;
    const auto* ack = static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded);
    const auto end = unconfirmed_.upper_bound(ack->delivery_tag);
    auto it = ack->multiple ? unconfirmed_.begin() : unconfirmed_.find(ack->delivery_tag);
    while (it != end) {
      acknowledged.push_back(it->second);
      it = unconfirmed_.erase(it);
    }
    return true;
  }

  Connection at_;
  size_t bytes_;
  bool ready_ = false;
  std::string body_;
  uint64_t last_tag_ = 0;
  std::map<uint64_t, uint64_t> unconfirmed_;  // id by delivery tag
};

class RabbitReader : public Reader {
 public:
  explicit RabbitReader(const std::string& port) : at_(port) {
    if (!at_.open()) return;
    amqp_basic_qos(at_.get(), kChannel, 0, kPrefetch, 0);
    amqp_basic_consume(at_.get(), kChannel, amqp_cstring_bytes("in"), amqp_empty_bytes, 0, 0, 0,
                       amqp_empty_table);
    ready_ = at_.answered();
  }
  bool ready() const { return ready_; }

  bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) override {
    const size_t before = ids.size();
    at_.wait(wait);
    const timeval at_once{0, 0};
    uint64_t last_tag = 0;
    while (ids.size() - before < kPrefetch / 2) {
      amqp_envelope_t envelope;
      amqp_maybe_release_buffers(at_.get());
      const amqp_rpc_reply_t reply = amqp_consume_message(at_.get(), &envelope, &at_once, 0);
      if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
          reply.library_error == AMQP_STATUS_TIMEOUT) {
        break;
      }
      if (!normal(reply)) return false;
      const amqp_bytes_t& body = envelope.message.body;
      const auto id = message_id({static_cast<const char*>(body.bytes), body.len});
      CHECK(id.has_value());
      ids.push_back(*id);
      last_tag = envelope.delivery_tag;
      amqp_destroy_envelope(&envelope);
    }
    return last_tag == 0 ||
           amqp_basic_ack(at_.get(), kChannel, last_tag, /*multiple=*/1) == AMQP_STATUS_OK;
  }

 private:
  Connection at_;
  bool ready_ = false;
};

class RabbitMq : public Broker {
 public:
  explicit RabbitMq(Setup setup) : setup_(std::move(setup)) {}

  Pace pace() const override { return {.window = 4000}; }

  bool prepare() override {
    const Connection a(setup_.a), b(setup_.b);
    return a.open() && b.open() && declare(b, "in", false) && declare(a, "out", false);
  }

  std::unique_ptr<Publisher> publisher() override {
    auto out = std::make_unique<RabbitPublisher>(setup_.a, setup_.bytes);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::unique_ptr<Reader> reader(bool) override {
    auto out = std::make_unique<RabbitReader>(setup_.b);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::optional<uint64_t> count_at_b() override {
    if (counting_ == nullptr) counting_ = std::make_unique<Connection>(setup_.b);
    return counting_->open() ? declare(*counting_, "in", true) : std::nullopt;
  }

 private:
  Setup setup_;
  std::unique_ptr<Connection> counting_;
};

}  // namespace

std::unique_ptr<Broker> make_broker(const Setup& setup) {
  return std::make_unique<RabbitMq>(setup);
}

}  // namespace jiexu::bench
