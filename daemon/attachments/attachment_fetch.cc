#include "daemon/attachments/attachment_fetch.h"

#include <algorithm>
#include <utility>

#include "daemon/attachments/attachment_store.h"
#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"
#include "daemon/casework/case_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

using Content = Attachment::Content;

constexpr Steady kNever{INT64_MAX};
// Without a piece for this long, those on their way count as lost.
constexpr int64_t kPatienceMs = 5'000;
constexpr int kSilencesMax = 3;
// While others wait, a turn has to bring so many pieces: 52 kB/s, a fifth of a line of 2 Mbit/s.
constexpr int64_t kTurnMs = 30'000;
constexpr uint32_t kPiecesPerTurn = 12;
// What a peer did not have, or had damaged, is asked for again.
constexpr int64_t kRoundMs = 20'000;

// Once, however often it is asked for again.
bool is_news(const Case& subject, const Digest& file, Attachment::Content content) {
  return std::ranges::any_of(subject.attachments, [&](const Attachment& attachment) {
    return attachment.sha256 == file && attachment.content != content;
  });
}

}  // namespace

AttachmentFetch::AttachmentFetch(Transaction& tx, CaseService& cases, const LinkGuard& guard,
                                 Transport& transport, EngineObserver& observer,
                                 ComesFromHere comes_from_here)
    : tx_(tx),
      cases_(cases),
      guard_(guard),
      transport_(transport),
      observer_(observer),
      comes_from_here_(std::move(comes_from_here)) {}

// One seek for each peer of which something is wanted.
Result<void> AttachmentFetch::look_at_all(Steady now) {
  next_round_ = kNever;
  std::string from = layout::wanted_attachments_prefix(std::nullopt).str();
  const std::string end = layout::prefix_end(from);
  while (true) {
    std::optional<Result<layout::WantedAttachment>> found;
    const auto done =
        tx_.scan(Family::kIndex, from, end, [&](std::string_view key, std::string_view) {
          found = layout::parse_wanted_attachment_key(key);
          return false;
        });
    if (!done) return done;
    if (!found) return {};
    if (!*found) return tl::unexpected(found->error());
    lines_.try_emplace((*found)->peer);
    next_round_ = now.plus_ms(kRoundMs);
    from = layout::prefix_end(layout::wanted_attachments_prefix((*found)->peer));
  }
}

// None if their removal is on its way to the disk.
Result<uint32_t> AttachmentFetch::pieces_here(const CaseId& id, const Digest& file) {
  const auto stored = stored_pieces(tx_.durable(), id, file);
  if (!stored || *stored == 0) return stored;
  TRY(const auto last, read_piece(tx_.records(), id, file, *stored - 1));
  return last ? *stored : 0;
}

Result<bool> AttachmentFetch::begin(AgencyId peer, const layout::WantedAttachment& wanted,
                                    Steady now) {
  TRY(const auto subject, read_case(tx_.records(), wanted.id));
  if (!subject || subject->attachments.size() < wanted.n || wanted.n == 0) return false;
  const Attachment& attachment = subject->attachments[wanted.n - 1];
  if (!is_wanted(attachment)) return false;  // told already, and not durable yet
  next_round_ = std::min(next_round_, now.plus_ms(kRoundMs));
  if (comes_from_here_(wanted.id, attachment.sha256)) return false;
  TRY(const auto stored, pieces_here(wanted.id, attachment.sha256));
  Pull pull;
  pull.id = wanted.id;
  pull.file = attachment.sha256;
  pull.size = attachment.size;
  pull.pieces = piece_count(attachment.size);
  pull.have = pull.closed = pull.durable = pull.asked = std::min(stored, pull.pieces);
  pull.resumed = pull.have > 0;
  pull.hash = std::make_unique<Sha256>();
  begin_turn(pull, now);
  ask(peer, pull, now);
  pulls_.insert_or_assign(peer, std::move(pull));
  return true;
}

Result<bool> AttachmentFetch::begin_next(AgencyId peer, Line& line, Steady now) {
  while (true) {
    const std::string prefix = layout::wanted_attachments_prefix(peer).str();
    // The smallest key above the last one is that and a zero byte.
    const std::string from = line.after.empty() ? prefix : line.after + std::string(1, '\0');
    line.after.clear();
    const auto done = tx_.scan(Family::kIndex, from, layout::prefix_end(prefix),
                               [&](std::string_view key, std::string_view) {
                                 line.after = key;
                                 return false;
                               });
    if (!done) return tl::unexpected(done.error());
    if (line.after.empty() && !std::exchange(line.fresh, false)) return false;
    if (line.after.empty()) continue;
    TRY(const auto wanted, layout::parse_wanted_attachment_key(line.after));
    const auto begun = begin(peer, wanted, now);
    if (!begun || *begun) return begun;
  }
}

// In turn, from the one after the last.
Result<void> AttachmentFetch::begin_some(Steady now) {
  for (size_t left = lines_.size(); left > 0 && is_place_free(); --left) {
    auto it = lines_.upper_bound(last_begun_);
    if (it == lines_.end()) it = lines_.begin();
    const AgencyId peer = last_begun_ = it->first;
    if (is_active(peer)) continue;
    const bool ready = guard_.may_ask(peer);
    // Wanted when the peer could not be asked, perhaps for a recovery, whose end nobody tells here.
    if (!ready) next_round_ = std::min(next_round_, now.plus_ms(kRoundMs));
    const auto parked = pulls_.find(peer);
    if (ready && parked != pulls_.end()) {
      begin_turn(parked->second, now);
      ask(peer, parked->second, now);
      continue;
    }
    TRY(const auto begun, ready ? begin_next(peer, it->second, now) : false);
    if (!begun) lines_.erase(it);
  }
  return {};
}

// Of what an earlier run has stored.
Result<void> AttachmentFetch::catch_up(Pull& pull) {
  TRY(const auto content, read_piece(tx_.durable(), pull.id, pull.file, pull.hashed));
  if (!content) {
    restart(pull);
    return {};
  }
  pull.hash->add(*content);
  pull.hashed += 1;
  return {};
}

void AttachmentFetch::restart(Pull& pull) {
  remove_pieces(tx_, pull.id, pull.file, pull.pieces);
  pull.have = pull.closed = pull.durable = pull.asked = pull.hashed = 0;
  pull.resumed = false;
  pull.hash = std::make_unique<Sha256>();
}

void AttachmentFetch::ask(AgencyId peer, Pull& pull, Steady now) {
  if (pull.parked || pull.hashed < pull.have) return;
  const uint32_t end = std::min(pull.pieces, pull.durable + limits::kPiecesAsked);
  if (pull.asked < end && pull.asked == pull.have) pull.patience = now.plus_ms(kPatienceMs);
  for (; pull.asked < end; ++pull.asked) {
    transport_.send(peer, Lane::kForward, share(encode(WantFrame{pull.id, pull.file, pull.asked})));
  }
}

Result<bool> AttachmentFetch::tell_case(const Pull& pull, Attachment::Content content, Moment now) {
  TRY(const auto subject, cases_.load(pull.id, now.wall));
  if (subject == nullptr || !is_news(*subject, pull.file, content)) return false;
  Event event;
  event.kind = content == Content::kHere   ? EventKind::kAttachmentHere
               : content == Content::kGone ? EventKind::kAttachmentGone
                                           : EventKind::kAttachmentDamaged;
  event.at = now.wall;
  event.actor = kLinkActor;
  event.attachment = pull.file;
  TRY(const auto outcome, cases_.apply(*subject, event));
  return outcome.has_value();
}

// All pieces are here. REQUIRES: all are hashed.
Result<bool> AttachmentFetch::finish(AgencyId peer, Pull& pull, Moment now) {
  if (pull.hash->digest() == pull.file) {
    auto told = tell_case(pull, Content::kHere, now);
    pulls_.erase(peer);
    return told;
  }
  const bool once_more = pull.resumed;
  restart(pull);
  if (once_more) {
    ask(peer, pull, now.steady);
    return true;
  }
  TRY(const auto told, tell_case(pull, Content::kDamaged, now));
  if (told) {
    observer_.alarm(
        peer, "case " + pull.id.str() + ": a file that came is not the one that its message names");
  }
  pulls_.erase(peer);
  return true;
}

bool AttachmentFetch::out_of_patience(Pull& pull, AgencyId peer, Steady now) {
  if (pull.parked || now < pull.patience || pull.hashed < pull.have) return false;
  // What waits for our own disk is no silence of the peer.
  if (pull.asked > pull.have && ++pull.silences >= kSilencesMax) return true;
  pull.asked = pull.have;
  pull.patience = now.plus_ms(kPatienceMs);
  ask(peer, pull, now);
  return false;
}

bool AttachmentFetch::is_active(AgencyId peer) const {
  const auto it = pulls_.find(peer);
  return it != pulls_.end() && !it->second.parked;
}

bool AttachmentFetch::is_place_free() const {
  const auto active =
      std::ranges::count_if(pulls_, [](const auto& pull) { return !pull.second.parked; });
  return static_cast<size_t>(active) < limits::kFetchingPeersMax;
}

bool AttachmentFetch::others_wait() const {
  return std::ranges::any_of(lines_, [&](const auto& line) { return !is_active(line.first); });
}

void AttachmentFetch::begin_turn(Pull& pull, Steady now) {
  pull.parked = false;
  pull.silences = 0;
  pull.patience = now.plus_ms(kPatienceMs);
  pull.turn_ends = now.plus_ms(kTurnMs);
  pull.at_turn = pull.have;
}

// The turn is over, it has brought next to nothing, and another peer waits for the place.
bool AttachmentFetch::must_give_way(Pull& pull, Steady now) {
  if (pull.parked || now < pull.turn_ends) return false;
  const bool slow = pull.have - pull.at_turn < kPiecesPerTurn;
  if (slow && !is_place_free() && others_wait()) return true;
  pull.turn_ends = now.plus_ms(kTurnMs);
  pull.at_turn = pull.have;
  return false;
}

Result<bool> AttachmentFetch::go_on(Moment now) {
  if (now.steady >= next_round_) {
    TRY_DO(look_at_all(now.steady));
  }
  bool wrote = false;
  for (auto it = pulls_.begin(); it != pulls_.end();) {
    const auto [peer, pull] = std::pair<AgencyId, Pull&>(it->first, it->second);
    ++it;  // it may be erased
    if (pull.hashed < pull.have) {
      TRY_DO(catch_up(pull));
      if (pull.hashed == pull.have && pull.have < pull.pieces) ask(peer, pull, now.steady);
      if (pull.hashed < pull.have || pull.have < pull.pieces) continue;
      TRY_DO(finish(peer, pull, now));
      wrote = true;
    } else if (out_of_patience(pull, peer, now.steady)) {
      lines_.erase(peer);  // nobody is there; the next round asks again
      pulls_.erase(peer);
    } else if (must_give_way(pull, now.steady)) {
      pull.parked = true;
      lines_.try_emplace(peer);
    }
  }
  TRY_DO(begin_some(now.steady));
  return wrote;
}

Steady AttachmentFetch::next_wake() const {
  Steady next = next_round_;
  for (const auto& [peer, pull] : pulls_) {
    const Steady due = pull.parked ? kNever : std::min(pull.patience, pull.turn_ends);
    next = std::min(next, pull.hashed < pull.have ? Steady{0} : due);
  }
  return others_wait() && is_place_free() ? Steady{0} : next;
}

Result<bool> AttachmentFetch::receive(AgencyId peer, const PieceFrame& piece, Moment now) {
  const auto it = pulls_.find(peer);
  const bool known =
      it != pulls_.end() && it->second.id == piece.id && it->second.file == piece.file;
  if (!known || piece.piece >= it->second.asked) {
    observer_.frame_refused(peer, "a piece of a file that was not asked for");
    return false;
  }
  Pull& pull = it->second;
  if (pull.hashed < pull.have || piece.piece != pull.have) return false;  // twice, or one was lost
  if (piece.content.empty()) {
    const auto told = tell_case(pull, Content::kGone, now);
    pulls_.erase(it);
    return told;
  }
  if (piece.content.size() != piece_size(pull.size, piece.piece)) {
    observer_.frame_refused(peer, "a piece of a file has another size than it must");
    return false;
  }
  put_piece(tx_, pull.id, pull.file, pull.have, piece.content);
  pull.hash->add(piece.content);
  pull.have += 1;
  pull.hashed += 1;
  pull.silences = 0;
  pull.patience = now.steady.plus_ms(kPatienceMs);
  if (pull.have < pull.pieces) return true;
  TRY_DO(finish(peer, pull, now));
  return true;
}

void AttachmentFetch::give_way(const CaseId& id, const Digest& file) {
  std::erase_if(pulls_,
                [&](const auto& pull) { return pull.second.id == id && pull.second.file == file; });
}

void AttachmentFetch::sealing() {
  wanted_closed_ = cases_.take_wanted();
  for (auto& [peer, pull] : pulls_) pull.closed = pull.have;
}

void AttachmentFetch::landed(Moment) {
  for (const AgencyId peer : std::exchange(wanted_closed_, {})) lines_[peer].fresh = true;
  for (auto& [peer, pull] : pulls_) {
    pull.durable = pull.closed;
    ask(peer, pull, Steady{pull.patience.ms - kPatienceMs});
  }
}

}  // namespace jiexu
