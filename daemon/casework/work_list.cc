#include "daemon/casework/work_list.h"

#include <algorithm>
#include <memory>

#include "daemon/base/bytes.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"
#include "daemon/engine/scan_page.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr size_t kRowsPerLook = 64;

void add_keys(const Case& subject, const layout::OwnerHash& owner, std::vector<RecordKey>& keys) {
  for (const Deadline& deadline : subject.deadlines) {
    const auto kind = static_cast<uint8_t>(deadline.kind);
    keys.push_back(layout::duty_key({owner, deadline.due, subject.id, kind}));
  }
  if (subject.deadlines.empty()) {
    keys.push_back(layout::duty_key({owner, std::nullopt, subject.id, 0}));
  }
}

bool holds(const std::string& text, const Case& subject) {
  return subject.person.name().find(text) != std::string::npos ||
         subject.letter_number.find(text) != std::string::npos ||
         subject.person.document_number().ends_with(text);
}

bool fits(const WorkFilter& filter, const WorkRow& row) {
  const Case& subject = row.subject;
  if (filter.side && subject.side != *filter.side) return false;
  if (filter.peer && subject.peer != *filter.peer) return false;
  const std::string_view state = name(subject.relationship);
  if (!filter.states.empty() && std::ranges::find(filter.states, state) == filter.states.end()) {
    return false;
  }
  if (filter.duty && (!row.deadline || row.deadline->kind != *filter.duty)) return false;
  if (filter.ours && (!row.deadline || !is_ours(subject.side, row.deadline->kind))) {
    return false;
  }
  return filter.text.empty() || holds(filter.text, subject);
}

// One look through a part of the index.
class Look {
 public:
  Look(const Records& records, const WorkFilter& filter)
      : records_(records),
        filter_(filter),
        prefix_(layout::duties_of(filter.owner.empty() ? layout::OwnerHash()
                                                       : owner_hash(filter.owner))) {}

  Result<Scanned<layout::DutyKey>> next(const std::string& after) const {
    return scan_page<layout::DutyKey>(
        records_, {Family::kIndex, prefix_, after}, kRowsPerLook,
        [](std::string_view key, std::string_view) { return layout::parse_duty_key(key); });
  }

  // Behind the last day that was asked for.
  bool is_over(const layout::DutyKey& duty) const {
    return filter_.due_before && (!duty.due || *duty.due >= *filter_.due_before);
  }

  // nullopt: it is none of those that were asked for, or the case has gone on since.
  Result<std::optional<WorkRow>> read(const layout::DutyKey& duty) const {
    const auto kind = static_cast<DeadlineKind>(duty.kind);
    if (filter_.duty && kind != *filter_.duty) return std::nullopt;
    TRY(auto found, read_listed_case(records_, duty.id));
    if (!found || found->closed()) return std::nullopt;
    TRY_DO(show_delivery(records_, *found));
    WorkRow row{std::move(*found), std::nullopt};
    if (duty.kind != 0) {
      const Deadline* deadline = row.subject.deadline(kind);
      if (deadline == nullptr || deadline->due != duty.due) return std::nullopt;
      row.deadline = *deadline;
    }
    if (!fits(filter_, row)) return std::nullopt;
    return row;
  }

  bool knows(std::string_view key) const { return key.starts_with(prefix_); }

 private:
  const Records& records_;
  const WorkFilter& filter_;
  std::string prefix_;
};

}  // namespace

layout::OwnerHash owner_hash(std::string_view user) {
  layout::OwnerHash out;
  const Digest whole = sha256(user);
  std::copy_n(whole.begin(), out.size(), out.begin());
  return out;
}

std::vector<RecordKey> duty_keys(const Case& subject) {
  std::vector<RecordKey> keys;
  if (!subject.exists() || subject.closed()) return keys;
  add_keys(subject, {}, keys);
  if (!subject.assignee.empty()) add_keys(subject, owner_hash(subject.assignee), keys);
  return keys;
}

Result<WorkPage> list_work(const Records& records, const WorkFilter& filter, std::string_view after,
                           size_t limit, const std::function<bool()>& out_of_time) {
  const Look look(records, filter);
  const auto start = after.empty() ? std::string() : from_hex(after).value_or("");
  if (!after.empty() && (!layout::parse_duty_key(start) || !look.knows(start))) {
    return fail(Errc::kInvalid, "after: is not from `next` of this list");
  }
  WorkPage page;
  std::string last = start;
  while (true) {
    TRY(const auto keys, look.next(last));
    for (const layout::DutyKey& duty : keys.entries) {
      if (look.is_over(duty)) return page;
      if (page.rows.size() == limit) {
        page.next = to_hex(last);
        return page;
      }
      TRY(auto row, look.read(duty));
      if (row) page.rows.push_back(std::move(*row));
      last = layout::duty_key(duty).str();
      // After one look at least, so that each page leads further.
      if (out_of_time()) {
        page.out_of_time = true;
        page.next = to_hex(last);
        return page;
      }
    }
    if (!keys.more) return page;
  }
}

}  // namespace jiexu
