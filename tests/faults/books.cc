#include "tests/faults/books.h"

#include <algorithm>

#include "daemon/cases/event.h"
#include "daemon/casework/case_store.h"
#include "daemon/link/frame.h"

namespace jiexu::faults {
namespace {

using layout::Direction;

constexpr LedgerAccount kAccounts[] = {LedgerAccount::kFund,        LedgerAccount::kPayable,
                                       LedgerAccount::kInTransit,   LedgerAccount::kSettled,
                                       LedgerAccount::kRefunded,    LedgerAccount::kReceivable,
                                       LedgerAccount::kBank,        LedgerAccount::kSuspense,
                                       LedgerAccount::kOwedPersons, LedgerAccount::kCredited};

Result<void> add_frame(Books::Log& log, const LinkName& link, std::string_view bytes) {
  TRY(const auto batch, decode_batch(std::make_shared<const std::string>(bytes)));
  if (batch.first_seq != log.messages.size() + 1) {
    return fail(Errc::kCorrupt, "a hole in the log before " + std::to_string(batch.first_seq));
  }
  Digest head = log.messages.empty() ? chain_start(link) : log.heads[log.messages.size()];
  for (const std::string_view message : batch.messages) {
    log.messages.emplace_back(message);
    head = chain_next(head, log.messages.size(), message);
    log.heads[log.messages.size()] = head;
  }
  if (head != batch.head) return fail(Errc::kCorrupt, "the chain of the log is broken");
  return {};
}

Result<Books::Log> read_log(const Records& records, const LinkName& link, AgencyId peer,
                            Direction direction) {
  Books::Log log;
  Result<void> added;
  const Key first = layout::link_log_key(peer, direction, 0, 0);
  const Key last = layout::link_log_key(peer, direction, ~Epoch{}, ~Seq{});
  const auto scanned =
      records.scan(Family::kLinkLog, first, last, [&](std::string_view, std::string_view value) {
        added = add_frame(log, link, value);
        return added.has_value();
      });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!added) return tl::unexpected(added.error());
  return log;
}

std::string describe(const Case& subject, const std::vector<v1::TimelineRecord>& timeline) {
  std::vector<std::string> events;
  for (const auto& entry : timeline) {
    events.emplace_back(name(static_cast<EventKind>(entry.event())));
  }
  // Money and its notice may come in either order.
  std::sort(events.begin(), events.end());
  std::string text =
      std::string(name(subject.relationship)) + "/" + std::string(name(subject.funds)) + " moved " +
      subject.moved.yuan() + " credited " + subject.credited.yuan() + " form " +
      std::to_string(subject.form_version) + " attempt " + std::to_string(subject.attempt) + ":";
  for (const std::string& event : events) text += " " + event;
  return text;
}

Result<void> read_cases(const Records& records, Books& books) {
  TRY(const auto page, list_cases(records, false, std::nullopt, 100'000));
  for (const Case& subject : page.cases) {
    const auto timeline = read_timeline(records, subject.id);
    if (!timeline) return tl::unexpected(timeline.error());
    if (timeline->size() != subject.timeline_count) {
      return fail(Errc::kCorrupt, "a case's timeline has not the length that the case says");
    }
    books.cases[subject.id] = {subject.revision, describe(subject, *timeline)};
  }
  return {};
}

Result<void> read_money(const Records& records, AgencyId peer, Books& books) {
  for (const LedgerAccount account : kAccounts) {
    TRY(const auto record,
        records.get_message<v1::AccountRecord>(
            Family::kFunds, layout::account_key(peer, static_cast<uint8_t>(account))));
    books.balances[account] = record ? record->balance_fen() : 0;
  }
  return records.scan(Family::kFunds, "B", "C", [&](std::string_view, std::string_view value) {
    v1::BankLineRecord record;
    record.ParseFromArray(value.data(), static_cast<int>(value.size()));
    books.bank_lines.insert(record.line().host_sequence());
    return true;
  });
}

}  // namespace

Result<Books> read_books(const Records& records, AgencyId self, AgencyId peer) {
  Books books;
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    const bool out = direction == Direction::kOut;
    TRY(auto log,
        read_log(records, out ? LinkName{self, peer} : LinkName{peer, self}, peer, direction));
    books.logs[direction] = std::move(log);
  }
  TRY_DO(read_cases(records, books));
  TRY_DO(read_money(records, peer, books));
  const auto counted = records.scan(Family::kQuarantine, "", layout::prefix_end(""),
                                    [&](std::string_view, std::string_view) {
                                      ++books.quarantined;
                                      return true;
                                    });
  if (!counted) return tl::unexpected(counted.error());
  return books;
}

void Promises::frame_left(const std::string& bytes) {
  const auto frame = decode_frame(std::make_shared<const std::string>(bytes));
  if (!frame) return;
  if (const auto* batch = std::get_if<BatchFrame>(&*frame)) {
    heads_[Direction::kOut][batch->last_seq()] = batch->head;
  } else if (const auto* receipt = std::get_if<Receipt>(&*frame)) {
    heads_[Direction::kIn][receipt->through] = receipt->head;
  } else if (const auto* opened = std::get_if<OpenedFrame>(&*frame)) {
    heads_[Direction::kIn][opened->receipt.through] = opened->receipt.head;
  }
}

void Promises::case_answered(const CaseId& id, uint64_t revision) {
  uint64_t& told = revisions_[id];
  told = std::max(told, revision);
}

std::vector<std::string> Promises::broken(const Books& books) const {
  std::vector<std::string> out;
  for (const auto& [direction, promised] : heads_) {
    const auto& kept = books.logs.at(direction).heads;
    for (const auto& [seq, head] : promised) {
      if (seq == 0) continue;
      const auto it = kept.find(seq);
      const std::string what = (direction == Direction::kIn ? "receipted" : "sent") +
                               std::string(" message ") + std::to_string(seq);
      if (it == kept.end()) out.push_back(what + " is not in the log");
      if (it != kept.end() && it->second != head) out.push_back(what + " is another one");
    }
  }
  for (const auto& [id, revision] : revisions_) {
    const auto it = books.cases.find(id);
    if (it == books.cases.end() || it->second.revision < revision) {
      out.push_back("an answered step of case " + id.str() + " is gone");
    }
  }
  for (const std::string& line : bank_lines_) {
    if (!books.bank_lines.contains(line)) out.push_back("an answered bank line is gone");
  }
  return out;
}

size_t Promises::size() const {
  size_t count = revisions_.size() + bank_lines_.size();
  for (const auto& [direction, promised] : heads_) count += promised.size();
  return count;
}

std::vector<std::string> compare_logs(const Books& a, const Books& b) {
  std::vector<std::string> out;
  for (const auto& [here, there] :
       {std::pair{Direction::kOut, Direction::kIn}, std::pair{Direction::kIn, Direction::kOut}}) {
    if (a.logs.at(here).messages != b.logs.at(there).messages) {
      out.push_back("the two agencies' logs differ");
    }
  }
  return out;
}

std::vector<std::string> compare_ends(const Books& run, const Books& reference) {
  std::vector<std::string> out;
  if (run.cases.size() != reference.cases.size()) out.push_back("another number of cases");
  for (const auto& [id, file] : reference.cases) {
    const auto it = run.cases.find(id);
    if (it == run.cases.end()) continue;
    if (it->second.text != file.text) {
      out.push_back("case " + id.str() + " is\n  " + it->second.text + "\nnot\n  " + file.text);
    }
  }
  if (run.balances != reference.balances) out.push_back("the ledger differs");
  if (run.bank_lines != reference.bank_lines) out.push_back("other bank lines");
  if (run.quarantined != 0) out.push_back("messages in quarantine");
  int64_t sum = 0;
  for (const auto& [account, fen] : run.balances) sum += fen;
  if (sum != 0) out.push_back("the ledger does not add up to zero");
  return out;
}

}  // namespace jiexu::faults
