// Opening the engine: whose store it is, and what a directory must hold.
#include <catch2/catch.hpp>

#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace open_test {
namespace {

Result<std::unique_ptr<Engine>> open_as(Site& site, AgencyId self, const Store& store) {
  EngineOptions options;
  options.self = self;
  const auto signer = signer_of(self);
  return Engine::open(options, {store, *site.vault, *signer, site.numbers, site, site},
                      test_directory(), at(kNow));
}

}  // namespace

TEST_CASE("the store of another agency is refused, and the error names both") {
  Site site(in_site(), kNow);
  const auto opened = open_as(site, out_site(), *site.store);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::kInvalid);
  CHECK(opened.error().text.find(in_site().str()) != std::string::npos);
  CHECK(opened.error().text.find(out_site().str()) != std::string::npos);
}

TEST_CASE("a store that init did not make is refused") {
  Site site(in_site(), kNow);
  const MemoryStore empty;
  CHECK(open_as(site, in_site(), empty).error().code == Errc::kInvalid);
}

TEST_CASE("a directory without our own agency is refused") {
  Site site(in_site(), kNow);
  auto other = Directory::make({*test_directory()->find(out_site())});
  REQUIRE(other);
  CHECK(site.engine->set_directory(*other, at(kNow)).error().code == Errc::kInvalid);
}

TEST_CASE("an agency that was taken out of the directory has its messages kept, not lost") {
  Site site(in_site(), kNow);
  for (int n = 1; n <= 2; ++n) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    if (n == 2) input.mutable_application()->set_origin_agency(third_site().str());
    site.act(EventKind::kApply, case_number(n), input);
    site.act(EventKind::kAccept, case_number(n));
  }
  site.act(EventKind::kSendLetter, case_number(1));
  const uint64_t before = site.peer(out_site()).last_seq();
  site.engine.reset();
  const auto alone = Directory::make({*test_directory()->find(in_site())});
  REQUIRE(alone);
  EngineOptions options;
  options.self = in_site();
  const auto signer = signer_of(in_site());
  auto opened = Engine::open(options, {*site.store, *site.vault, *signer, site.numbers, site, site},
                             *alone, at(kNow));
  REQUIRE(opened);
  site.engine = std::move(*opened);
  CHECK(site.engine->recovered());
  // With a link, the case goes on; without one, there is nobody to write to.
  v1::ActionInput input;
  input.set_reason("stays");
  CHECK_FALSE(site.act(EventKind::kWithdraw, case_number(1), input).rejection);
  CHECK(site.peer(out_site()).last_seq() == before + 1);
  site.post(ActionCommand{EventKind::kSendLetter, case_number(2), nullptr});
  REQUIRE(site.answers.back().rejection);
  CHECK(site.answers.back().rejection->refusal == Refusal::kUnknownAgency);
}

TEST_CASE("a store of another format is refused") {
  Site site(in_site(), kNow);
  auto record = *Records(*site.store, *site.vault)
                     .get_message<v1::StoreRecord>(Family::kMeta, layout::kStoreKey)
                     .value();
  record.set_format(layout::kFormat - 1);
  Batch batch;
  batch.put(Family::kMeta, layout::kStoreKey, record.SerializeAsString());
  REQUIRE(site.store->commit(batch));
  CHECK(open_as(site, in_site(), *site.store).error().code == Errc::kUnsupported);
}

TEST_CASE("a damaged case record is an error that stops, not a missing case") {
  Site site(in_site(), kNow);
  site.act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
  Batch batch;
  batch.put(Family::kCase, layout::case_key(case_number(1), false), "damaged");
  REQUIRE(site.store->commit(batch));
  site.restart();
  Asking command;
  command.what =
      ActionCommand{EventKind::kAccept, case_number(1), std::make_shared<const v1::ActionInput>()};
  CHECK(site.engine->kernel().handle(to_command(std::move(command)), at(kNow)).error().code ==
        Errc::kCorrupt);
}

TEST_CASE("frames of an agency that is not in the directory are not heard") {
  Site site(in_site(), kNow);
  PeerFrame frame{*AgencyId::parse("S99999999999"), Lane::kForward, FetchFrame{1, 1}};
  REQUIRE(site.engine->kernel().handle(frame, at(kNow)));
  CHECK(site.sent.empty());
}

TEST_CASE("Fetch gives a peer its own signed frame back") {
  Site site(out_site(), kNow);
  Forger in(in_site(), site);
  in.deliver(sound_message(Party(Side::kOut).subject, EventKind::kLetterIn));
  site.commit();
  site.sent.clear();
  site.hear(in_site(), Lane::kForward, encode(FetchFrame{1, 1}));
  const auto answer = decode_frame(std::make_shared<const std::string>(site.sent.at(0).bytes));
  REQUIRE(answer);
  const auto& fetched = std::get<FetchedFrame>(*answer);
  CHECK(fetched.last_seq == 1);
  REQUIRE(fetched.batch);
  CHECK(verify(*fetched.batch, *test_directory()));
}

TEST_CASE("intake turns away what is unsigned, foreign, on the wrong lane or no frame") {
  Site in(in_site(), kNow);
  in.act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
  in.act(EventKind::kAccept, case_number(1));
  in.act(EventKind::kSendLetter, case_number(1));
  const auto logged = in.peer(out_site()).log().frame_with(1);
  REQUIRE(logged);
  const std::string batch = *(*logged)->bytes;
  const auto turned = [&](AgencyId self, AgencyId peer, Lane lane, const std::string& bytes) {
    const auto taken = take_in(self, peer, lane, bytes, *test_directory());
    if (taken) return v1::REFUSE_REASON_UNSPECIFIED;
    if (!taken.error().answer) return v1::RefuseReason_MAX;  // nobody is told
    const auto frame = decode_frame(std::make_shared<const std::string>(*taken.error().answer));
    return std::get<RefuseFrame>(*frame).reason;
  };
  const AgencyId a = in_site();
  const AgencyId b = out_site();
  CHECK(turned(b, a, Lane::kForward, batch) == v1::REFUSE_REASON_UNSPECIFIED);
  CHECK(turned(b, third_site(), Lane::kForward, batch) == v1::REFUSE_REASON_WRONG_AGENCY);
  CHECK(turned(third_site(), a, Lane::kForward, batch) == v1::REFUSE_REASON_WRONG_AGENCY);
  CHECK(turned(b, a, Lane::kForward, "rubbish") == v1::REFUSE_REASON_MALFORMED);
  CHECK(turned(b, a, Lane::kReply, batch) == v1::RefuseReason_MAX);
  std::string forged = batch;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  CHECK(turned(b, a, Lane::kForward, forged) != v1::REFUSE_REASON_UNSPECIFIED);
}

}  // namespace open_test
