// Two agencies with a case whose forms name files, and one alone whose peer is made by hand.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/attachments/attachment_store.h"
#include "daemon/trust/suite.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

namespace jiexu {

// Two pieces and a half.
inline constexpr size_t kSize = limits::kPieceBytes * 5 / 2;

inline std::string content_of(char seed, size_t size = kSize) {
  std::string out(size, '\0');
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>(seed + i * i / 7);
  return out;
}

inline std::string hex(const Digest& digest) {
  return to_hex(view(digest));
}

inline UploadCommand upload_of(const CaseId& id, const std::string& content, uint32_t piece,
                               uint64_t session = 1) {
  auto file = std::make_shared<v1::AttachmentInput>();
  file->set_sha256(hex(sha256(content)));
  file->set_size(content.size());
  file->set_name("form.pdf");
  file->set_media_type("application/pdf");
  return {id, file, session, piece,
          content.substr(piece * limits::kPieceBytes, limits::kPieceBytes)};
}

inline Answer post_piece(Site& site, const UploadCommand& upload) {
  const size_t before = site.answers.size();
  site.post(upload);
  while (site.answers.size() == before) REQUIRE(site.commit());
  return site.answers.back();
}

inline Answer upload(Site& site, const CaseId& id, const std::string& content,
                     uint64_t session = 1) {
  Answer answer;
  for (uint32_t piece = 0; piece < piece_count(content.size()); ++piece) {
    answer = post_piece(site, upload_of(id, content, piece, session));
    if (answer.rejection) break;
  }
  return answer;
}

struct World {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);

  World() { settle({&in, &out}); }

  Answer act(Site& site, EventKind action) {
    const Case subject = action == EventKind::kApply ? Case() : site.subject(id);
    Answer answer = site.act(action, id, sound_input(subject, action));
    settle({&in, &out});
    return answer;
  }

  void to_stopped() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      REQUIRE_FALSE(act(in, action).rejection);
    }
    for (const EventKind action : {EventKind::kAcceptLetter, EventKind::kStopInsurance}) {
      REQUIRE_FALSE(act(out, action).rejection);
    }
  }

  // Up to a form that names the file, without anything delivered.
  void to_form(const std::string& content) {
    to_stopped();
    to_form_of(content);
  }

  // The same, in a case whose insurance is stopped.
  void to_form_of(const std::string& content) {
    REQUIRE_FALSE(upload(out, id, content).rejection);
    const Case subject = out.subject(id);
    REQUIRE_FALSE(
        out.act(EventKind::kIssueForm, id, sound_input(subject, EventKind::kIssueForm)).rejection);
  }

  // Delivers until `done` says so, or nothing moves any more; time stands still.
  void deliver(const std::function<bool(const SentFrame&)>& lose = nullptr) {
    for (bool busy = true; busy;) {
      busy = false;
      for (auto [from, to] : {std::pair(&in, &out), std::pair(&out, &in)}) {
        from->wake();
        busy |= from->commit();
        while (!from->sent.empty()) {
          const SentFrame frame = from->sent.front();
          from->sent.pop_front();
          busy = true;
          const bool lost = frame.peer != to->self || (lose && lose(frame));
          if (!lost) to->hear(from->self, frame.lane, frame.bytes);
        }
      }
    }
  }

  void pass(int64_t ms) {
    for (Site* site : {&in, &out}) {
      site->now = site->now.plus_ms(ms);
      site->wake();
    }
    settle({&in, &out});
  }
};

// The file as the site's store holds it.
inline std::string stored(const Site& site, const CaseId& id, const Digest& file) {
  std::string out;
  for (uint32_t n = 0;; ++n) {
    const auto piece = read_piece(site.records(), id, file, n);
    REQUIRE(piece);
    if (!*piece) return out;
    out += **piece;
  }
}

inline bool is_piece(const SentFrame& frame) {
  v1::LinkFrame parsed;
  return parsed.ParseFromString(frame.bytes) && parsed.has_piece();
}

inline Attachment::Content content_state(const Site& site, const CaseId& id) {
  REQUIRE(site.subject(id).attachments.size() == 1);
  return site.subject(id).attachments[0].content;
}

// A form of the transfer-out agency that names a file of this size and hash.
inline v1::Message form_naming(const Site& in, const CaseId& id, const Digest& file,
                               uint64_t size) {
  v1::Message message = sound_message(in.subject(id), EventKind::kInfoFormIn);
  v1::Attachment& named = *message.mutable_information_form()->add_attachments();
  named.set_sha256(std::string(view(file)));
  named.set_size(size);
  named.set_name("form.pdf");
  named.set_media_type("application/pdf");
  return message;
}

// A transfer-in agency whose peer is made by hand.
struct Alone {
  Site in{in_site(), kNow};
  Forger peer{out_site(), in};
  CaseId id = case_number(1);

  Alone() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      REQUIRE_FALSE(in.act(action, id, sound_input(Case(), action)).rejection);
    }
    in.wake();
    peer.receipt(kNow);
    v1::Message accept = sound_message(in.subject(id), EventKind::kLetterAcceptIn);
    peer.deliver(accept);
    while (in.commit()) {
    }
  }

  void take_form(const Digest& file, uint64_t size) {
    peer.deliver(form_naming(in, id, file, size));
    go_on();
  }

  void go_on() {
    do {
      in.wake();
    } while (in.commit());
  }

  // Some seconds at a time, as in life: the peer is of an earlier version, to which an idle link is
  // opened every 5 s.
  void pass(int64_t ms) {
    for (int64_t left = ms; left > 0; left -= 3'000) {
      in.now = in.now.plus_ms(3'000);
      go_on();
      if (in.peer(out_site()).sender().state() == Sender::State::kOpening) peer.receipt(in.now);
      go_on();
    }
  }

  void piece(const Digest& file, uint32_t n, std::string content) {
    in.hear(out_site(), Lane::kReply, encode(PieceFrame{id, file, n, std::move(content)}));
    go_on();
  }

  // Numbers of the pieces that were asked for since the last call.
  std::string wanted() {
    std::string out;
    for (const SentFrame& frame : in.sent) {
      v1::LinkFrame parsed;
      REQUIRE(parsed.ParseFromString(frame.bytes));
      if (parsed.has_want()) out += std::to_string(parsed.want().piece()) + " ";
    }
    in.sent.clear();
    return out;
  }
};

}  // namespace jiexu
