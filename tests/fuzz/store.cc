// What is read back from disk, with every byte suspect. The first byte picks the reader. Sealed
// values are sealed here with the content under test, since nobody else could.
#include <fcntl.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/stubs/logging.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/base/check.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/link_store.h"
#include "storage/memory/memory_store.h"
#include "storage/rocks/watermark.h"

using namespace jiexu;

namespace {

const AgencyId kPeer = *AgencyId::parse("S35050000101");
const AgencyId kSelf = *AgencyId::parse("S41132810207");
const CaseId kCase = *CaseId::parse("019a0000-0000-7000-8000-000000000001");

const Vault& vault() {
  static const Vault* const kVault = [] {
    VaultKeys keys;
    keys.ring = {{1, {}}, {2, {}}};
    keys.ring[0].key.fill(1);
    keys.ring[1].key.fill(2);
    keys.current = 2;
    keys.person_key.fill(3);
    return Vault::create(std::move(keys)).value().release();
  }();
  return *kVault;
}

// A store that holds one record with this content, or a few.
class FewRecords {
 public:
  FewRecords(Family family, std::string_view key, std::string_view value)
      : records_(store_, vault()) {
    add(family, key, value);
  }
  void add(Family family, std::string_view key, std::string_view value) {
    Batch batch;
    records_.put(batch, family, key, value);
    CHECK(store_.commit(batch).has_value());
  }
  const Records& records() const { return records_; }

 private:
  MemoryStore store_;
  Records records_;
};

void read_case_record(std::string_view bytes) {
  FewRecords store(Family::kCase, layout::case_key(kCase, false), bytes);
  const auto found = read_case(store.records(), kCase);
  (void)list_cases(store.records(), false, std::nullopt, 10);
  if (!found) return;
  CHECK(found->has_value());
  v1::CaseRecord record;
  encode_case(**found, &record);
  const auto again = decode_case(kCase, record);
  CHECK(again.has_value());
  v1::CaseRecord second;
  encode_case(*again, &second);
  CHECK(record.SerializeAsString() == second.SerializeAsString());
}

// The same bytes as entries of an earlier commit and as the newest ones, in a case that is sound.
void read_timeline_record(std::string_view bytes) {
  Case subject;
  subject.id = kCase;
  subject.peer = kPeer;
  subject.relationship = Relationship::kAccepted;
  subject.timeline_count = 2;
  subject.newest_entries = bytes;
  v1::CaseRecord record;
  encode_case(subject, &record);
  FewRecords store(Family::kCase, layout::case_key(kCase, false), record.SerializeAsString());
  store.add(Family::kTimeline, layout::timeline_key(kCase, 1), bytes);
  (void)read_timeline(store.records(), kCase);
}

void read_link_record(std::string_view bytes) {
  FewRecords out(Family::kLink, layout::link_key(kPeer, layout::Direction::kOut), bytes);
  (void)read_outgoing(out.records(), {kSelf, kPeer}, 7);
  FewRecords in(Family::kLink, layout::link_key(kPeer, layout::Direction::kIn), bytes);
  (void)read_incoming(in.records(), {kPeer, kSelf});
}

void read_log_record(std::string_view bytes) {
  FewRecords store(Family::kLinkLog, layout::link_log_key(kPeer, layout::Direction::kIn, 1, 3),
                   bytes);
  const StoredLog log(store.records(), kPeer, layout::Direction::kIn, 1);
  for (Seq seq = 2; seq < 6; ++seq) {
    (void)log.frame_with(seq);
    (void)read_message(store.records(), kPeer, {false, 1, seq});
  }
}

void read_receipt_record(std::string_view bytes) {
  FewRecords store(Family::kAudit, layout::receipt_key(kPeer, 5), bytes);
  (void)receipted_at(store.records(), kPeer, 4);
}

void read_index_record(std::string_view bytes) {
  FewRecords person(Family::kIndex, layout::person_key({}), bytes);
  (void)find_by_person(person.records(), {});
}

void open_sealed(FuzzedDataProvider& in) {
  const std::string key = in.ConsumeRandomLengthString(40);
  const std::string plain = in.ConsumeRandomLengthString(200);
  std::string sealed;
  vault().seal(Family::kCase, key, plain, sealed);
  CHECK(sealed.size() == plain.size() + Vault::kOverhead);
  const auto opened = vault().open(Family::kCase, key, sealed);
  CHECK(opened.has_value() && *opened == plain);
  CHECK(!vault().open(Family::kFunds, key, sealed));
  CHECK(!vault().open(Family::kCase, key + "x", sealed));
  const auto at = in.ConsumeIntegralInRange<size_t>(0, sealed.size() - 1);
  std::string changed = sealed;
  changed[at] = static_cast<char>(changed[at] ^ 1 << in.ConsumeIntegralInRange(0, 7));
  CHECK(!vault().open(Family::kCase, key, changed));
  CHECK(!vault().open(Family::kCase, key, std::string_view(sealed).substr(0, at)));
  CHECK(!vault().open(Family::kCase, key, in.ConsumeRemainingBytesAsString()));
}

void read_watermark(std::string_view bytes) {
  const int fd = ::memfd_create("watermark", MFD_CLOEXEC);
  CHECK(fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (auto mark = Watermark::open(path)) {
    const Lsn next = mark->durable() + 1;
    CHECK(mark->advance(next, Watermark::TimePoint()).has_value());
    const auto again = Watermark::open(path);
    CHECK(again.has_value() && (again->durable() == next || next == 0));
  }
  ::close(fd);
}

void parse_keys(FuzzedDataProvider& in) {
  const Instant due{in.ConsumeIntegralInRange<int64_t>(0, INT64_MAX)};
  const auto kind = in.ConsumeIntegral<uint8_t>();
  const layout::TimerKey timer = *layout::parse_timer_key(layout::timer_key(due, kCase, kind));
  CHECK(timer.due == due && timer.id == kCase && timer.kind == kind);
  const std::string record = in.ConsumeRandomLengthString(100);
  if (const auto found = layout::cases_of_letter("35020001260918000017", record)) {
    CHECK(found->size() * 18 <= record.size());
  }
  const auto seq = in.ConsumeIntegral<Seq>();
  const auto epoch = in.ConsumeIntegral<Epoch>();
  const auto key = layout::link_log_key(kPeer, layout::Direction::kOut, epoch, seq);
  CHECK(layout::parse_link_log_key(key)->first_seq == seq && key.view().size() <= Key::kSizeMax);
  const std::string prefix = in.ConsumeRandomLengthString(Key::kSizeMax);
  const std::string end = layout::prefix_end(prefix);
  const std::string rest = in.ConsumeRandomLengthString(Key::kSizeMax - prefix.size());
  CHECK(prefix < end && prefix + rest < end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  [[maybe_unused]] static auto* const kQuiet = new google::protobuf::LogSilencer;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  FuzzedDataProvider in(data + 1, size - 1);
  switch (data[0] % 9) {
    case 0: read_case_record(rest); break;
    case 1: read_timeline_record(rest); break;
    case 2: read_link_record(rest); break;
    case 3: read_log_record(rest); break;
    case 4: read_receipt_record(rest); break;
    case 5: read_index_record(rest); break;
    case 6: open_sealed(in); break;
    case 7: read_watermark(rest); break;
    default: parse_keys(in); break;
  }
  return 0;
}
