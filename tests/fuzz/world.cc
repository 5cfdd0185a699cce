#include "tests/fuzz/world.h"

namespace jiexu {
namespace {

std::shared_ptr<const Signer> signer_of(char fill) {
  return std::move(make_signer(SuiteId::kEd25519, std::string(32, fill)).value());
}

Agency agency_of(AgencyId id, const Signer& signer, char fill) {
  Agency agency;
  agency.id = id;
  agency.name = "Example " + id.str();
  agency.endpoint = "tcp://127.0.0.1:7401";
  agency.transport_key = std::string(32, fill);
  agency.signing_keys = {signer.public_key()};
  return agency;
}

FuzzWorld make_world() {
  FuzzWorld world;
  world.link = {*AgencyId::parse("S41132810207"), *AgencyId::parse("S35050000101")};
  world.sender = signer_of('\x01');
  world.receiver = signer_of('\x02');
  world.directory = Directory::make({agency_of(world.link.sender, *world.sender, 'a'),
                                     agency_of(world.link.receiver, *world.receiver, 'b')})
                        .value();
  return world;
}

}  // namespace

const FuzzWorld& fuzz_world() {
  static const auto* const kWorld = new FuzzWorld(make_world());
  return *kWorld;
}

FrameBytes shared(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace jiexu
