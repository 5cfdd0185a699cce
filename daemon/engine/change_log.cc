#include "daemon/engine/change_log.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kDeletedAtOnce = 500;
constexpr int64_t kLookMs = 60'000;

// Whether it is a key of the kind; `rest` is then what follows on its prefix.
bool is_of(layout::Kind kind, std::string_view key, std::string_view& rest) {
  const layout::KindRow& row = layout::row_of(kind);
  if (key.size() != row.size || !key.starts_with(row.prefix)) return false;
  rest = key.substr(row.prefix.size());
  return true;
}

uint32_t seconds_of(Instant at) {
  return static_cast<uint32_t>(at.ms / 1000);
}

// The kinds of record that a family holds, and what a change of one is.
struct Told {
  layout::Kind kind;
  Topic topic;
};
constexpr Told kOfFunds[] = {{layout::Kind::kBankLine, Topic::kBankLine},
                             {layout::Kind::kPayment, Topic::kPayment},
                             {layout::Kind::kRemittanceBatch, Topic::kBatch},
                             {layout::Kind::kBankFile, Topic::kBankFile}};
constexpr Told kOfIndex[] = {{layout::Kind::kException, Topic::kException},
                             {layout::Kind::kProposedLineAct, Topic::kProposal},
                             {layout::Kind::kProposedRelease, Topic::kProposal}};
constexpr Told kOfQuarantine[] = {{layout::Kind::kQuarantine, Topic::kQuarantine}};

std::span<const Told> told_of(Family family) {
  switch (family) {
    case Family::kFunds: return kOfFunds;
    case Family::kIndex: return kOfIndex;
    case Family::kQuarantine: return kOfQuarantine;
    default: return {};
  }
}

// `rest`: of the key, behind the kind's prefix.
Change change_of(layout::Kind kind, std::string_view rest) {
  Change out;
  out.subject = subject_of(rest);
  switch (kind) {
    case layout::Kind::kPayment:
      out.side = Side::kOut;
      out.what =
          static_cast<uint8_t>(std::min<uint32_t>(read_u32(rest.substr(CaseId::kSize)), UINT8_MAX));
      break;
    case layout::Kind::kRemittanceBatch: out.subject = pack_digits(rest); break;
    case layout::Kind::kException:
      out.what = static_cast<uint8_t>(rest[0]);
      out.subject = subject_of(rest.substr(1 + sizeof(uint64_t)));
      break;
    case layout::Kind::kProposedLineAct: out.what = kAboutLine; break;
    case layout::Kind::kProposedRelease:
      out.what = kAboutRelease;
      out.side = Side::kOut;
      break;
    case layout::Kind::kQuarantine:
      out.peer = AgencyId::parse(rest.substr(0, AgencyId::kSize));
      out.subject = subject_of(rest.substr(AgencyId::kSize));
      break;
    default: break;
  }
  return out;
}

}  // namespace

Result<ChangeLog::Record> ChangeLog::read(std::string_view key, std::string_view value) {
  TRY(const auto place, layout::parse_changes_key(key));
  const auto changes = ChangesView::parse(value);
  if (!changes || changes->size() == 0) return Record{{place.epoch, place.lsn, 0}, {0}, 0, false};
  return Record{{place.epoch, place.lsn, changes->size() - 1}, changes->at(), changes->before()};
}

Result<void> ChangeLog::start(Moment now) {
  std::optional<Record> last;
  Result<void> readable;
  const auto first_into = [&](std::optional<Record>& out) {
    return [&](std::string_view key, std::string_view value) {
      auto record = read(key, value);
      record ? void(out = *record) : void(readable = tl::unexpected(record.error()));
      return false;
    };
  };
  const std::string_view all = layout::kAllChanges;
  const std::string end = layout::prefix_end(all);
  TRY_DO(tx_.store().scan(Family::kAudit, all, end, first_into(oldest_)));
  TRY_DO(tx_.store().scan_back(Family::kAudit, all, end, first_into(last)));
  TRY_DO(readable);
  epoch_ = last ? last->last.epoch : seconds_of(now.wall);
  if (last) total_ = last->through();
  feed_.publish(last ? last->last : ChangePlace{epoch_, store_.lsn(), 0});
  if (oldest_ && oldest_->before > 0 && oldest_->last.epoch == epoch_) feed_.forget(oldest_->last);
  if (last && !last->readable) begin_epoch(now.wall);
  return {};
}

// It is on the disk with the first commit that follows, which also holds why it began: a crash
// before that leaves it to the next run, where the same is found.
void ChangeLog::begin_epoch(Instant now) {
  if (std::exchange(begun_, true)) return;
  epoch_ = std::max(epoch_ + 1, seconds_of(now));
  if (!in_flight_) feed_.publish({epoch_, store_.lsn(), 0});
  Change change;
  change.topic = Topic::kStore;
  note(change);
}

// --- what has changed ---

void ChangeLog::add(const Change& change) {
  append_change(change, changes_);
}

void ChangeLog::note(const Change& change) {
  add(change);
  kernel_.request_commit(Urgency::kLazy);
}

Result<void> ChangeLog::case_changed(const CaseChanged& change) {
  Change out;
  out.topic = Topic::kCase;
  out.what = static_cast<uint8_t>(change.kind);
  out.side = change.after->side;
  out.peer = change.after->peer;
  out.subject = subject_of(change.after->id.bytes());
  add(out);
  tell_proposals(change);
  return {};
}

void ChangeLog::tell_proposals(const CaseChanged& change) {
  const auto& now = change.after->proposals;
  if (now.empty() && change.before.proposals == 0) return;
  Change out;
  out.topic = Topic::kProposal;
  out.what = kAboutCase;
  out.side = change.after->side;
  out.peer = change.after->peer;
  out.subject = subject_of(change.after->id.bytes());
  const bool made = !now.empty() && now.back().number > change.before.newest_proposal;
  if (made) add(out);
  out.gone = true;
  if (now.size() < change.before.proposals + (made ? 1 : 0)) add(out);
}

void ChangeLog::find_in(const Batch::Op& op) {
  for (const Told& told : told_of(op.family)) {
    std::string_view rest;
    if (!is_of(told.kind, op.key, rest)) continue;
    Change change = change_of(told.kind, rest);
    change.topic = told.topic;
    change.gone = op.remove;
    return add_once(change);
  }
}

// A record may be written several times in a commit.
void ChangeLog::add_once(const Change& change) {
  std::string bytes;
  append_change(change, bytes);
  if (found_.insert(bytes).second) changes_ += bytes;
}

// --- commits ---

void ChangeLog::sealing() {
  const Batch& batch = tx_.open_batch();
  for (size_t i = 0; i < batch.size(); ++i) find_in(batch.op(i));
  found_.clear();
  if (changes_.empty()) return;
  const auto count = static_cast<uint32_t>(changes_.size() / kChangeBytes);
  // No other commit runs, so that this is the next one.
  in_flight_ = ChangePlace{epoch_, store_.lsn() + 1, count - 1};
  const Record record{*in_flight_, kernel_.moment().wall, total_};
  record_.clear();
  append_changes_head(record.at, record.before, record_);
  record_ += changes_;
  tx_.put(layout::changes_key({epoch_, in_flight_->lsn}), record_);
  total_ += count;
  changes_.clear();
  if (!oldest_) oldest_ = record;
}

void ChangeLog::landed(Moment /*now*/) {
  if (const auto through = std::exchange(in_flight_, std::nullopt)) feed_.publish(*through);
}

// --- forgetting ---

bool ChangeLog::is_old(const Record& record, Instant now) const {
  const bool too_late = record.at.plus_ms(bounds_.kept_ms) <= now;
  return too_late || total_ - record.through() >= bounds_.kept_max;
}

// A hundredth more than are kept, so that it need not be looked at with every commit.
bool ChangeLog::too_many() const {
  return total_ - oldest_->through() > bounds_.kept_max + bounds_.kept_max / 100;
}

int64_t ChangeLog::wait_ms(Moment now) const {
  if (!oldest_) return INT64_MAX;
  const int64_t by_age = oldest_->at.plus_ms(bounds_.kept_ms).ms - now.wall.ms;
  const int64_t by_look = looked_at_.plus_ms(kLookMs).ms - now.steady.ms;
  return std::max(too_many() ? 0 : by_age, by_look);
}

// All that is old goes but for the last record of it, which says where it ended. What was deleted a
// moment ago is not looked for again: the scan begins behind it.
Result<bool> ChangeLog::forget_old(Moment now) {
  std::vector<Record> old;
  Result<void> readable;
  const std::string from = layout::changes_key({oldest_->last.epoch, oldest_->last.lsn}).str();
  const std::string end = layout::prefix_end(layout::kAllChanges);
  TRY_DO(tx_.store().scan(Family::kAudit, from, end, [&](auto key, auto value) {
    const auto record = read(key, value);
    if (!record) {
      readable = tl::unexpected(record.error());
      return false;
    }
    if (!is_old(*record, now.wall)) return false;
    old.push_back(*record);
    return old.size() <= kDeletedAtOnce;
  }));
  TRY_DO(readable);
  const bool more = old.size() > kDeletedAtOnce;
  if (!more) looked_at_ = now.steady;
  if (old.size() < 2) return false;
  for (size_t i = 0; i + 1 < old.size(); ++i) {
    tx_.remove(layout::changes_key({old[i].last.epoch, old[i].last.lsn}));
  }
  oldest_ = old.back();
  if (oldest_->last.epoch == epoch_) feed_.forget(oldest_->last);
  return true;
}

}  // namespace jiexu
