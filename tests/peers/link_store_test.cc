// The log of a link in the store: which frame holds a message, and what it costs to find it.
#include "daemon/peers/link_store.h"

#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace link_store_test {
namespace {

// Counts the records that are read on the way.
class CountingReader final : public Reader {
 public:
  explicit CountingReader(const Reader& reader) : reader_(reader) {}

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    ++read;
    return reader_.get(family, key);
  }
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override {
    return reader_.scan(family, lower, upper, counting(visit));
  }
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override {
    return reader_.scan_back(family, lower, upper, counting(visit));
  }

  mutable int read = 0;

 private:
  Visitor counting(const Visitor& visit) const {
    return [this, &visit](std::string_view key, std::string_view value) {
      ++read;
      return visit(key, value);
    };
  }

  const Reader& reader_;
};

// A log of frames of one message each: so many in each epoch.
struct Log {
  Site site{in_site(), kNow};
  LinkName link{out_site(), in_site()};
  Seq last = 0;
  Digest head = chain_start(link);

  void write(Epoch epoch, int frames) {
    Batch batch;
    Records records(*site.store, *site.vault);
    for (int i = 0; i < frames; ++i) {
      FrameWriter writer(link, epoch, last + 1, head);
      v1::Message message;
      message.set_case_seq(static_cast<uint32_t>(last + 1));
      last = writer.add(message);
      head = writer.head();
      records.put(batch, Family::kLinkLog,
                  layout::link_log_key(out_site(), layout::Direction::kIn, epoch, last),
                  writer.close(*signer_of(out_site())));
    }
    REQUIRE(site.store->commit(batch));
  }
};

}  // namespace

TEST_CASE("a message of an earlier epoch is found without reading the epochs after it") {
  Log log;
  log.write(1, 5);
  log.write(2, 1);
  log.write(4, 300);
  const CountingReader reader(*log.site.store);
  const Records records(reader, *log.site.vault);
  const StoredLog stored(records, out_site(), layout::Direction::kIn, UINT32_MAX);
  for (Seq seq = 1; seq <= log.last; ++seq) {
    reader.read = 0;
    const auto frame = stored.frame_with(seq);
    REQUIRE(frame);
    REQUIRE(*frame);
    CHECK((*frame)->first_seq == seq);
    CHECK((*frame)->epoch == (seq <= 5 ? 1 : seq == 6 ? 2 : 4));
    CHECK(reader.read <= 2 * 3);
  }
  for (const Seq none : {Seq{0}, log.last + 1, Seq{UINT64_MAX}}) {
    const auto frame = stored.frame_with(none);
    REQUIRE(frame);
    CHECK_FALSE(*frame);
  }
}

}  // namespace link_store_test
