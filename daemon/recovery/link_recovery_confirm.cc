// Two people say in a peer's place that the store is not an older copy.
#include "daemon/base/bytes.h"
#include "daemon/recovery/link_recovery.h"
#include "daemon/recovery/store_commands.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr const char* kConfirmedWord = "confirmed";
constexpr int kWordsKept = 20;

v1::StoreWordView view_word(const v1::StoreWordRecord& word) {
  v1::StoreWordView view;
  view.set_what(word.what());
  view.set_note(word.note());
  view.set_proposed_by(word.proposed_by());
  view.set_approved_by(word.approved_by());
  view.set_at(Instant{word.at_ms()}.str());
  view.set_epoch(word.epoch());
  return view;
}

void append_piece(std::string_view piece, std::string& text) {
  append_u32(text, static_cast<uint32_t>(piece.size()));
  text += piece;
}

}  // namespace

void LinkRecovery::note_copy(Instant now) {
  observer_.alarm(self_, kWaitsForPeople);
  store_record_.set_copied_at_ms(now.ms);
  state_.set_copied(true);
  kernel_.skip_numbers(now);
  kernel_.write(store_record_);
  kernel_.request_commit(true);
}

std::vector<AgencyId> LinkRecovery::silent_witnesses() const {
  std::vector<AgencyId> silent;
  for (const Agency& agency : directory_->agencies()) {
    if (state_.is_witness(agency.id) && !state_.agreed(agency.id)) silent.push_back(agency.id);
  }
  return silent;
}

// With whom is silent: an approval says that somebody has thought of them.
Digest LinkRecovery::content_of_proposal() const {
  std::string text = "jiexu confirm 1";
  append_u64(text, static_cast<uint64_t>(proposal_.at_ms()));
  append_u32(text, proposal_.epoch());
  append_u64(text, static_cast<uint64_t>(store_record_.copied_at_ms()));
  append_piece(proposal_.proposed_by(), text);
  append_piece(proposal_.note(), text);
  for (const AgencyId silent : silent_witnesses()) append_piece(silent.text(), text);
  return sha256(text);
}

v1::StoreView LinkRecovery::view_store() const {
  v1::StoreView view;
  view.set_recovered(state_.recovered());
  view.set_confirmed(state_.confirmed());
  view.set_proof(std::string(state_.proof()));
  if (state_.is_copy()) view.set_waits_for(std::string(kWaitsForPeople));
  if (!state_.confirmed()) view.set_waits_for(std::string(kWaitsForWitness));
  const int64_t copied = store_record_.copied_at_ms();
  if (copied != 0) view.set_copied_at(Instant{copied}.str());
  for (const AgencyId silent : silent_witnesses()) view.add_silent(silent.str());
  for (const auto& [peer, link] : state_.links()) view.add_recovering(peer.str());
  view.set_epoch(state_.epochs.now);
  const int64_t doubt = store_record_.doubt_until_ms();
  if (doubt != 0) view.set_doubt_until(Instant{doubt}.str());
  for (const v1::StoreWordRecord& word : store_record_.words()) *view.add_words() = view_word(word);
  if (proposal_.proposed_by().empty()) return view;
  *view.mutable_proposal() = view_word(proposal_);
  view.mutable_proposal()->set_content(to_hex(jiexu::view(content_of_proposal())));
  return view;
}

LinkRecovery::StoreOutcome LinkRecovery::propose_confirmation(std::string_view note,
                                                              std::string_view user, Instant now) {
  if (note.empty()) return refuse(Refusal::kInputMissing, "note: is missing");
  if (!state_.proof().empty() && silent_witnesses().empty() && !state_.is_copy()) {
    return view_store();
  }
  proposal_.set_what(kConfirmedWord);
  proposal_.set_note(std::string(note));
  proposal_.set_proposed_by(std::string(user));
  proposal_.set_at_ms(now.ms);
  proposal_.set_epoch(state_.epochs.now);
  return view_store();
}

LinkRecovery::StoreOutcome LinkRecovery::approve_confirmation(std::string_view content,
                                                              std::string_view user, Instant now) {
  if (proposal_.proposed_by().empty()) return refuse(Refusal::kUnknownProposal);
  if (proposal_.proposed_by() == user) return refuse(Refusal::kOwnProposal);
  if (from_hex(content) != std::string(jiexu::view(content_of_proposal()))) {
    return refuse(Refusal::kProposalChanged);
  }
  v1::StoreWordRecord& word = *store_record_.add_words();
  word = std::exchange(proposal_, v1::StoreWordRecord());
  word.set_approved_by(std::string(user));
  word.set_at_ms(now.ms);
  if (store_record_.words_size() > kWordsKept) {
    store_record_.mutable_words()->DeleteSubrange(0, store_record_.words_size() - kWordsKept);
  }
  observer_.alarm(self_, word.proposed_by() + " and " + word.approved_by() +
                             " say that the store is not an older copy; numbers are given and "
                             "payment files leave");
  store_record_.clear_copied_at_ms();
  kernel_.write(store_record_);
  kernel_.request_commit(true);
  state_.set_copied(false);
  state_.note_confirmed();
  recount();
  return view_store();
}

}  // namespace jiexu
