// The worked example in proto/README.md is what this code produces: the test makes the example anew
// and compares it with the text between the markers. JIEXU_REWRITE=1 writes it into the README.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/base/bytes.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace vectors_test {
namespace {

constexpr std::string_view kBegin = "<!-- example: begin -->\n";
constexpr std::string_view kEnd = "<!-- example: end -->";

std::string read_readme() {
  std::ifstream file(PROTO_README);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "name  hex", the hex in lines of 64 digits.
void line(std::string& out, const std::string& name, std::string_view bytes) {
  const std::string hex = to_hex(bytes);
  for (size_t at = 0; at < hex.size() || at == 0; at += 64) {
    std::string label = at == 0 ? name : "";
    label.resize(18, ' ');
    out += label + hex.substr(at, 64) + "\n";
  }
}

v1::Message example_message() {
  v1::Message message;
  message.set_case_id(CaseId::parse("019a9f3c-0000-7000-8000-000000000001")->bytes().data(),
                      CaseId::kSize);
  message.set_case_seq(1);
  message.set_sent_at_ms(1795140000000);
  message.mutable_letter_accept()->set_accepted_on(20261120);
  return message;
}

// What who announces itself says, and gets, at 1795140001000 in session 1.
void example_of_now(std::string& out) {
  const LinkWorld& world = link_world();
  const Instant at{1795140001000};
  const Digest none{};
  const Digest head = chain_start(world.link);
  const uint32_t frames[] = {1, 2, 3, 4, 5, 6, 11, 12};
  const uint32_t messages[] = {10, 11};
  const Speech speech{world.a, world.b, 1, at.ms};
  const std::string announced = announcement_signing_bytes(speech, frames, messages);
  line(out, "a announces", announced);
  line(out, "signature of a", world.signer_a->sign(announced));
  line(out, "a probes", probe_signing_bytes(speech));
  line(out, "frame: Probe", encode(make_probe(world.link, 1, at, *world.signer_a)));
  line(out, "b is alive", alive_signing_bytes({world.b, world.a, 1, at.ms}));
  line(out, "frame: Alive", encode(make_alive({world.b, world.a}, 1, at, *world.signer_b)));
  line(out, "with audit head", audited_receipt_signing_bytes(world.link, 1, 0, head, at.ms, none));
  line(out, "frame: Receipt",
       encode(make_receipt(world.link, 1, 0, head, at, *world.signer_b, none)));
}

std::string example() {
  const LinkWorld& world = link_world();
  const Digest start = chain_start(world.link);
  const std::string message = example_message().SerializeAsString();
  const Digest head = chain_next(start, 1, message);
  const std::string signed_batch = batch_signing_bytes(world.link, 1, 1, 1, start, head);
  FrameWriter writer(world.link, 1, 1, start);
  writer.add(example_message());
  const Receipt receipt =
      make_receipt(world.link, 1, 1, head, Instant{1795140000250}, *world.signer_b);
  std::string out = "```text\n";
  line(out, "a, private key", std::string(32, '\x01'));
  line(out, "a, public key", world.signer_a->public_key().bytes);
  line(out, "a, key_id", view(key_id(world.signer_a->public_key())));
  line(out, "head[0]", view(start));
  line(out, "message[1]", message);
  line(out, "SHA-256 of it", view(sha256(message)));
  line(out, "head[1]", view(head));
  line(out, "signed by a", signed_batch);
  line(out, "signature of a", world.signer_a->sign(signed_batch));
  line(out, "frame: Batch", writer.close(*world.signer_a));
  line(out, "b, private key", std::string(32, '\x02'));
  line(out, "b, public key", world.signer_b->public_key().bytes);
  line(out, "b, key_id", view(key_id(world.signer_b->public_key())));
  line(out, "signed by b", receipt_signing_bytes(world.link, 1, 1, head, receipt.received_at.ms));
  line(out, "signature of b", receipt.signature);
  line(out, "frame: Receipt", encode(receipt));
  example_of_now(out);
  return out + "```\n";
}

}  // namespace

TEST_CASE("the worked example of the protocol's specification is what the code produces") {
  std::string readme = read_readme();
  const size_t begin = readme.find(kBegin);
  const size_t end = readme.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const size_t from = begin + kBegin.size();
  if (std::getenv("JIEXU_REWRITE") != nullptr) {
    readme.replace(from, end - from, example());
    std::ofstream(PROTO_README) << readme;
    return;
  }
  CHECK(readme.substr(from, end - from) == example());
}

TEST_CASE("the frames of the worked example decode and verify") {
  FrameWriter writer(link_world().link, 1, 1, chain_start(link_world().link));
  writer.add(example_message());
  const auto batch = decoded<BatchFrame>(writer.close(*link_world().signer_a));
  REQUIRE(verify(batch, *link_world().directory));
  v1::Message message;
  REQUIRE(
      message.ParseFromArray(batch.messages[0].data(), static_cast<int>(batch.messages[0].size())));
  CHECK(message.letter_accept().accepted_on() == 20261120);
}

TEST_CASE("the specification names every frame, message, refusal and fault") {
  const std::string readme = read_readme();
  const auto names_all = [&](const google::protobuf::EnumDescriptor* codes) {
    for (int i = 1; i < codes->value_count(); ++i) {
      INFO(codes->value(i)->name());
      CHECK(readme.find("`" + codes->value(i)->name() +
                        "` = " + std::to_string(codes->value(i)->number())) != std::string::npos);
    }
  };
  names_all(v1::RefuseReason_descriptor());
  names_all(v1::FaultCode_descriptor());
  for (const auto* descriptor : {v1::LinkFrame::descriptor(), v1::Message::descriptor()}) {
    const auto* body = descriptor->FindOneofByName("body");
    for (int i = 0; i < body->field_count(); ++i) {
      INFO(body->field(i)->name());
      CHECK(readme.find("| " + std::to_string(body->field(i)->number()) + " | `" +
                        body->field(i)->message_type()->name() + "`") != std::string::npos);
    }
  }
}

}  // namespace vectors_test
