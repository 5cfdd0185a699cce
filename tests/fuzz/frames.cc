// Link frames. The first byte says what the rest is:
//   even  a frame as it came from a peer: decoding never crashes, what is decoded is within limits
//         and, encoded again, means the same
//   odd   messages for FrameWriter: what it writes decodes to the same and verifies, and with any
//         bit changed it does not say anything else
#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/stubs/logging.h>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "tests/fuzz/world.h"

using namespace jiexu;

namespace {

bool inside(std::string_view part, const std::string& whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_batch(const BatchFrame& batch) {
  CHECK(!batch.messages.empty() && batch.messages.size() <= limits::kFrameMessagesMax);
  CHECK(batch.first_seq > 0 && batch.last_seq() >= batch.first_seq && batch.epoch > 0);
  for (const std::string_view message : batch.messages) {
    CHECK(message.size() <= limits::kMessageBytesMax);
    CHECK(inside(message, *batch.bytes));
  }
  CHECK(inside(batch.signature, *batch.bytes));
  (void)verify(batch, *fuzz_world().directory);
}

// Encoding what was decoded, decoding that and encoding it again: nothing is lost on the second
// way.
template <class Kind>
void check_again(const Kind& frame) {
  const std::string once = encode(frame);
  const auto again = decode_frame(shared(once));
  CHECK(again.has_value());
  const auto* kind = std::get_if<Kind>(&*again);
  CHECK(kind != nullptr);
  CHECK(encode(*kind) == once);
}

void take(std::string bytes) {
  const auto frame = decode_frame(shared(std::move(bytes)));
  if (!frame) {
    CHECK(frame.error().code == Errc::kCorrupt);
    return;
  }
  std::visit(
      [](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, BatchFrame>) {
          check_batch(kind);
          CHECK(decode_batch(kind.bytes).has_value());
        } else {
          if constexpr (std::is_same_v<Kind, Receipt>) (void)verify(kind, *fuzz_world().directory);
          if constexpr (std::is_same_v<Kind, FetchedFrame>) {
            if (kind.batch) check_batch(*kind.batch);
          }
          check_again(kind);
        }
      },
      *frame);
}

std::vector<v1::Message> messages_of(FuzzedDataProvider& in) {
  std::vector<v1::Message> out;
  const int count = in.ConsumeIntegralInRange(1, 5);
  for (int i = 0; i < count; ++i) {
    v1::Message& message = out.emplace_back();
    // What does not parse is sent as far as it was read.
    (void)message.ParsePartialFromString(in.ConsumeRandomLengthString(200));
  }
  return out;
}

// The frame passes as one that says something else. The same may be said in other bytes: a number
// in ten of them has bits that mean nothing.
bool passes_as_other(const std::string& bytes, const BatchFrame& original) {
  const auto batch = decode_batch(shared(bytes));
  if (!batch || !verify(*batch, *fuzz_world().directory)) return false;
  return batch->link != original.link || batch->epoch != original.epoch ||
         batch->first_seq != original.first_seq || batch->head != original.head ||
         batch->messages != original.messages;
}

void write(FuzzedDataProvider& in) {
  const FuzzWorld& world = fuzz_world();
  const auto epoch = in.ConsumeIntegralInRange<Epoch>(1, UINT32_MAX);
  const auto first = in.ConsumeIntegralInRange<Seq>(1, UINT64_MAX - 2 * limits::kFrameMessagesMax);
  FrameWriter writer(world.link, epoch, first, sha256(in.ConsumeRandomLengthString(8)));
  const auto messages = messages_of(in);
  for (const v1::Message& message : messages) writer.add(message);
  const Digest head = writer.head();
  std::string bytes = writer.close(*world.sender);

  const auto batch = decode_batch(shared(bytes));
  CHECK(batch.has_value() && verify(*batch, *world.directory).has_value());
  CHECK(batch->link == world.link && batch->epoch == epoch && batch->first_seq == first);
  CHECK(batch->head == head && batch->messages.size() == messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    CHECK(batch->messages[i] == messages[i].SerializeAsString());
  }
  const auto at = in.ConsumeIntegralInRange<size_t>(0, bytes.size() - 1);
  bytes[at] = static_cast<char>(bytes[at] ^ 1 << in.ConsumeIntegralInRange(0, 7));
  CHECK(!passes_as_other(bytes, *batch));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  [[maybe_unused]] static auto* const kQuiet = new google::protobuf::LogSilencer;
  if (size == 0) return 0;
  if (data[0] % 2 == 0) {
    take({reinterpret_cast<const char*>(data) + 1, size - 1});
  } else {
    FuzzedDataProvider in(data + 1, size - 1);
    write(in);
  }
  return 0;
}
