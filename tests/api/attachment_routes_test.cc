// Files over the API: up and down in pieces, never as a whole.
#include "daemon/attachments/attachment_store.h"
#include "daemon/base/limits.h"
#include "tests/api/api_world.h"

namespace jiexu::attachment_routes_test {
namespace {

class FakeBody final : public HttpBody {
 public:
  explicit FakeBody(std::string content) : content_(std::move(content)), size_(content_.size()) {}
  std::optional<uint64_t> size() const override { return size_; }
  void read(size_t bytes, Take take) override {
    std::string piece = content_.substr(0, bytes);
    content_.erase(0, piece.size());
    most = std::max(most, piece.size());
    take(std::move(piece));
  }
  void claim(std::optional<uint64_t> size) { size_ = size; }

  size_t most = 0;

 private:
  std::string content_;
  std::optional<uint64_t> size_;
};

std::string hex_of(const std::string& content) {
  return to_hex(view(sha256(content)));
}

Got put(ApiWorld& world, const std::string& path, const std::shared_ptr<HttpBody>& body,
        As role = As::kClerk) {
  HttpRequest request{"PUT", path, "Bearer " + token_of(role), "", ""};
  request.stream = body;
  Got got;
  world.send(std::move(request), got);
  return got;
}

std::string path_of(const ApiWorld& world, const std::string& file) {
  return "/v1/cases/" + world.draft().id.str() + "/attachments/" + file;
}

const std::string kContent(limits::kPieceBytes + 5, 'x');

TEST_CASE("an upload goes to the engine piece by piece, under one session") {
  ApiWorld world;
  world.put(world.draft());
  auto body = std::make_shared<FakeBody>(kContent);
  const Got got =
      put(world, path_of(world, hex_of(kContent)) + "?name=a%20b.pdf&type=application/pdf", body);
  CHECK(got.status() == 200);
  CHECK(body->most == limits::kPieceBytes);
  REQUIRE(world.engine.commands.size() == 2);
  uint32_t n = 0;
  for (const Asking& command : world.engine.commands) {
    const auto& upload = std::get<UploadCommand>(command.what);
    CHECK(command.user == "u-clerk");
    CHECK(upload.piece == n++);
    CHECK(upload.session == 1);
    CHECK(upload.file->size() == kContent.size());
    CHECK(upload.file->name() == "a b.pdf");
    CHECK(upload.file->media_type() == "application/pdf");
  }
  CHECK(std::get<UploadCommand>(world.engine.commands[1].what).content.size() == 5);
}

TEST_CASE("the last piece of what is not the announced file never reaches the engine") {
  ApiWorld world;
  world.put(world.draft());
  const Got got = put(world, path_of(world, hex_of("another")) + "?name=a",
                      std::make_shared<FakeBody>(kContent));
  CHECK(got.status() == 400);
  CHECK(got.json()["code"] == "attachment_digest");
  CHECK(world.engine.commands.size() == 1);
}

TEST_CASE("an upload that the engine refuses ends there") {
  ApiWorld world;
  world.put(world.draft());
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kStorageLow, ""};
    return answer;
  };
  const Got got = put(world, path_of(world, hex_of(kContent)) + "?name=a",
                      std::make_shared<FakeBody>(kContent));
  CHECK(got.status() == 507);
  CHECK(world.engine.commands.size() == 1);
}

TEST_CASE("what cannot be a file is refused before its bytes are read") {
  ApiWorld world;
  world.put(world.draft());
  auto body = std::make_shared<FakeBody>("x");
  CHECK(put(world, path_of(world, "nonsense"), body).json()["code"] == "bad_digest");
  CHECK(put(world, path_of(world, hex_of("x")) + "?size=3", body).status() == 400);
  CHECK(put(world, path_of(world, hex_of("x")), nullptr).status() == 411);
  body->claim(std::nullopt);
  CHECK(put(world, path_of(world, hex_of("x")), body).status() == 411);
  body->claim(limits::kAttachmentBytesMax + 1);
  CHECK(put(world, path_of(world, hex_of("x")), body).status() == 413);
  body->claim(1);
  CHECK(put(world, path_of(world, hex_of("x")), body, As::kAuditor).status() == 403);
  CHECK(put(world, "/v1/cases/0191d5a0000070008000000000000009/attachments/" + hex_of("x"), body)
            .status() == 404);
  CHECK(body->most == 0);
  CHECK(world.engine.commands.empty());
}

class Download {
 public:
  explicit Download(Attachment::Content content) {
    Case subject = world.draft();
    subject.attachments.push_back({sha256(kContent), kContent.size(), "信息 \"表\".pdf",
                                   "application/pdf", true, true, 0, content});
    world.put(subject);
    Batch batch;
    Records records(world.store, *world.vault);
    for (uint32_t n = 0; n < 2; ++n) {
      records.put(batch, layout::attachment_key(subject.id, sha256(kContent), n),
                  kContent.substr(n * limits::kPieceBytes, limits::kPieceBytes));
    }
    REQUIRE(world.store.commit(batch));
  }
  Got get(const std::string& file) { return world.ask("GET", path_of(world, file), As::kAuditor); }

  ApiWorld world;
};

TEST_CASE("a download is read piece by piece, and a browser only saves it") {
  Download down(Attachment::Content::kHere);
  const std::string file = GENERATE(std::string("1"), hex_of(kContent));
  const Got got = down.get(file);
  REQUIRE(got.status() == 200);
  CHECK(got.response.content_type == "application/pdf");
  CHECK(got.response.size == kContent.size());
  CHECK(got.header("Content-Disposition") ==
        "attachment; filename*=UTF-8''%e4%bf%a1%e6%81%af%20%22%e8%a1%a8%22%2epdf");
  CHECK(got.header("Content-Security-Policy") == "sandbox");
  std::string all;
  for (auto piece = got.response.pieces(); !piece->empty(); piece = got.response.pieces()) {
    CHECK(piece->size() <= limits::kPieceBytes);
    all += *piece;
  }
  CHECK(all == kContent);
}

TEST_CASE("a file that is not here, or not of the case, is not given") {
  Download down(Attachment::Content::kMissing);
  CHECK(down.get("1").status() == 409);
  CHECK(down.get("1").json()["code"] == "attachment_not_here");
  CHECK(down.get("2").status() == 404);
  CHECK(down.get("0").status() == 404);
  CHECK(down.get("1x").status() == 404);
  CHECK(down.get(hex_of("another")).status() == 404);
}

TEST_CASE("a case lists its files") {
  Download down(Attachment::Content::kGone);
  const Got got = down.world.ask("GET", "/v1/cases/" + down.world.draft().id.str() + "/attachments",
                                 As::kAuditor);
  REQUIRE(got.status() == 200);
  const auto one = got.json()["attachments"][0];
  CHECK(one["n"] == 1);
  CHECK(one["of"] == "letter");
  CHECK(one["content"] == "gone");
  CHECK(one["sha256"] == hex_of(kContent));
  CHECK(one["ours"] == true);
}

}  // namespace
}  // namespace jiexu::attachment_routes_test
