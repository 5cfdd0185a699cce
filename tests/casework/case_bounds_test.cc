// However long a peer makes a field of its message, known to us or not, the case stays small: it is
// kept decoded, and written anew with each change. The message itself is in the log.
#include <catch2/catch.hpp>
#include <functional>

#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace case_bounds_test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kLong = 600'000;
constexpr size_t kCaseBytesMax = 32 << 10;

// Calls `fill` with each message below `root`, itself first, and each of its text fields; nullptr
// stands for a field that this version does not know.
void each_place(
    Message& root, const std::string& path,
    const std::function<void(const std::string&, Message&, const FieldDescriptor*)>& fill) {
  fill(path, root, nullptr);
  const auto* reflection = root.GetReflection();
  for (int i = 0; i < root.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = root.GetDescriptor()->field(i);
    const std::string name = path + "." + field->name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      fill(name, root, field);
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->is_repeated()) {
      if (reflection->FieldSize(root, field) > 0) {
        each_place(*reflection->MutableRepeatedMessage(&root, field, 0), name, fill);
      }
    } else if (field->real_containing_oneof() == nullptr || reflection->HasField(root, field)) {
      each_place(*reflection->MutableMessage(&root, field), name, fill);
    }
  }
}

void make_long(Message& in, const FieldDescriptor* field) {
  const std::string text(kLong, 'x');
  if (field != nullptr) return in.GetReflection()->SetString(&in, field, text);
  in.GetReflection()->MutableUnknownFields(&in)->AddLengthDelimited(15'000, text);
}

std::vector<std::string> places_of(const v1::Message& message) {
  std::vector<std::string> out;
  v1::Message copy = message;
  each_place(copy, "", [&](const std::string& path, Message&, const FieldDescriptor* field) {
    out.push_back(path + (field == nullptr ? "?" : ""));
  });
  return out;
}

v1::Message with_long(const v1::Message& message, const std::string& place) {
  v1::Message sound = message;
  Message* where = nullptr;
  const FieldDescriptor* which = nullptr;
  v1::Message copy = message;
  each_place(copy, "", [&](const std::string& path, Message& in, const FieldDescriptor* field) {
    if (path + (field == nullptr ? "?" : "") != place) return;
    where = &in;
    which = field;
  });
  REQUIRE(where != nullptr);
  make_long(*where, which);
  return copy;
}

size_t case_bytes(const Site& site) {
  size_t bytes = 0;
  REQUIRE(site.records().scan(Family::kCase, "", layout::prefix_end(""),
                              [&](std::string_view, std::string_view value) {
                                bytes += value.size();
                                return true;
                              }));
  return bytes;
}

// OUT, to which transfer-in's letter is to come.
struct Listener {
  Site out{out_site(), kNow};
  Forger peer{in_site(), out};

  void hear(const v1::Message& message) {
    peer.deliver(message);
    while (out.commit()) {
    }
  }
};

v1::Message letter() {
  Case fresh;
  fresh.id = case_number(1);
  fresh.peer = in_site();
  return sound_message(fresh, EventKind::kLetterIn);
}

}  // namespace

TEST_CASE("a letter makes no large case") {
  const v1::Message sound = letter();
  Listener normal;
  normal.hear(sound);
  REQUIRE(normal.out.subject(case_number(1)).exists());
  for (const std::string& place : places_of(sound)) {
    INFO(place);
    Listener listener;
    listener.hear(with_long(sound, place));
    CHECK(case_bytes(listener.out) < kCaseBytesMax);
  }
}

TEST_CASE("a change of the payee makes no large case") {
  Listener first;
  first.hear(letter());
  const v1::Message sound =
      sound_message(first.out.subject(case_number(1)), EventKind::kPayeeChangeIn);
  for (const std::string& place : places_of(sound)) {
    INFO(place);
    Listener listener;
    listener.hear(letter());
    listener.hear(with_long(sound, place));
    CHECK(case_bytes(listener.out) < kCaseBytesMax);
  }
}

}  // namespace case_bounds_test
