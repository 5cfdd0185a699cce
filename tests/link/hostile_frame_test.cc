// Bytes from a peer that means harm, or from a bad line: they never crash the reader, and nothing
// that was changed verifies.
#include <google/protobuf/stubs/logging.h>

#include <catch2/catch.hpp>
#include <random>

#include "daemon/base/limits.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace hostile_frame_test {
namespace {

// True if the bytes pass for a Batch of ours with a good signature.
bool passes(const std::string& bytes) {
  const auto frame = decode_frame(shared(bytes));
  if (!frame) return false;
  const auto* batch = std::get_if<BatchFrame>(&*frame);
  return batch != nullptr && verify(*batch, *link_world().directory).has_value();
}

bool passes_as_receipt(const std::string& bytes) {
  const auto frame = decode_frame(shared(bytes));
  if (!frame) return false;
  const auto* receipt = std::get_if<Receipt>(&*frame);
  return receipt != nullptr && verify(*receipt, *link_world().directory).has_value();
}

std::string sample_bytes() {
  MemoryLog log;
  log.write(1);
  return *log.write(3, 20).bytes;
}

v1::LinkFrame sample_frame() {
  v1::LinkFrame frame;
  REQUIRE(frame.ParseFromString(sample_bytes()));
  return frame;
}

// Whether the frame is refused after the change.
template <class Change>
bool refused_after(const Change& change) {
  v1::LinkFrame frame = sample_frame();
  change(*frame.mutable_batch());
  return !decode_frame(shared(frame.SerializeAsString()));
}

std::string tagged(int field, const std::string& content) {
  std::string out(1, static_cast<char>(field << 3 | 2));
  for (size_t size = content.size();; size >>= 7) {
    out.push_back(static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
    if (size <= 0x7f) break;
  }
  return out + content;
}

}  // namespace

TEST_CASE("a Batch cut at any byte does not pass") {
  const std::string bytes = sample_bytes();
  REQUIRE(passes(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut at " << size);
    CHECK_FALSE(passes(bytes.substr(0, size)));
  }
}

TEST_CASE("a Batch with any bit flipped does not pass") {
  const google::protobuf::LogSilencer silence;
  const std::string bytes = sample_bytes();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    if (passes(changed)) FAIL_CHECK("bit " << bit);
  }
}

TEST_CASE("a Receipt cut or with any bit flipped does not pass") {
  const google::protobuf::LogSilencer silence;
  MemoryLog log;
  log.write(1);
  const std::string bytes = encode(receipt_for(log));
  REQUIRE(passes_as_receipt(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(passes_as_receipt(bytes.substr(0, size)));
  }
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    if (passes_as_receipt(changed)) FAIL_CHECK("bit " << bit);
  }
}

TEST_CASE("bytes after a Batch do not pass") {
  CHECK_FALSE(passes(sample_bytes() + '\0'));
  CHECK_FALSE(passes(sample_bytes() + sample_bytes()));
}

TEST_CASE("random bytes are refused") {
  const google::protobuf::LogSilencer silence;
  std::mt19937_64 random(20261120);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (i % 2 == 0 && !bytes.empty()) bytes[0] = static_cast<char>((random() % 8 + 1) << 3 | 2);
    CHECK_FALSE(passes(bytes));
  }
}

TEST_CASE("random changes of frames of every kind do not crash the reader") {
  const google::protobuf::LogSilencer silence;
  MemoryLog log;
  log.write(2);
  const Receipt receipt = receipt_for(log);
  FetchedFrame fetched;
  fetched.batch = decoded<BatchFrame>(*log.frames()[0].bytes);
  const std::string kinds[] = {
      encode(OpenFrame{1, link_world().link, 1, 1, 2, log.head(), 1, {}, "s", receipt}),
      encode(OpenedFrame{1, receipt, 5, BatchProof{1, 1, log.head(), {}, "s"}}),
      encode(receipt),
      encode(GapFrame{1, 2}),
      encode(RefuseFrame{v1::REFUSE_REASON_BUSY, 1, 2, log.head(), "x"}),
      encode(FetchFrame{1, 2}),
      encode(WantFrame{CaseId(), log.head(), 1}),
      encode(PieceFrame{CaseId(), log.head(), 1, "content"}),
      encode(fetched),
      sample_bytes()};
  std::mt19937_64 random(7);
  size_t read = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string bytes = kinds[random() % std::size(kinds)];
    for (uint64_t changes = random() % 4 + 1; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    read += decode_frame(shared(bytes)).has_value() ? 1 : 0;
  }
  CHECK(read > 0);  // some changes are only of content
}

TEST_CASE("heads, keys and names of a wrong length are refused") {
  CHECK(refused_after([](v1::Batch& batch) { batch.set_head(std::string(31, 'x')); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_prev_head(std::string(33, 'x')); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_prev_head(""); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_key_id(std::string(7, 'x')); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_sender("S4113281020"); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_receiver(""); }));
}

TEST_CASE("numbers out of range are refused") {
  CHECK(refused_after([](v1::Batch& batch) { batch.set_first_seq(0); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_first_seq(UINT64_MAX); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.set_epoch(0); }));
  CHECK(refused_after([](v1::Batch& batch) { batch.clear_messages(); }));
}

TEST_CASE("a million empty messages are refused before they cost memory") {
  std::string content;
  for (int i = 0; i < 1'000'000; ++i) content += std::string("\x32\x00", 2);
  CHECK(decode_frame(shared(tagged(3, content))).error().text == "link frame: too many messages");
}

TEST_CASE("a message over the limit is refused, and so is a frame over it") {
  CHECK(refused_after([](v1::Batch& batch) {
    batch.add_messages(std::string(limits::kMessageBytesMax + 1, 'x'));
  }));
  CHECK_FALSE(decode_frame(shared(std::string(limits::kFrameBytesMax + 1, 'x'))));
}

TEST_CASE("lengths that point behind the end are refused") {
  for (const std::string& length : {std::string("\x7f"), std::string("\xff\xff\xff\xff\x07"),
                                    std::string("\xff\xff\xff\xff\x0f"),
                                    std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")}) {
    CHECK_FALSE(decode_frame(shared("\x1a" + length)));
    CHECK_FALSE(decode_frame(shared(tagged(3, "\x32" + length))));
    CHECK_FALSE(decode_frame(shared("\x22" + length)));
  }
}

TEST_CASE("groups nested a hundred thousand deep are refused") {
  const std::string nested(100'000, '\x7b');  // start of group 15
  CHECK_FALSE(decode_frame(shared(nested)));
  CHECK_FALSE(decode_frame(shared(tagged(3, nested))));
  CHECK_FALSE(decode_frame(shared(tagged(1, nested))));
}

TEST_CASE("unknown fields are passed over, an unknown kind is not") {
  const v1::LinkFrame frame = sample_frame();
  const std::string batch = frame.batch().SerializeAsString();
  CHECK(passes(tagged(3, batch + tagged(15, "later"))));
  CHECK_FALSE(decode_frame(shared(tagged(9, "later"))));
  CHECK_FALSE(decode_frame(shared("")));
}

TEST_CASE("a Fetched frame that holds no Batch is refused") {
  v1::LinkFrame frame;
  frame.mutable_fetched()->set_frame(encode(GapFrame{1, 1}));
  CHECK_FALSE(decode_frame(shared(frame.SerializeAsString())));
}

}  // namespace hostile_frame_test
