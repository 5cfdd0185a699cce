// What step() may know besides case and event: other cases of the person, letter numbers, the
// directory, the letter as it was sent.
#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/casework/case_documents.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/case_store.h"
#include "daemon/rules/batch_number.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/letter_number.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr uint32_t kSkippedTo = 10'000;
constexpr int64_t kSecondsOfDay = 86'400;
static_assert(kSkippedTo + kSecondsOfDay < LetterNumber::kSequenceMax);

// Another open transfer of the person from the same agency to us (X31).
bool is_duplicate(const Case& subject, const Case& other) {
  return other.side == Side::kIn && other.peer == subject.peer;
}

// The person's own transfer to us, of which a transfer away from us would be the next link (X34).
bool is_transfer_here(const Case&, const Case& other) {
  return other.side == Side::kIn;
}

// Transfer-out cases that stand in the way of another destination's claim (X32).
bool claims_person(const Case&, const Case& other) {
  static constexpr StateSet<Relationship> kClaiming = {
      Relationship::kOutAccepted, Relationship::kStopped, Relationship::kFormIssued,
      Relationship::kFormDisputed, Relationship::kFormConfirmed};
  return other.side == Side::kOut && kClaiming.has(other.relationship);
}

// The same letter of an agency without Jiexu keyed in twice.
bool is_same_sheet(const Case& subject, const Case& other) {
  return other.side == Side::kOut && other.peer == subject.peer && !subject.paper_number.empty() &&
         other.paper_number == subject.paper_number;
}

}  // namespace

void append_document(const v1::Person& person, std::string& out) {
  out += std::to_string(person.document_type());
  out += ':';
  if (person.document_type() == v1::DOCUMENT_TYPE_CITIZEN_ID) {
    append_citizen_id(person.document_number(), out);
  } else {
    out += person.document_number();
  }
}

std::string document_text(const v1::Person& person) {
  std::string text;
  append_document(person, text);
  return text;
}

PersonHash name_hash(const Vault& vault, std::string_view name) {
  return vault.person_hash("name:" + name_key(name));
}

PersonHash CaseService::hash_of(const v1::Person& person) {
  plain_.clear();
  append_document(person, plain_);
  return vault_.person_hash(plain_);
}

Result<CaseId> CaseService::find_other(const Case& subject, const Context& context, Wanted wanted) {
  TRY(const auto list, read_list(layout::person_key(context.person_hash)));
  TRY(const auto ids, decode_case_list(list));
  for (const CaseId& id : ids) {
    if (id == subject.id) continue;
    TRY(const auto other, read_case(tx_.records(), id));
    if (other && !other->closed() && wanted(subject, *other)) return id;
  }
  return CaseId();
}

// Letters of earlier days have numbers of those days. Beyond the first ten thousand, the number
// says the second of the day, so that a second loss leads further.
void CaseService::skip_letter_numbers(Instant now) {
  const Date today = date_of(now);
  const int64_t second = kSecondsOfDay - 1 - (end_of(today).ms - now.ms) / 1000;
  numbers_.skip(today, kSkippedTo + static_cast<uint32_t>(second) + 1);
}

Result<void> CaseService::take_letter_number(Date today, std::string_view given) {
  if (letter_day_ != today) {
    write_letter_counter();
    TRY(const auto last, tx_.get(layout::letter_counter_key(today)));
    letter_sequence_ = last ? read_u32(*last) : 0;
    letter_day_ = today;
  }
  letter_number_.clear();
  if (!given.empty()) {
    letter_number_ = given;
    if (const auto number = LetterNumber::parse(given);
        number && number->is_of(self_) && number->issued_on() == today) {
      letter_sequence_ = std::max(letter_sequence_, number->sequence() - 1);
    }
    return {};
  }
  for (uint32_t from = letter_sequence_ + 1;; ++from) {
    TRY(from, numbers_.at_least(today, from));
    if (from == 0) return {};
    const auto number = LetterNumber::make(self_, today, from);
    CHECK(number.has_value());
    // One of ours that came from outside, on a sheet or in a message that a loss had forgotten.
    TRY(const auto taken, letters_.find(*number));
    if (!taken.empty()) continue;
    letter_sequence_ = from - 1;
    letter_number_ = number->view();
    return {};
  }
}

// Whether the number is of the agency, or of one that it took over: those numbers stay. An agency
// whose area has changed is a new one that took the old one over.
template <class Number>
bool CaseService::is_numbered_by(const Number& number, AgencyId agency, Instant now) const {
  if (number.is_of(agency)) return true;
  const Date latest = date_of(now.plus_ms(limits::kClockSkewMsMax));
  return std::ranges::any_of(directory_->agencies(), [&](const Agency& other) {
    return number.is_of(other.id) && directory_->took_over(agency, other.id, latest);
  });
}

bool CaseService::is_other_agency(std::string_view code) const {
  const auto id = AgencyId::parse(code);
  return id && *id != self_ && peers_.find(*id) != nullptr;
}

// A letter of an agency without Jiexu gets a number of its area and office, as every letter has
// one; from the end of the day's numbers, as that agency begins with the first if it gets Jiexu.
Result<void> CaseService::number_paper(const Case& subject, const Event& event, Context& context) {
  const Peer* peer = peers_.find(subject.peer);
  const v1::ContactLetter& letter = event.input->paper().letter();
  if (peer == nullptr || !peer->by_mail() || LetterNumber::parse(letter.letter_number())) return {};
  const Date day = Date::from_yyyymmdd(letter.issued_on()).value_or(date_of(event.at));
  letter_number_.clear();
  for (uint32_t sequence = LetterNumber::kSequenceMax; sequence > 0; --sequence) {
    const auto number = LetterNumber::make(subject.peer, day, sequence);
    if (!number) return {};
    TRY(const auto taken, letters_.find(*number));
    if (!taken.empty()) continue;
    letter_number_ = number->view();
    break;
  }
  context.letter_number = letter_number_;
  return {};
}

Result<void> CaseService::look_up_paper(const Case& subject, const Event& event, Context& context) {
  const v1::ContactLetter& letter = event.input->paper().letter();
  TRY_DO(number_paper(subject, event, context));
  TRY_DO(look_up_letter(subject, letter, context));
  if (context.letter_number.empty()) return {};
  Case same;
  same.id = subject.id;
  same.peer = subject.peer;
  same.paper_number = letter.letter_number();
  TRY(const auto rival, find_other(same, context, is_same_sheet));
  context.letter_number_taken = !rival.empty();
  return {};
}

Result<void> CaseService::look_up_letter(const Case& subject, const v1::ContactLetter& letter,
                                         Context& context) {
  context.person_hash = hash_of(letter.person());
  TRY(const auto taken, find_letter(letter.letter_number()));
  context.letter_number_taken = !taken.empty();
  TRY(const auto upstream, find_other(subject, context, is_transfer_here));
  context.upstream_open = !upstream.empty();
  return {};
}

// The letter as it was sent, for the agency to which it is forwarded.
Result<void> CaseService::look_up_original(const Case& subject, Context& context) {
  if (!subject.letter_place) return {};
  TRY(const auto message, read_message(tx_.records(), subject.peer, *subject.letter_place));
  auto* letter = google::protobuf::Arena::CreateMessage<v1::ContactLetter>(&arena_.get());
  *letter = message.letter();
  context.original_letter = letter;
  return {};
}

// As far as it is durable: nobody can have carried on what nobody has been shown.
Result<void> CaseService::look_up_earlier(const Case& subject, const Event& event,
                                          Context& context) {
  TRY(auto found, read_earlier_forms(tx_.durable(), subject));
  earlier_forms_ = std::move(found);
  context.earlier_forms = earlier_forms_;
  our_agencies_.assign(1, self_);
  for (const Agency& agency : directory_->agencies()) {
    const bool merged =
        agency.id != self_ && directory_->successor_of(agency.id, date_of(event.at)) == self_;
    if (merged) our_agencies_.push_back(agency.id);
  }
  context.our_agencies = our_agencies_;
  return {};
}

Result<void> CaseService::look_up(const Case& subject, const Event& event, Context& context) {
  switch (event.kind) {
    case EventKind::kApply: {
      if (event.input == nullptr) return {};
      context.person_hash = hash_of(event.input->application().person());
      context.profile = choose_profile(profiles_, subject.peer, self_, date_of(event.at));
      if (event.replayed) return {};
      TRY(const auto rival, find_other(subject, context, is_duplicate));
      context.duplicate_of = rival;
      return {};
    }
    case EventKind::kLetterIn: {
      const auto number = LetterNumber::parse(event.message->letter().letter_number());
      context.number_foreign = number && !is_numbered_by(*number, subject.peer, event.at);
      return look_up_letter(subject, event.message->letter(), context);
    }
    case EventKind::kRemitNoticeIn: {
      const std::string& text = event.message->remittance_notice().batch_number();
      const auto number = BatchNumber::parse(text);
      context.number_foreign =
          !text.empty() && (!number || !is_numbered_by(*number, subject.peer, event.at));
      return {};
    }
    case EventKind::kKeyPaper:
      if (event.input == nullptr || !event.input->paper().has_letter() || subject.exists()) {
        return {};
      }
      context.profile = choose_profile(profiles_, self_, subject.peer, date_of(event.at));
      return look_up_paper(subject, event, context);
    case EventKind::kAcceptLetter: {
      if (event.replayed) return {};
      TRY(const auto rival, find_other(subject, context, claims_person));
      context.claimed_by = rival;
      return {};
    }
    case EventKind::kSendLetter:
      context.unconfirmed = event.letter_number.empty() && !guard_.confirmed();
      if (context.unconfirmed) return {};
      TRY_DO(take_letter_number(date_of(event.at), event.letter_number));
      context.letter_number = letter_number_;
      return {};
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm:
      return event.replayed ? Result<void>() : look_up_earlier(subject, event, context);
    case EventKind::kForwardLetter:
      context.agency_known = event.input != nullptr && is_other_agency(event.input->agency());
      return {};
    default: return {};
  }
}

Result<Context> CaseService::context_for(const Case& subject, const Event& event) {
  Context context;
  context.self = self_;
  context.own_entry = &own_entry_;
  context.calendar = calendar_.get();
  context.peer_known = peers_.find(subject.peer) != nullptr;
  context.arena = &arena_.get();
  context.person_hash = subject.person_hash;
  TRY_DO(look_up(subject, event, context));
  if (event.kind == EventKind::kLetterForwardedIn) {
    context.agency_known = is_other_agency(event.message->letter_forwarded().to_agency());
    TRY_DO(look_up_original(subject, context));
    context.agency_known &= context.original_letter != nullptr;
  }
  return context;
}

}  // namespace jiexu
