// The bytes of changes, and ids of events.
#include "daemon/engine/change.h"

#include <catch2/catch.hpp>

#include "daemon/base/bytes.h"

using namespace jiexu;

namespace change_test {
namespace {

Change sample() {
  Change out;
  out.topic = Topic::kCase;
  out.what = 47;
  out.side = Side::kOut;
  out.peer = AgencyId::parse("S41132810207");
  out.subject = subject_of("0123456789abcdef");
  return out;
}

std::string record_of(const std::vector<Change>& changes) {
  std::string out;
  append_changes_head({1'790'000'000'123}, 41, out);
  for (const Change& change : changes) append_change(change, out);
  return out;
}

}  // namespace

TEST_CASE("a change is 23 bytes and comes back as it was") {
  Change gone = sample();
  gone.gone = true;
  gone.side.reset();
  Change nobody = sample();
  nobody.peer.reset();
  nobody.topic = Topic::kDirectory;
  Change first = sample();
  first.peer = AgencyId::parse("S00000000000");
  Change last = sample();
  last.peer = AgencyId::parse("S99999999999");
  last.side = Side::kIn;
  const std::vector<Change> all = {sample(), gone, nobody, first, last};
  const std::string record = record_of(all);
  CHECK(record.size() == 12 + 23 * all.size());
  const auto read = ChangesView::parse(record);
  REQUIRE(read);
  CHECK(read->at() == Instant{1'790'000'000'123});
  CHECK(read->before() == 41);
  REQUIRE(read->size() == all.size());
  for (uint32_t n = 0; n < all.size(); ++n) CHECK((*read)[n] == all[n]);
}

TEST_CASE("the record of FORMAT.md") {
  CHECK(to_hex(record_of({sample()})) ==
        "01a0c4506c7b000000000029"
        "012f4993b4dfe0"
        "30313233343536373839616263646566");
}

TEST_CASE(
    "a topic that a later program has written is passed over, and bytes that are none are "
    "corrupt") {
  std::string record = record_of({sample()});
  record[12] = 0x7f;
  CHECK_FALSE((*ChangesView::parse(record))[0].has_value());
  for (const size_t size : {size_t{0}, size_t{11}, size_t{13}, record.size() - 1}) {
    const auto broken = ChangesView::parse(std::string_view(record).substr(0, size));
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("a batch's digits go into a subject and come out") {
  for (const std::string digits : {"411328072611200000010", "000000000000000000000", "9", ""}) {
    CHECK(unpack_digits(pack_digits(digits)) == digits);
  }
}

TEST_CASE("an id has one text, and every other text is none") {
  const ChangePlace place{1'790'000'000, 17, 0};
  CHECK(place.text() == "1790000000.17.0");
  CHECK(ChangePlace::parse(place.text()) == place);
  CHECK(ChangePlace::parse("4294967295.18446744073709551615.4294967295"));
  for (const std::string text :
       {"", "1", "1.2", "1.2.", "1.2.3.4", "1.2.3 ", " 1.2.3", "+1.2.3", "-1.2.3", "01.2.3",
        "1.02.3", "1.2.03", "4294967296.1.1", "1.18446744073709551616.1", "a.b.c", "1,2,3"}) {
    INFO(text);
    CHECK_FALSE(ChangePlace::parse(text));
  }
}

TEST_CASE("every topic has a name of its own") {
  for (const Topic topic : kTopics) CHECK(topic_from_name(name(topic)) == topic);
  CHECK_FALSE(topic_from_name("cases"));
  CHECK_FALSE(topic_from_name(""));
}

}  // namespace change_test
