// What two people do with a file that is held: take it as it is, or put it aside.
#include "daemon/bank/bank_files.h"
#include "daemon/bank/bank_line_record.h"

namespace jiexu {
namespace {

constexpr auto kAside = static_cast<uint32_t>(LineAct::kSetAside);

// The act that waits for its second person; nullptr: none.
v1::LineActRecord* open_file_act(v1::BankFileRecord& record) {
  const bool open = !record.acts().empty() && record.acts().rbegin()->approved_by().empty();
  return open ? &*record.mutable_acts()->rbegin() : nullptr;
}

// What was put aside may still be taken: that undoes it.
bool may_be(const v1::BankFileRecord& record, uint32_t act) {
  return record.held() || (record.set_aside() && act != kAside);
}

}  // namespace

Result<bool> BankFiles::can_replace(const Digest& file, const Digest& other) const {
  TRY(const auto record, read(other));
  const bool here = record.lines() > 0 && record.staged() == record.lines();
  return other != file && here && !record.held() && !record.set_aside();
}

Result<BankFiles::Taken> BankFiles::propose(const TakeFileCommand& asked, std::string_view user,
                                            Instant now) {
  TRY(auto record, read(asked.file));
  v1::LineActRecord act;
  if (asked.set_aside) act.set_act(kAside);
  if (!may_be(record, act.act())) return Taken(refuse(Refusal::kBankFileNotHeld));
  if (asked.said.empty()) return Taken(refuse(Refusal::kInputMissing, "note"));
  if (asked.replaced_by) {
    TRY(const auto can, can_replace(asked.file, *asked.replaced_by));
    if (!can) return Taken(refuse(Refusal::kBankFileUnknown, "replaced_by"));
    act.set_replaced_by(std::string(view(*asked.replaced_by)));
  }
  act.set_note(asked.said);
  act.set_proposed_by(std::string(user));
  act.set_content(std::string(view(act_content(asked.file, record, act))));
  const v1::LineActRecord* open = open_file_act(record);
  if (open != nullptr && open->content() != act.content()) {
    return Taken(refuse(Refusal::kProposalOpen, to_hex(view(asked.file))));
  }
  if (open == nullptr) {
    act.set_proposed_at_ms(now.ms);
    *record.add_acts() = std::move(act);
    write(asked.file, record);
  }
  return Taken(view_bank_file(asked.file, record));
}

Result<BankFiles::Taken> BankFiles::approve(const Digest& file, std::string_view content,
                                            std::string_view user, Instant now) {
  TRY(auto record, read(file));
  const std::string id = to_hex(view(file));
  if (record.acts().empty()) return Taken(refuse(Refusal::kUnknownProposal, id));
  v1::LineActRecord& act = *record.mutable_acts()->rbegin();
  const bool seen = from_hex(content) == act.content();
  if (seen && act.approved_by() == user) return Taken(view_bank_file(file, record));  // again
  if (!may_be(record, act.act())) return Taken(refuse(Refusal::kBankFileNotHeld));
  if (!act.approved_by().empty()) return Taken(refuse(Refusal::kUnknownProposal, id));
  if (act.proposed_by() == user) return Taken(refuse(Refusal::kOwnProposal, id));
  if (!seen) return Taken(refuse(Refusal::kProposalChanged, id));
  act.set_approved_by(std::string(user));
  act.set_approved_at_ms(now.ms);
  TRY_DO(act.act() == kAside ? put_aside(file, act, record) : take(file, record));
  write(file, record);
  alarms_.show(now);
  return Taken(view_bank_file(file, record));
}

Result<BankFiles::Taken> BankFiles::retract(const Digest& file) {
  TRY(auto record, read(file));
  if (open_file_act(record) == nullptr) {
    return Taken(refuse(Refusal::kUnknownProposal, to_hex(view(file))));
  }
  record.mutable_acts()->RemoveLast();
  write(file, record);
  return Taken(view_bank_file(file, record));
}

// Its lines stay as they came, booked nowhere.
Result<void> BankFiles::put_aside(const Digest& file, const v1::LineActRecord& act,
                                  v1::BankFileRecord& record) {
  record.set_held(false);
  record.set_set_aside(true);
  record.set_replaced_by(act.replaced_by());
  const auto other = to_array<kDigestSize>(act.replaced_by());
  if (!other) return {};
  TRY(auto standing, read(*other));
  standing.set_replaces(std::string(view(file)));
  write(*other, standing);
  return {};
}

Result<void> BankFiles::take(const Digest& file, v1::BankFileRecord& record) {
  const auto other = to_array<kDigestSize>(record.replaced_by());
  if (other) {
    TRY(auto standing, read(*other));
    standing.clear_replaces();
    write(*other, standing);
  }
  record.set_held(false);
  record.set_set_aside(false);
  record.clear_replaced_by();
  return open(file, record);
}

}  // namespace jiexu
