#include "tests/faults/station.h"

#include <random>

#include "daemon/base/check.h"
#include "daemon/engine/intake.h"
#include "daemon/trust/simulated_suite.h"
#include "storage/layout.h"

namespace jiexu::faults {
namespace {

std::shared_ptr<const Signer> signer_of(AgencyId id) {
  static const bool kEnabled = (enable_simulated_suite(), true);
  CHECK(kEnabled);
  auto signer = make_signer(SuiteId::kSimulated, std::string(32, id.text()[1]));
  CHECK(signer.has_value());
  return std::move(*signer);
}

Agency describe(AgencyId id, char fill) {
  Agency agency;
  agency.id = id;
  agency.name = "Agency " + id.str();
  agency.endpoint = "tcp://127.0.0.1:7401";
  agency.transport_key = std::string(32, fill);
  agency.signing_keys = {signer_of(id)->public_key()};
  agency.bank = {"Fund account", "6200" + id.str().substr(1), "A bank", "105100000017"};
  agency.contact = {"", "0377-00000000", "An address", "473000"};
  return agency;
}

}  // namespace

AgencyId agency_a() {
  return *AgencyId::parse("S41132810207");
}
AgencyId agency_b() {
  return *AgencyId::parse("S35050000101");
}

std::shared_ptr<const Directory> both_agencies() {
  static const auto* const kDirectory = [] {
    auto made = Directory::make({describe(agency_a(), 'a'), describe(agency_b(), 'b')});
    CHECK(made.has_value());
    return new std::shared_ptr<const Directory>(*made);
  }();
  return *kDirectory;
}

const Vault& test_vault() {
  static const auto* const kVault = [] {
    VaultKeys keys;
    keys.ring.push_back({1, SecretKey()});
    keys.ring.back().key.fill(0x11);
    keys.current = 1;
    keys.person_key.fill(0x77);
    auto random = std::make_shared<std::mt19937_64>(1);
    auto vault = Vault::create(keys, [random](std::span<uint8_t> out) {
      for (uint8_t& byte : out) byte = static_cast<uint8_t>((*random)());
    });
    CHECK(vault.has_value());
    return vault->release();
  }();
  return *kVault;
}

void fill_new_store(Batch& batch, AgencyId self, const Store& store) {
  v1::StoreRecord record;
  record.set_format(layout::kFormat);
  record.set_agency(self.str());
  record.set_epoch(1);
  Records(store, test_vault()).put_message(batch, Family::kMeta, layout::kStoreKey, record);
}

Result<void> Station::start(Life life, Instant now) {
  life_.emplace(std::move(life));
  commits_ = 0;
  EngineOptions options;
  options.self = self;
  options.seed = ++lives_;
  static const auto* const kSigners = new std::array{signer_of(agency_a()), signer_of(agency_b())};
  const Signer& signer = *(*kSigners)[self == agency_a() ? 0 : 1];
  TRY(auto engine,
      Engine::open(options, {life_->store, test_vault(), signer, numbers_, *this, *this},
                   both_agencies(), at(now)));
  engine_ = std::move(engine);
  return {};
}

void Station::stop() {
  engine_.reset();
  life_.reset();
}

Result<void> Station::hear(const Parcel& parcel, Instant now) {
  auto frame = take_in(self, parcel.from, parcel.lane, parcel.bytes, *both_agencies());
  CHECK(frame.has_value());
  return engine_->kernel().handle(*frame, at(now));
}

Result<Answer> Station::ask(const Asking& command, Instant now) {
  std::optional<Answer> heard;
  Asking asked = command;
  asked.done = [&](const Answer& answer) { heard = answer; };
  TRY_DO(engine_->kernel().handle(to_command(asked), at(now)));
  TRY_DO(commit_all(now));
  CHECK(heard.has_value());
  return *heard;
}

Result<void> Station::wake(Instant now) {
  return engine_->kernel().wake(at(now));
}

Result<bool> Station::commit_all(Instant now) {
  bool any = false;
  // Lazy commits wait in real life; here their time has come.
  const Instant later = now.plus_ms(EngineOptions().lazy_commit_ms);
  while (engine_->kernel().wants_commit(at(later))) {
    const Batch& batch = engine_->kernel().begin_commit();
    if (on_commit) on_commit(batch);
    TRY_DO(life_->store.commit(batch));
    if (!life_->survived()) return fail(Errc::kIo, "power was cut");
    engine_->kernel().commit_done(at(now));
    ++commits_;
    any = true;
  }
  return any;
}

void Station::send(AgencyId, Lane lane, FrameBytes frame) {
  if (on_send) on_send(*frame);
  sent.push_back({self, lane, *frame});
}

}  // namespace jiexu::faults
