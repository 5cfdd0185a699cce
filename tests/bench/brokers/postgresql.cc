// A table as outbox at A; the relay (outbox_relay.cc) moves its rows to the inbox at B. Messages go
// in up to 500 a transaction and are acknowledged when it has committed, which syncs it.
// Addresses are connection strings.
#include <poll.h>

#include <set>
#include <thread>
#include <utility>

#include "daemon/base/check.h"
#include "tests/bench/brokers/broker.h"
#include "tests/bench/brokers/message.h"
#include "tests/bench/brokers/pg.h"

namespace jiexu::bench {
namespace {

constexpr size_t kBatch = 500;

class PgPublisher : public Publisher {
 public:
  PgPublisher(const std::string& where, size_t bytes) : at_(where), bytes_(bytes) {
    ready_ =
        at_.good() && at_.prepare("put", "INSERT INTO outbox (body) SELECT unnest($1::bytea[])");
  }
  bool ready() const { return ready_; }

  bool publish(uint64_t first, size_t count) override {
    bodies_.clear();
    for (uint64_t id = first; id < first + count; ++id) {
      body_.clear();
      append_message(body_, id, bytes_);
      bodies_.append(body_);
    }
    if (at_.run("put", {bodies_.bytes()}) == nullptr) return false;
    for (uint64_t id = first; id < first + count; ++id) committed_.push_back(id);
    return true;
  }

  bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) override {
    if (committed_.empty()) std::this_thread::sleep_for(wait);
    acknowledged.insert(acknowledged.end(), committed_.begin(), committed_.end());
    committed_.clear();
    return true;
  }

 private:
  PgConnection at_;
  size_t bytes_;
  bool ready_ = false;
  std::string body_;
  PgArray bodies_{PgArray::Of::kBytea};
  std::vector<uint64_t> committed_;
};

// Asks again and again, as nothing else tells it of new rows. Ids are given when a row goes into
// the outbox, and rows arrive out of order; there are no holes while all goes well.
class PgReader : public Reader {
 public:
  PgReader(const std::string& where, bool only_new) : at_(where), only_new_(only_new) {
    ready_ = at_.good() && at_.prepare("next",
                                       "SELECT id, body FROM inbox WHERE id > $1 "
                                       "ORDER BY id LIMIT 10000");
    if (!ready_ || !only_new) return;
    const PgResult last = at_.ask("SELECT coalesce(max(id), 0) FROM inbox");
    ready_ = last != nullptr;
    if (ready_) through_ = pg_int8(last.get(), 0, 0);
  }
  bool ready() const { return ready_; }

  bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) override {
    const PgResult rows = at_.run("next", {pg_bytes(through_)});
    if (rows == nullptr) return false;
    const int count = PQntuples(rows.get());
    for (int row = 0; row < count; ++row) {
      const int64_t place = pg_int8(rows.get(), row, 0);
      if (!early_.insert(place).second) continue;
      const auto id = message_id(pg_bytes(rows.get(), row, 1));
      CHECK(id.has_value());
      ids.push_back(*id);
    }
    // What nobody writes to any more may have holes.
    if (!only_new_ && !early_.empty()) through_ = *early_.rbegin();
    while (early_.contains(through_ + 1)) ++through_;
    early_.erase(early_.begin(), early_.upper_bound(through_));
    if (ids.empty()) std::this_thread::sleep_for(std::min<std::chrono::microseconds>(wait, kPause));
    return true;
  }

 private:
  static constexpr std::chrono::microseconds kPause{200};

  PgConnection at_;
  bool only_new_;
  bool ready_ = false;
  int64_t through_ = 0;      // all up to here have been read
  std::set<int64_t> early_;  // those beyond that have been read
};

class PostgreSql : public Broker {
 public:
  explicit PostgreSql(Setup setup) : setup_(std::move(setup)) {}

  Pace pace() const override { return {.publishers = 2, .batch = kBatch, .window = kBatch}; }

  bool prepare() override {
    PgConnection a(setup_.a), b(setup_.b);
    // Dead rows of the outbox are what makes it slow; take them away early.
    return a.good() && b.good() &&
           a.ask(
               "CREATE TABLE IF NOT EXISTS outbox (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY "
               "KEY, body bytea NOT NULL) WITH (autovacuum_vacuum_scale_factor = 0, "
               "autovacuum_vacuum_threshold = 20000)") &&
           b.ask("CREATE TABLE IF NOT EXISTS inbox (id int8 PRIMARY KEY, body bytea NOT NULL)");
  }

  std::unique_ptr<Publisher> publisher() override {
    auto out = std::make_unique<PgPublisher>(setup_.a, setup_.bytes);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::unique_ptr<Reader> reader(bool only_new) override {
    auto out = std::make_unique<PgReader>(setup_.b, only_new);
    return out->ready() ? std::move(out) : nullptr;
  }

  // Counts only the rows beyond those of which none is missing.
  std::optional<uint64_t> count_at_b() override {
    if (counting_ == nullptr) counting_ = std::make_unique<PgConnection>(setup_.b);
    const PgResult row = counting_->ask(
        "SELECT count(*), coalesce(max(id), 0) FROM inbox WHERE id > $1", {pg_bytes(counted_)});
    if (row == nullptr) return std::nullopt;
    const int64_t all = counted_ + pg_int8(row.get(), 0, 0);
    if (all == pg_int8(row.get(), 0, 1)) counted_ = all;
    return static_cast<uint64_t>(all);
  }

 private:
  Setup setup_;
  std::unique_ptr<PgConnection> counting_;
  int64_t counted_ = 0;
};

}  // namespace

std::unique_ptr<Broker> make_broker(const Setup& setup) {
  return std::make_unique<PostgreSql>(setup);
}

}  // namespace jiexu::bench
