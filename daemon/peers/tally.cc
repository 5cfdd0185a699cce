#include "daemon/peers/tally.h"

#include <algorithm>

#include "daemon/base/limits.h"

namespace jiexu {

Tally::Tally(const v1::TallyRecord& record) : from_(record.from()) {
  const int known = std::min(record.kinds_size(), record.counts_size());
  for (int i = 0; i < known; ++i) {
    if (record.kinds(i) < kKinds) counts_[record.kinds(i)] = record.counts(i);
  }
}

std::vector<v1::KindCount> Tally::counts() const {
  std::vector<v1::KindCount> out;
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    if (counts_[kind] == 0) continue;
    out.emplace_back();
    out.back().set_kind(kind);
    out.back().set_count(counts_[kind]);
  }
  return out;
}

void Tally::write(v1::TallyRecord* record) const {
  record->set_from(from_);
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    if (counts_[kind] == 0) continue;
    record->add_kinds(kind);
    record->add_counts(counts_[kind]);
  }
}

Said::Said(const v1::SaidRecord& record)
    : tally(record.tally()),
      last_seq(record.last_seq()),
      day(record.day()),
      part(record.part()),
      whole(record.whole()),
      through(CaseId::from_bytes(record.through()).value_or(CaseId())),
      first_part_seq(record.first_part_seq()),
      last_part_seq(record.last_part_seq()),
      unknown_there(record.unknown_there()) {}

v1::SaidRecord Said::to_record() const {
  v1::SaidRecord record;
  tally.write(record.mutable_tally());
  record.set_last_seq(last_seq);
  record.set_day(day);
  record.set_part(part);
  record.set_whole(whole);
  if (!whole) record.set_through(through.bytes().data(), CaseId::kSize);
  record.set_first_part_seq(first_part_seq);
  record.set_last_part_seq(last_part_seq);
  record.set_unknown_there(unknown_there);
  return record;
}

void Said::wrote(const v1::Message& message, Seq seq) {
  if (!message.has_daily_statement()) {
    tally.add(message.body_case());
    last_seq = seq;
    return;
  }
  const v1::DailyStatement& statement = message.daily_statement();
  day = statement.day();
  part = statement.part();
  whole = statement.last();
  if (part == 1) first_part_seq = seq;
  last_part_seq = seq;
  if (!statement.rows().empty()) {
    through = CaseId::from_bytes(statement.rows().rbegin()->case_id()).value_or(CaseId());
  }
  if (whole) tally = Tally(seq + 1);
}

void Said::gave_up_after(Seq seq) {
  tally = Tally(seq + 1);
  last_seq = std::min(last_seq, seq);
  if (last_part_seq <= seq) return;
  day = 0;
  whole = true;
  first_part_seq = last_part_seq = 0;
}

Heard::Heard(const v1::HeardRecord& record)
    : tally(record.tally()),
      set_aside_total(record.set_aside_total()),
      whole_day(record.whole_day()),
      day(record.day()),
      part(record.part()),
      through(CaseId::from_bytes(record.through()).value_or(CaseId())) {
  for (const v1::SetAsideRecord& message : record.set_aside()) {
    set_aside.push_back({message.seq(), message.kind(), message.code()});
  }
}

v1::HeardRecord Heard::to_record() const {
  v1::HeardRecord record;
  tally.write(record.mutable_tally());
  for (const SetAside& message : set_aside) {
    v1::SetAsideRecord* out = record.add_set_aside();
    out->set_seq(message.seq);
    out->set_kind(message.kind);
    out->set_code(message.code);
  }
  record.set_set_aside_total(set_aside_total);
  record.set_whole_day(whole_day);
  record.set_day(day);
  record.set_part(part);
  if (day != 0) record.set_through(through.bytes().data(), CaseId::kSize);
  return record;
}

void Heard::add_set_aside(Seq seq, uint32_t kind, v1::FaultCode code) {
  ++set_aside_total;
  if (set_aside.size() < limits::kSetAsideNamedMax) set_aside.push_back({seq, kind, code});
}

void Heard::begin_day(Seq seq) {
  tally = Tally(seq + 1);
  set_aside.clear();
  set_aside_total = 0;
}

}  // namespace jiexu
