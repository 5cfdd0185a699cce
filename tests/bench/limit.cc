// What this machine could do at best with the same bytes: no cases, no checks, no hashes, no
// signatures, no sealing. Two ends in one process, each with a RocksDB of its own, CURVE between
// them over loopback:
//
//   sender    builds a frame of messages; one synced write of the frame as one value, a case record
//             and a timeline record for each message; then sends the frame
//   receiver  writes the same three, synced; then acknowledges cumulatively
//
// On each end one thread builds the next write while another commits the last one.
#include <rocksdb/db.h>
#include <rocksdb/slice_transform.h>
#include <unistd.h>
#include <zmq.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "daemon/base/ids.h"
#include "ops/cli/command_line.h"
#include "tests/bench/measure.h"

namespace jiexu::bench {
namespace {

namespace fs = std::filesystem;

struct Shape {
  uint64_t messages = 200'000;
  size_t frame_messages = 256;
  size_t message_bytes = 1024;
  size_t case_bytes = 400;
  size_t timeline_bytes = 90;
  size_t window_frames = 32;
  fs::path folder = "/var/tmp/jiexu-limit";
};

// --- store ---

rocksdb::ColumnFamilyOptions growing_keys() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 64 << 20;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kNoCompression;
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.compaction_options_universal.max_size_amplification_percent =
      std::numeric_limits<unsigned>::max();
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(0));
  return options;
}

class Disk {
 public:
  explicit Disk(const fs::path& dir) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.bytes_per_sync = 1 << 20;
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const char* name : {"default", "log", "case", "timeline"}) {
      families.emplace_back(name, growing_keys());
    }
    const auto status = rocksdb::DB::Open(options, dir.string(), families, &handles_, &db);
    CHECK(status.ok());
    db_.reset(db);
  }
  ~Disk() {
    for (auto* handle : handles_) delete handle;
  }

  rocksdb::ColumnFamilyHandle* log() const { return handles_[1]; }
  rocksdb::ColumnFamilyHandle* cases() const { return handles_[2]; }
  rocksdb::ColumnFamilyHandle* timeline() const { return handles_[3]; }

  void commit(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    CHECK(db_->Write(options, &batch).ok());
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

// One frame as it is stored and sent, and the write that makes it durable.
struct Job {
  uint64_t last_seq = 0;
  std::unique_ptr<rocksdb::WriteBatch> batch;
  zmq_msg_t frame;
};

// Bytes that compress no better than sealed ones.
std::string noise(size_t size) {
  std::string out(size, '\0');
  uint64_t x = 88172645463325252;
  for (char& c : out) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    c = static_cast<char>(x);
  }
  return out;
}

std::unique_ptr<rocksdb::WriteBatch> write_of(const Disk& disk, const Shape& shape,
                                              uint64_t first_seq, size_t count,
                                              rocksdb::Slice frame) {
  static const std::string noise_bytes = noise(1 << 16);
  const size_t records = count * (shape.case_bytes + shape.timeline_bytes + 80);
  auto batch = std::make_unique<rocksdb::WriteBatch>(frame.size() + records);
  std::string key;
  append_u64(key, first_seq);
  CHECK(batch->Put(disk.log(), key, frame).ok());
  const char* bytes = noise_bytes.data();
  for (uint64_t seq = first_seq; seq < first_seq + count; ++seq) {
    key.clear();
    append_u64(key, seq);
    append_u64(key, seq * 0x9e3779b97f4a7c15);  // the random half of a case id
    CHECK(batch->Put(disk.cases(), key, {bytes + seq % 4096, shape.case_bytes}).ok());
    append_u32(key, 1);
    CHECK(batch->Put(disk.timeline(), key, {bytes + seq % 4096, shape.timeline_bytes}).ok());
  }
  return batch;
}

// Hands jobs from one thread to the next; bounded, so that memory is.
class Handover {
 public:
  void put(Job job) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return jobs_.size() < 4; });
    jobs_.push_back(std::move(job));
    changed_.notify_all();
  }
  std::deque<Job> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !jobs_.empty(); });
    changed_.notify_all();
    return std::exchange(jobs_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
};

// --- the two ends ---

struct Keys {
  char server_public[41], server_secret[41], client_public[41], client_secret[41];
  Keys() {
    CHECK(zmq_curve_keypair(server_public, server_secret) == 0);
    CHECK(zmq_curve_keypair(client_public, client_secret) == 0);
  }
};

void set(void* socket, int option, int value) {
  CHECK(zmq_setsockopt(socket, option, &value, sizeof value) == 0);
}

void send_jobs(const Shape& shape, Disk& disk, void* forward, void* back, Handover& built) {
  const uint64_t window = shape.window_frames * shape.frame_messages;
  uint64_t sent = 0;
  for (uint64_t acknowledged = 0; acknowledged < shape.messages;) {
    const bool may_send = sent < shape.messages && sent - acknowledged < window;
    if (may_send) {
      for (Job& job : built.take()) {
        disk.commit(*job.batch);
        sent = job.last_seq;
        CHECK(zmq_msg_send(&job.frame, forward, 0) >= 0);
      }
    }
    const int how = may_send ? ZMQ_DONTWAIT : 0;
    CHECK(zmq_recv(back, &acknowledged, sizeof acknowledged, how) > 0 || zmq_errno() == EAGAIN);
  }
}

void build_jobs(const Shape& shape, const Disk& disk, Handover& built) {
  const std::string message = noise(shape.message_bytes);
  for (uint64_t seq = 1; seq <= shape.messages; seq += shape.frame_messages) {
    const size_t count = std::min<uint64_t>(shape.frame_messages, shape.messages - seq + 1);
    Job job;
    job.last_seq = seq + count - 1;
    CHECK(zmq_msg_init_size(&job.frame, count * message.size() + 8) == 0);
    char* out = static_cast<char*>(zmq_msg_data(&job.frame));
    std::memcpy(out, &seq, 8);
    for (size_t i = 0; i < count; ++i) {
      std::memcpy(out + 8 + i * message.size(), message.data(), message.size());
    }
    job.batch = write_of(disk, shape, seq, count, {out, zmq_msg_size(&job.frame)});
    built.put(std::move(job));
  }
}

void receive_jobs(const Shape& shape, const Disk& disk, void* socket, Handover& built) {
  zmq_msg_t identity;
  for (uint64_t seen = 0; seen < shape.messages;) {
    CHECK(zmq_msg_init(&identity) == 0 && zmq_msg_recv(&identity, socket, 0) >= 0);
    Job job;
    CHECK(zmq_msg_init(&job.frame) == 0 && zmq_msg_recv(&job.frame, socket, 0) >= 0);
    CHECK(zmq_msg_close(&identity) == 0);
    const char* in = static_cast<const char*>(zmq_msg_data(&job.frame));
    const size_t size = zmq_msg_size(&job.frame);
    const size_t count = (size - 8) / shape.message_bytes;
    uint64_t first = 0;
    std::memcpy(&first, in, 8);
    job.batch = write_of(disk, shape, first, count, {in, size});
    seen = job.last_seq = first + count - 1;
    built.put(std::move(job));
  }
}

// Acknowledgements go out on a second connection, as receipts do.
void acknowledge_jobs(const Shape& shape, Disk& disk, void* socket, Handover& built) {
  for (uint64_t done = 0; done < shape.messages;) {
    std::deque<Job> jobs = built.take();
    for (Job& job : jobs) {
      disk.commit(*job.batch);
      done = job.last_seq;
      CHECK(zmq_msg_close(&job.frame) == 0);
    }
    CHECK(zmq_send(socket, &done, sizeof done, 0) == sizeof done);
  }
}

struct Wires {
  void* context = zmq_ctx_new();
  Keys keys;
  void* forward_in = server(ZMQ_ROUTER);
  void* forward_out = client(ZMQ_DEALER, forward_in);
  void* back_in = server(ZMQ_PULL);
  void* back_out = client(ZMQ_PUSH, back_in);

  void* server(int type) {
    void* socket = zmq_socket(context, type);
    set(socket, ZMQ_CURVE_SERVER, 1);
    CHECK(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys.server_secret, 41) == 0);
    CHECK(zmq_bind(socket, "tcp://127.0.0.1:*") == 0);
    return socket;
  }
  void* client(int type, void* to) {
    char endpoint[64];
    size_t size = sizeof endpoint;
    CHECK(zmq_getsockopt(to, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
    void* socket = zmq_socket(context, type);
    CHECK(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, keys.server_public, 41) == 0);
    CHECK(zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys.client_public, 41) == 0);
    CHECK(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys.client_secret, 41) == 0);
    CHECK(zmq_connect(socket, endpoint) == 0);
    return socket;
  }
  ~Wires() {
    for (void* socket : {forward_out, forward_in, back_out, back_in}) {
      set(socket, ZMQ_LINGER, 0);
      zmq_close(socket);
    }
    zmq_ctx_term(context);
  }
};

void run(const Shape& shape) {
  fs::remove_all(shape.folder);
  fs::create_directories(shape.folder);
  {
    Disk sender(shape.folder / "sender"), receiver(shape.folder / "receiver");
    Wires wires;
    Handover to_send, to_acknowledge;
    const Usage before = Usage::of({::getpid()});
    std::thread threads[] = {
        std::thread([&] { build_jobs(shape, sender, to_send); }),
        std::thread([&] { send_jobs(shape, sender, wires.forward_out, wires.back_in, to_send); }),
        std::thread([&] { receive_jobs(shape, receiver, wires.forward_in, to_acknowledge); }),
        std::thread([&] { acknowledge_jobs(shape, receiver, wires.back_out, to_acknowledge); }),
    };
    for (std::thread& thread : threads) thread.join();
    const Usage used = Usage::of({::getpid()}) - before;
    print_row("limit", shape.messages, shape.message_bytes, used);
  }
  fs::remove_all(shape.folder);
}

}  // namespace
}  // namespace jiexu::bench

int main(int argc, char** argv) {
  using namespace jiexu::bench;
  Shape shape;
  jiexu::cli::CommandLine line("What this machine could do at best with the same bytes");
  jiexu::cli::Command app = line.command();
  app.add_option("--messages", shape.messages).shows_default();
  app.add_option("--bytes", shape.message_bytes, "Of one message").shows_default();
  app.add_option("--frame", shape.frame_messages, "Messages in one").shows_default();
  app.add_option("--case-bytes", shape.case_bytes, "Of a case record").shows_default();
  app.add_option("--timeline-bytes", shape.timeline_bytes).shows_default();
  app.add_option("--folder", shape.folder, "Made new, removed at the end").shows_default();
  if (const auto ends = line.parse(argc, argv)) return *ends;
  if (const char* file = std::getenv("JIEXU_BENCH_COUNTERS")) count_into(file);
  run(shape);
  return 0;
}
