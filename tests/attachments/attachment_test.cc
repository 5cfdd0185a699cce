// Files that go with letters and forms: uploaded at one agency, fetched by the other, whatever
// happens in between.
#include "daemon/casework/four_eyes.h"
#include "tests/attachments/attachment_world.h"

using namespace jiexu;

namespace attachment_test {

TEST_CASE("a form's file arrives whole, and only then can the form be confirmed") {
  World world;
  const std::string content = content_of('a');
  world.to_form(content);
  // The form arrives, and no piece.
  world.deliver(is_piece);
  CHECK(world.in.subject(world.id).overlays.has(Overlay::kIncomplete));
  CHECK(world.act(world.in, EventKind::kConfirmForm).rejection->refusal == Refusal::kNotAllowedNow);
  for (int i = 0; i < 30; ++i) world.pass(1'000);
  CHECK_FALSE(world.in.subject(world.id).overlays.has(Overlay::kIncomplete));
  CHECK((stored(world.in, world.id, sha256(content)) == content));
  CHECK_FALSE(world.act(world.in, EventKind::kConfirmForm).rejection);
}

TEST_CASE("a letter's file goes the other way") {
  World world;
  const std::string content = content_of('b', 10);
  REQUIRE_FALSE(world.act(world.in, EventKind::kApply).rejection);
  REQUIRE_FALSE(upload(world.in, world.id, content).rejection);
  world.act(world.in, EventKind::kAccept);
  world.act(world.in, EventKind::kSendLetter);
  CHECK((stored(world.out, world.id, sha256(content)) == content));
  CHECK_FALSE(world.act(world.out, EventKind::kAcceptLetter).rejection);
}

TEST_CASE(
    "pieces may be lost, come twice or break off: what is asked for again completes the file") {
  World world;
  const std::string content = content_of('c');
  world.to_form(content);
  int pieces = 0;
  world.deliver([&](const SentFrame& frame) { return is_piece(frame) && ++pieces == 2; });
  CHECK(content_state(world.in, world.id) == Attachment::Content::kMissing);
  world.pass(6'000);
  CHECK(content_state(world.in, world.id) == Attachment::Content::kHere);
  CHECK((stored(world.in, world.id, sha256(content)) == content));
}

TEST_CASE("whoever is killed at any commit of a transfer goes on where the disk says") {
  const std::string content = content_of('d');
  for (const bool before_write : {true, false}) {
    for (int kill = 0;; ++kill) {
      World world;
      world.to_form(content);
      int commits = 0;
      bool killed = false;
      for (int round = 0; round < 40; ++round) {
        world.out.wake();
        while (world.out.commit()) {
        }
        for (auto [from, to] :
             {std::pair(&world.in, &world.out), std::pair(&world.out, &world.in)}) {
          while (!from->sent.empty()) {
            const SentFrame frame = from->sent.front();
            from->sent.pop_front();
            if (frame.peer == to->self) to->hear(from->self, frame.lane, frame.bytes);
          }
        }
        world.in.wake();
        const bool wants = world.in.engine->kernel().wants_commit(at(world.in.now.plus_ms(1'000)));
        if (!wants) {
          world.pass(6'000);
          continue;
        }
        if (commits++ != kill) {
          world.in.commit();
          continue;
        }
        killed = true;
        const Batch& batch = world.in.engine->kernel().begin_commit();
        if (!before_write) REQUIRE(world.in.store->commit(batch));
        world.in.sent.clear();
        world.in.restart();
      }
      for (int i = 0; i < 30; ++i) world.pass(1'000);
      INFO("killed at commit " << kill);
      CHECK((stored(world.in, world.id, sha256(content)) == content));
      CHECK_FALSE(world.in.subject(world.id).overlays.has(Overlay::kIncomplete));
      if (!killed) break;
    }
  }
}

TEST_CASE("an agency that lost a file with its store gets it back from the peer") {
  World world;
  const std::string content = content_of('e');
  world.to_stopped();
  const auto backup = world.out.store->clone();
  REQUIRE_FALSE(upload(world.out, world.id, content).rejection);
  world.act(world.out, EventKind::kIssueForm);
  REQUIRE(content_state(world.in, world.id) == Attachment::Content::kHere);
  world.out.engine.reset();
  world.out.store = backup->clone();
  world.out.store_complete = false;
  world.out.sent.clear();
  world.out.restart();
  for (int i = 0; i < 60; ++i) world.pass(1'000);
  CHECK(world.out.subject(world.id).form_version == 1);
  CHECK(content_state(world.out, world.id) == Attachment::Content::kHere);
  CHECK((stored(world.out, world.id, sha256(content)) == content));
}

TEST_CASE("a file that both have lost is gone, and comes back with an upload") {
  World world;
  const std::string content = content_of('f');
  world.to_stopped();
  const auto backup = world.out.store->clone();
  REQUIRE_FALSE(upload(world.out, world.id, content).rejection);
  const Case subject = world.out.subject(world.id);
  REQUIRE_FALSE(
      world.out.act(EventKind::kIssueForm, world.id, sound_input(subject, EventKind::kIssueForm))
          .rejection);
  world.deliver(is_piece);
  world.out.engine.reset();
  world.out.store = backup->clone();
  world.out.store_complete = false;
  world.out.sent.clear();
  world.out.restart();
  for (int i = 0; i < 60; ++i) world.pass(1'000);
  CHECK(content_state(world.in, world.id) == Attachment::Content::kGone);
  CHECK(content_state(world.out, world.id) == Attachment::Content::kGone);
  REQUIRE_FALSE(upload(world.out, world.id, content).rejection);
  for (int i = 0; i < 60; ++i) world.pass(1'000);
  CHECK(content_state(world.out, world.id) == Attachment::Content::kHere);
  CHECK((stored(world.in, world.id, sha256(content)) == content));
}

TEST_CASE("nothing is taken that was not asked for") {
  Alone alone;
  const std::string content = content_of('g', 5 * limits::kPieceBytes);
  const Digest file = sha256(content);
  alone.piece(file, 0, "before the form");
  alone.take_form(file, content.size());
  CHECK(alone.wanted() == "0 1 2 3 ");
  alone.piece(file, 4, std::string(limits::kPieceBytes, 'x'));  // beyond what was asked for
  alone.piece(file, 1, std::string(limits::kPieceBytes, 'x'));  // out of order
  alone.piece(file, 0, "short");
  alone.piece(sha256("another"), 0, std::string(limits::kPieceBytes, 'x'));
  CHECK(stored(alone.in, alone.id, file).empty());
  alone.piece(file, 0, content.substr(0, limits::kPieceBytes));
  CHECK(stored(alone.in, alone.id, file).size() == limits::kPieceBytes);
  CHECK(alone.wanted() == "4 ");
}

TEST_CASE("what is not what the form names is forgotten, and the case says so once") {
  Alone alone;
  const Digest file = sha256("the file");
  alone.take_form(file, 8);
  alone.piece(file, 0, "the fake");
  CHECK(content_state(alone.in, alone.id) == Attachment::Content::kDamaged);
  CHECK(stored(alone.in, alone.id, file).empty());
  CHECK(alone.in.alarms.size() == 1);
  const uint64_t revision = alone.in.subject(alone.id).revision;
  for (int i = 0; i < 3; ++i) {
    alone.pass(21'000);
    alone.piece(file, 0, "the fake");
  }
  CHECK(alone.in.subject(alone.id).revision == revision);
  CHECK(alone.in.alarms.size() == 1);
  alone.pass(21'000);
  alone.piece(file, 0, "the file");
  CHECK(content_state(alone.in, alone.id) == Attachment::Content::kHere);
}

// Seed 6006: the pieces before the damaged one were counted while their removal was on its way.
TEST_CASE("a file of which a later piece came damaged is fetched again from its first piece") {
  Alone alone;
  const std::string content = content_of('h', limits::kPieceBytes + 5);
  const Digest file = sha256(content);
  alone.take_form(file, content.size());
  alone.piece(file, 0, content.substr(0, limits::kPieceBytes));
  alone.wanted();
  alone.in.hear(out_site(), Lane::kReply, encode(PieceFrame{alone.id, file, 1, "wrong"}));
  for (int i = 0; i < 3; ++i) alone.in.wake();  // while the commit runs
  alone.go_on();
  CHECK(content_state(alone.in, alone.id) == Attachment::Content::kDamaged);
  CHECK(alone.wanted() == "0 1 ");
  alone.piece(file, 0, content.substr(0, limits::kPieceBytes));
  alone.piece(file, 1, content.substr(limits::kPieceBytes));
  CHECK(content_state(alone.in, alone.id) == Attachment::Content::kHere);
  CHECK((stored(alone.in, alone.id, file) == content));
}

TEST_CASE("a peer that does not have the file is asked again later") {
  Alone alone;
  const Digest file = sha256("the file");
  alone.take_form(file, 8);
  alone.piece(file, 0, "");
  CHECK(content_state(alone.in, alone.id) == Attachment::Content::kGone);
  alone.wanted();
  alone.in.now = alone.in.now.plus_ms(21'000);
  alone.go_on();
  CHECK(alone.wanted() == "0 ");
}

TEST_CASE("a form that names too much is set aside, and its number is used") {
  Alone alone;
  v1::Message message =
      form_naming(alone.in, alone.id, sha256("x"), limits::kAttachmentBytesMax + 1);
  alone.peer.deliver(message);
  while (alone.in.commit()) {
  }
  REQUIRE(alone.in.quarantine().size() == 1);
  CHECK(alone.in.quarantine()[0].refusal() == static_cast<uint32_t>(Refusal::kAttachmentInvalid));
  CHECK(alone.in.subject(alone.id).attachments.empty());
}

TEST_CASE("a file is given only to the agency that the case is with") {
  World world;
  const std::string content = content_of('h');
  world.to_form(content);
  settle({&world.in, &world.out});
  world.out.hear(third_site(), Lane::kForward, encode(WantFrame{world.id, sha256(content), 0}));
  REQUIRE(world.out.sent.size() == 1);
  v1::LinkFrame answer;
  REQUIRE(answer.ParseFromString(world.out.sent.front().bytes));
  CHECK(answer.piece().content().empty());
}

TEST_CASE("a file that waits is given to nobody, and its form is changed by it for four eyes") {
  World world;
  const std::string content = content_of('i');
  world.to_stopped();
  REQUIRE_FALSE(upload(world.out, world.id, content).rejection);
  world.out.hear(in_site(), Lane::kForward, encode(WantFrame{world.id, sha256(content), 0}));
  v1::LinkFrame answer;
  REQUIRE(answer.ParseFromString(world.out.sent.back().bytes));
  CHECK(answer.piece().content().empty());

  world.out.four_eyes = true;
  world.out.restart();
  settle({&world.in, &world.out});
  const Case before = world.out.subject(world.id);
  REQUIRE_FALSE(
      world.out.act(EventKind::kIssueForm, world.id, sound_input(before, EventKind::kIssueForm))
          .rejection);
  const Case proposed = world.out.subject(world.id);
  REQUIRE(proposed.proposals.size() == 1);
  const Digest seen = proposal_digest(proposed, proposed.proposals[0]);
  REQUIRE_FALSE(upload(world.out, world.id, content_of('j'), 2).rejection);
  world.out.user = "second";
  const size_t answers = world.out.answers.size();
  world.out.post(ProposalCommand{world.id, proposed.proposals[0].number, seen});
  while (world.out.answers.size() == answers) REQUIRE(world.out.commit());
  // The form would name the other file now: what was proposed has lapsed.
  CHECK(world.out.answers.back().rejection->refusal == Refusal::kUnknownProposal);
}

TEST_CASE("an upload may be sent again, and another one of the same file takes its place") {
  World world;
  const std::string content = content_of('k');
  world.to_stopped();
  REQUIRE_FALSE(post_piece(world.out, upload_of(world.id, content, 0, 1)).rejection);
  REQUIRE_FALSE(post_piece(world.out, upload_of(world.id, content, 0, 2)).rejection);
  CHECK(post_piece(world.out, upload_of(world.id, content, 1, 1)).rejection->refusal ==
        Refusal::kAttachmentUnknown);
  CHECK_FALSE(upload(world.out, world.id, content, 3).rejection);
  CHECK_FALSE(upload(world.out, world.id, content, 4).rejection);
  CHECK(world.out.subject(world.id).attachments.size() == 1);
}

TEST_CASE("bytes that are here are not written over by whoever claims to have them") {
  World world;
  const std::string content = content_of('l');
  world.to_form(content);
  settle({&world.in, &world.out});
  UploadCommand lie = upload_of(world.id, content, 0, 9);
  lie.content.assign(lie.content.size(), 'x');
  REQUIRE_FALSE(post_piece(world.out, lie).rejection);
  CHECK((stored(world.out, world.id, sha256(content)) == content));
}

TEST_CASE("a piece of the wrong size ends its upload") {
  World world;
  world.to_stopped();
  UploadCommand upload = upload_of(world.id, content_of('m'), 0);
  upload.content.pop_back();
  CHECK(post_piece(world.out, upload).rejection->refusal == Refusal::kAttachmentUnknown);
}

TEST_CASE("an upload is refused before its bytes come where nothing can be attached") {
  World world;
  world.to_form(content_of('n'));
  settle({&world.in, &world.out});
  CHECK(post_piece(world.in, upload_of(world.id, content_of('o'), 0)).rejection->refusal ==
        Refusal::kNotAllowedNow);
  CHECK(post_piece(world.in, upload_of(case_number(2), content_of('o'), 0)).rejection->refusal ==
        Refusal::kUnknownCase);
}

TEST_CASE("attaching without an upload needs a file of the case that is here") {
  World world;
  const std::string content = content_of('p');
  world.to_form(content);
  settle({&world.in, &world.out});
  v1::ActionInput input;
  input.mutable_attachment()->set_sha256(hex(sha256("never seen")));
  CHECK(world.out.act(EventKind::kAttach, world.id, input).rejection->refusal ==
        Refusal::kAttachmentInvalid);
  input.mutable_attachment()->set_sha256(hex(sha256(content)));
  REQUIRE_FALSE(world.out.act(EventKind::kAttach, world.id, input).rejection);
  CHECK(world.out.subject(world.id).attachments.back().name == "form.pdf");
  CHECK(world.out.subject(world.id).attachments.back().size == content.size());
}

TEST_CASE("with the disk low nothing is uploaded, and nothing fetched until there is room") {
  World world;
  const std::string content = content_of('q');
  world.to_stopped();
  world.out.engine->kernel().set_room(Room::kLow);
  CHECK(upload(world.out, world.id, content).rejection->refusal == Refusal::kStorageLow);
  world.out.engine->kernel().set_room(Room::kAmple);
  world.in.engine->kernel().set_room(Room::kLow);
  REQUIRE_FALSE(upload(world.out, world.id, content).rejection);
  world.act(world.out, EventKind::kIssueForm);
  CHECK(stored(world.in, world.id, sha256(content)).empty());
  world.in.engine->kernel().set_room(Room::kAmple);
  for (int i = 0; i < 30; ++i) world.pass(1'000);
  CHECK((stored(world.in, world.id, sha256(content)) == content));
}

// Our own file that our store has lost: the peer is asked for it, and somebody uploads it again.
TEST_CASE("a peer that gives back a file of ours wrongly does no harm to its upload") {
  const uint32_t uploaded = GENERATE(range(0u, 4u));  // pieces, before the peer's come
  World world;
  const std::string content = content_of('u');
  const Digest file = sha256(content);
  world.to_stopped();
  const auto backup = world.out.store->clone();
  world.to_form_of(content);
  world.deliver();
  world.out.engine.reset();
  world.out.store = backup->clone();
  world.out.store_complete = false;
  world.out.sent.clear();
  world.out.restart();
  for (int i = 0; i < 60; ++i) {
    for (Site* site : {&world.in, &world.out}) site->now = site->now.plus_ms(1'000);
    world.deliver(is_piece);
  }
  REQUIRE(content_state(world.out, world.id) == Attachment::Content::kMissing);
  // Until it asks, just now.
  const auto asks = [&] { return std::ranges::count(world.out.trace, "send want"); };
  for (const auto before = asks(); asks() == before;) {
    world.out.now = world.out.now.plus_ms(1'000);
    world.deliver(is_piece);
  }
  const auto give_back = [&](std::string_view bytes) {
    for (uint32_t n = 0; n < piece_count(content.size()); ++n) {
      const PieceFrame piece{
          world.id, file, n,
          std::string(bytes.substr(n * limits::kPieceBytes, limits::kPieceBytes))};
      world.out.hear(in_site(), Lane::kReply, encode(piece));
    }
    while (world.out.commit()) {
    }
  };
  const uint32_t pieces = piece_count(content.size());
  for (uint32_t n = 0; n < uploaded; ++n) {
    REQUIRE_FALSE(post_piece(world.out, upload_of(world.id, content, n)).rejection);
  }
  give_back(content_of('w'));
  Answer answer;
  for (uint32_t n = uploaded; n < pieces && !answer.rejection; ++n) {
    answer = post_piece(world.out, upload_of(world.id, content, n));
  }
  if (answer.rejection) REQUIRE_FALSE(upload(world.out, world.id, content, 2).rejection);
  give_back(content_of('x'));
  CHECK(content_state(world.out, world.id) == Attachment::Content::kHere);
  CHECK((stored(world.out, world.id, file) == content));
}

}  // namespace attachment_test
