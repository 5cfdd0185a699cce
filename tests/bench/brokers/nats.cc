// NATS JetStream: stream OUT at A; stream IN at B, which has OUT as its source over a leaf-node
// connection. Addresses are URLs. A acknowledges before anything is synced: its default is a sync
// every two minutes.
#include <nats/nats.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>

#include "daemon/base/check.h"
#include "tests/bench/brokers/broker.h"
#include "tests/bench/brokers/message.h"

namespace jiexu::bench {
namespace {

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* what) const { destroy(what); }
};
using Connection = std::unique_ptr<natsConnection, Destroy<natsConnection, natsConnection_Destroy>>;
using Subscription =
    std::unique_ptr<natsSubscription, Destroy<natsSubscription, natsSubscription_Destroy>>;
using JetStream = std::unique_ptr<jsCtx, Destroy<jsCtx, jsCtx_Destroy>>;
using Received = std::unique_ptr<natsMsg, Destroy<natsMsg, natsMsg_Destroy>>;

Connection connect(const std::string& url) {
  natsOptions* options = nullptr;
  CHECK(natsOptions_Create(&options) == NATS_OK);
  natsOptions_SetURL(options, url.c_str());
  natsOptions_SetAllowReconnect(options, false);
  natsOptions_SetTimeout(options, 3000);
  natsOptions_SetSendAsap(options, true);
  natsConnection* out = nullptr;
  const natsStatus status = natsConnection_Connect(&out, options);
  natsOptions_Destroy(options);
  return Connection(status == NATS_OK ? out : nullptr);
}

bool connected(const Connection& at) {
  return at != nullptr && natsConnection_Status(at.get()) == NATS_CONN_STATUS_CONNECTED;
}

JetStream jet_stream(const Connection& at) {
  jsCtx* out = nullptr;
  CHECK(natsConnection_JetStream(&out, at.get(), nullptr) == NATS_OK);
  return JetStream(out);
}

// Ids that the library's thread puts in and the load's thread takes out.
class Mailbox {
 public:
  void put(uint64_t id) {
    const std::lock_guard lock(mutex_);
    ids_.push_back(id);
    filled_.notify_one();
  }
  void take(std::chrono::microseconds wait, std::vector<uint64_t>& out) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, wait, [&] { return !ids_.empty(); });
    out.insert(out.end(), ids_.begin(), ids_.end());
    ids_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<uint64_t> ids_;
};

// Each message names its own reply subject, whose last part is its id.
class NatsPublisher : public Publisher {
 public:
  NatsPublisher(const std::string& url, size_t bytes) : at_(connect(url)), bytes_(bytes) {
    if (at_ == nullptr) return;
    char inbox[64];
    natsInbox* made = nullptr;
    CHECK(natsInbox_Create(&made) == NATS_OK);
    std::snprintf(inbox, sizeof inbox, "%s.", made);
    natsInbox_Destroy(made);
    inbox_ = inbox;
    natsSubscription* out = nullptr;
    const std::string all = inbox_ + "*";
    CHECK(natsConnection_Subscribe(&out, at_.get(), all.c_str(), hear, &acknowledged_) == NATS_OK);
    natsSubscription_SetPendingLimits(out, -1, -1);
    answers_.reset(out);
  }
  // The library may be in hear() still.
  ~NatsPublisher() override {
    answers_.reset();
    if (at_ != nullptr) natsConnection_Close(at_.get());
  }
  bool ready() const { return answers_ != nullptr; }

  bool publish(uint64_t first, size_t count) override {
    for (uint64_t id = first; id < first + count; ++id) {
      body_.clear();
      append_message(body_, id, bytes_);
      const std::string reply = inbox_ + std::to_string(id);
      const natsStatus status = natsConnection_PublishRequest(
          at_.get(), "bench.out", reply.c_str(), body_.data(), static_cast<int>(body_.size()));
      if (status != NATS_OK) return false;
    }
    return true;
  }

  bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) override {
    acknowledged_.take(wait, acknowledged);
    return connected(at_);
  }

 private:
  static void hear(natsConnection*, natsSubscription*, natsMsg* message, void* mailbox) {
    const Received owned(message);
    const std::string_view answer(natsMsg_GetData(message),
                                  static_cast<size_t>(natsMsg_GetDataLength(message)));
    if (answer.find("\"seq\"") == std::string_view::npos) return;  // refused: never acknowledged
    const char* last_part = std::strrchr(natsMsg_GetSubject(message), '.') + 1;
    static_cast<Mailbox*>(mailbox)->put(std::strtoull(last_part, nullptr, 10));
  }

  Mailbox acknowledged_;
  Connection at_;
  size_t bytes_;
  std::string inbox_;
  Subscription answers_;
  std::string body_;
};

class NatsReader : public Reader {
 public:
  NatsReader(const std::string& url, bool only_new) : at_(connect(url)) {
    if (at_ == nullptr) return;
    jet_stream_ = jet_stream(at_);
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = "IN";
    options.Config.AckPolicy = js_AckNone;
    options.Config.DeliverPolicy = only_new ? js_DeliverNew : js_DeliverAll;
    natsSubscription* out = nullptr;
    if (js_Subscribe(&out, jet_stream_.get(), "bench.out", hear, &arrived_, nullptr, &options,
                     nullptr) != NATS_OK) {
      return;
    }
    natsSubscription_SetPendingLimits(out, -1, -1);
    messages_.reset(out);
  }
  ~NatsReader() override {
    messages_.reset();
    if (at_ != nullptr) natsConnection_Close(at_.get());
  }
  bool ready() const { return messages_ != nullptr; }

  bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) override {
    arrived_.take(wait, ids);
    return connected(at_);
  }

 private:
  static void hear(natsConnection*, natsSubscription*, natsMsg* message, void* mailbox) {
    const Received owned(message);
    const auto id =
        message_id({natsMsg_GetData(message), static_cast<size_t>(natsMsg_GetDataLength(message))});
    CHECK(id.has_value());
    static_cast<Mailbox*>(mailbox)->put(*id);
  }

  Mailbox arrived_;
  Connection at_;
  JetStream jet_stream_;
  Subscription messages_;
};

class Nats : public Broker {
 public:
  explicit Nats(Setup setup) : setup_(std::move(setup)) {}
  ~Nats() override {
    counting_stream_.reset();
    counting_.reset();
  }

  Pace pace() const override { return {}; }

  bool prepare() override {
    const Connection a = connect(setup_.a), b = connect(setup_.b);
    if (a == nullptr || b == nullptr) return false;
    const char* subject = "bench.out";
    jsStreamConfig out;
    jsStreamConfig_Init(&out);
    out.Name = "OUT";
    out.Subjects = &subject;
    out.SubjectsLen = 1;
    jsExternalStream external;
    jsExternalStream_Init(&external);
    external.APIPrefix = "$JS.A.API";
    external.DeliverPrefix = "";  // 3.4.1 reads through null
    jsStreamSource from_a;
    jsStreamSource_Init(&from_a);
    from_a.Name = "OUT";
    from_a.External = &external;
    jsStreamSource* sources = &from_a;
    jsStreamConfig in;
    jsStreamConfig_Init(&in);
    in.Name = "IN";
    in.Sources = &sources;
    in.SourcesLen = 1;
    return js_AddStream(nullptr, jet_stream(a).get(), &out, nullptr, nullptr) == NATS_OK &&
           js_AddStream(nullptr, jet_stream(b).get(), &in, nullptr, nullptr) == NATS_OK;
  }

  std::unique_ptr<Publisher> publisher() override {
    auto out = std::make_unique<NatsPublisher>(setup_.a, setup_.bytes);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::unique_ptr<Reader> reader(bool only_new) override {
    auto out = std::make_unique<NatsReader>(setup_.b, only_new);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::optional<uint64_t> count_at_b() override {
    if (counting_ == nullptr) {
      counting_ = connect(setup_.b);
      if (counting_ == nullptr) return std::nullopt;
      counting_stream_ = jet_stream(counting_);
    }
    jsStreamInfo* info = nullptr;
    if (js_GetStreamInfo(&info, counting_stream_.get(), "IN", nullptr, nullptr) != NATS_OK) {
      return std::nullopt;
    }
    const uint64_t count = info->State.Msgs;
    jsStreamInfo_Destroy(info);
    return count;
  }

 private:
  Setup setup_;
  Connection counting_;
  JetStream counting_stream_;
};

}  // namespace

std::unique_ptr<Broker> make_broker(const Setup& setup) {
  return std::make_unique<Nats>(setup);
}

}  // namespace jiexu::bench
