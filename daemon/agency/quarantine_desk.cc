#include "daemon/agency/quarantine_desk.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/fault_words.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr std::string_view kUnreadable =
    "This version cannot read it. Discard it, or release it after an update.";
constexpr std::string_view kLetter =
    "A letter opens a case, and is not let pass from here: its sender sends it anew.";
constexpr std::string_view kHasNumber =
    "The case has taken or still awaits a message of this number: discard it.";
constexpr std::string_view kNoCase = "It is about no case: discard it.";

LogPlace log_place(const QuarantinePlace& place) {
  return {false, place.epoch, place.seq};
}

bool read_whole(std::string_view bytes, v1::Message& message) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  return message.ParseFromCodedStream(&in) && in.ConsumedEntireMessage();
}

// Why no case is asked; empty: one is.
std::string_view bar_to(const v1::QuarantineRecord& record, const v1::Message& message) {
  // What has the number of a message that was taken would be taken twice.
  const auto why = static_cast<Refusal>(record.refusal());
  if (why == Refusal::kReplayed || why == Refusal::kOutOfOrder) return kHasNumber;

  const auto id = CaseId::from_bytes(message.case_id());
  if (event_of(message.body_case()) == EventKind::kNone) return kUnreadable;
  if (!id || message.has_daily_statement()) return kNoCase;
  return message.has_letter() ? kLetter : "";
}

}  // namespace

Digest QuarantineDesk::content() const {
  std::string text(list_->what.release ? "release" : "discard");
  for (const std::string* field : {&list_->what.note, &list_->by}) {
    append_u32(text, static_cast<uint32_t>(field->size()));
    text += *field;
  }
  append_u64(text, static_cast<uint64_t>(list_->at.ms));
  for (const QuarantinePlace& place : list_->what.places) text += place_text(place);
  return sha256(text);
}

Result<std::optional<v1::QuarantineRecord>> QuarantineDesk::read(
    const QuarantinePlace& place) const {
  return tx_.get_message<v1::QuarantineRecord>(
      layout::quarantine_key(place.peer, place.epoch, place.seq));
}

v1::QuarantineListView QuarantineDesk::view() const {
  v1::QuarantineListView out;
  if (!list_) return out;
  out.set_act(list_->what.release ? "release" : "discard");
  out.set_note(list_->what.note);
  out.set_proposed_by(list_->by);
  out.set_at(list_->at.str());
  out.set_content(to_hex(jiexu::view(content())));
  for (const QuarantinePlace& place : list_->what.places) {
    const auto record = read(place);
    if (!record || !*record) continue;
    *out.add_entries() = quarantine_view({place, **record});
  }
  return out;
}

QuarantineDesk::Outcome QuarantineDesk::show() const {
  return Answered<v1::QuarantineListView>(view());
}

QuarantineDesk::Outcome QuarantineDesk::propose(const ProposeQuarantineCommand& asked,
                                                const std::string& user, Instant now) {
  using Reply = Answered<v1::QuarantineListView>;
  if (asked.note.empty()) return Reply(refuse(Refusal::kInputMissing, "note: is missing"));
  if (asked.places.empty()) return Reply(refuse(Refusal::kInputMissing, "places: none is named"));
  if (asked.places.size() > limits::kQuarantineListMax) {
    return Reply(refuse(Refusal::kInputTooLarge,
                        "places: at most " + std::to_string(limits::kQuarantineListMax)));
  }
  if (list_ && list_->by != user) return Reply(refuse(Refusal::kProposalOpen, "by " + list_->by));
  for (const QuarantinePlace& place : asked.places) {
    const auto record = read(place);
    if (!record || !*record) return Reply(refuse(Refusal::kNotSetAside, place_text(place)));
  }
  List list{asked, user, now};
  // As they came: an earlier message of a case before a later one, and each once.
  auto& places = list.what.places;
  std::ranges::sort(places, {}, place_text);
  places.erase(
      std::unique(places.begin(), places.end(),
                  [](const auto& a, const auto& b) { return place_text(a) == place_text(b); }),
      places.end());
  list_ = std::move(list);
  return show();
}

QuarantineDesk::Outcome QuarantineDesk::approve(std::string_view content, const std::string& user,
                                                Instant now) {
  using Reply = Answered<v1::QuarantineListView>;
  if (!list_) return Reply(refuse(Refusal::kUnknownProposal));
  if (list_->by == user) return Reply(refuse(Refusal::kOwnProposal));
  if (from_hex(content) != std::string(jiexu::view(this->content()))) {
    return Reply(refuse(Refusal::kProposalChanged));
  }
  v1::QuarantineListView out = view();
  for (const QuarantinePlace& place : list_->what.places) {
    TRY(*out.add_outcomes(), settle(place, user, now));
    TRY_DO(tx_.end_step());
  }
  list_.reset();
  return Reply(std::move(out));
}

QuarantineDesk::Outcome QuarantineDesk::retract() {
  if (!list_) return Answered<v1::QuarantineListView>(refuse(Refusal::kUnknownProposal));
  list_.reset();
  return show();
}

Result<v1::QuarantineOutcome> QuarantineDesk::settle(const QuarantinePlace& place,
                                                     const std::string& approver, Instant now) {
  v1::QuarantineOutcome out;
  out.set_place(place_text(place));
  const auto record = read(place);
  if (!record || !*record) {
    out.set_outcome("gone");
    return out;
  }
  if (list_->what.release) {
    TRY(const auto refused, release(place, **record, approver, now));
    if (refused) {
      out.set_outcome("refused");
      out.set_why(refused->why);
      out.set_text(refused->text);
      return out;
    }
  }
  out.set_outcome(list_->what.release ? "taken" : "discarded");
  tx_.remove(layout::quarantine_key(place.peer, place.epoch, place.seq));
  gone_(place.peer);
  observer_.noted("message " + std::to_string(place.seq) + " of " + place.peer.str() + ", epoch " +
                  std::to_string(place.epoch) + ", that was set aside, was " + out.outcome() +
                  " as " + list_->by + " proposed and " + approver + " approved");
  return out;
}

// Why it was not taken; nullopt: it was.
Result<std::optional<QuarantineDesk::Refused>> QuarantineDesk::release(
    const QuarantinePlace& place, const v1::QuarantineRecord& record, const std::string& approver,
    Instant now) {
  // What the disk has lost of one message is no reason to end the daemon.
  const auto bytes = read_message_bytes(tx_.records(), place.peer, log_place(place));
  v1::Message message;
  if (!bytes || !read_whole(*bytes, message)) return Refused{std::string(kUnreadable), ""};
  if (const auto bar = bar_to(record, message); !bar.empty()) return Refused{std::string(bar), ""};
  const std::string note =
      "let pass by " + list_->by + " and " + approver + ": " + list_->what.note;
  TRY(const auto refused, take_(place.peer, message, log_place(place), note, now));
  if (!refused) return std::nullopt;
  return Refused{std::string(explain(refused->refusal)), refused->detail};
}

}  // namespace jiexu
