#include "tests/faults/exchange.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"

namespace jiexu::faults {
namespace {

using e2e::Story;

// 2026-11-20, 10:00 in China, a Friday.
constexpr Instant kBegin{1795140000000};
constexpr int64_t kRoundMs = 100;
constexpr int kRoundsMax = 1'000;

CaseId case_number(size_t n) {
  std::array<uint8_t, 10> chance{};
  chance[8] = static_cast<uint8_t>(n >> 8);
  chance[9] = static_cast<uint8_t>(n);
  return CaseId::make(kBegin.ms, chance);
}

bool offered(const Case& subject, EventKind action) {
  const auto all = offers(subject);
  return std::any_of(all.begin(), all.end(),
                     [&](const Offer& offer) { return offer.action == action; });
}

std::optional<EventKind> choose_in(const e2e::Applicant& applicant, const Case& subject) {
  const bool letter_out = subject.relationship == Relationship::kLetterSent ||
                          subject.relationship == Relationship::kLetterDelivered;
  if (applicant.story == Story::kWithdrawn && letter_out &&
      offered(subject, EventKind::kWithdraw)) {
    return EventKind::kWithdraw;
  }
  if (applicant.story == Story::kCorrected && subject.form_version == 1 &&
      offered(subject, EventKind::kQueryForm)) {
    return EventKind::kQueryForm;
  }
  for (const EventKind action : {EventKind::kAccept, EventKind::kSendLetter,
                                 EventKind::kConfirmForm, EventKind::kCredit, EventKind::kClose}) {
    if (offered(subject, action)) return action;
  }
  return std::nullopt;
}

std::optional<EventKind> choose_out(const e2e::Applicant& applicant, const Case& subject,
                                    bool money_arrived) {
  if (offered(subject, EventKind::kAcceptLetter)) {
    if (applicant.story == Story::kWithdrawn) return std::nullopt;
    return applicant.story == Story::kRefused ? EventKind::kRejectLetter : EventKind::kAcceptLetter;
  }
  if (offered(subject, EventKind::kStopInsurance)) return EventKind::kStopInsurance;
  const bool money_first = applicant.story == Story::kMoneyFirst;
  const bool may_remit = offered(subject, EventKind::kRemit);
  if (money_first && subject.form_version == 0 && may_remit) return EventKind::kRemit;
  if (offered(subject, EventKind::kIssueForm)) {
    if (money_first && !money_arrived) return std::nullopt;
    return EventKind::kIssueForm;
  }
  // A form that will be queried is not paid before its correction.
  const bool final_form = applicant.story != Story::kCorrected || subject.form_version > 1;
  if (final_form && may_remit) return EventKind::kRemit;
  if (offered(subject, EventKind::kRefund)) return EventKind::kRefund;
  return std::nullopt;
}

v1::ActionInput input_for(EventKind action, const Case& subject, const e2e::Applicant& applicant,
                          AgencyId origin, Instant now) {
  v1::ActionInput input;
  const int32_t today = date_of(now).yyyymmdd();
  switch (action) {
    case EventKind::kApply:
      *input.mutable_application() = e2e::application_of(applicant, origin.str(), today);
      break;
    case EventKind::kIssueForm:
      *input.mutable_form() = e2e::form_of(applicant, today);
      if (subject.form_version > 0) input.mutable_form()->set_reason("corrected on request");
      break;
    case EventKind::kStopInsurance: input.set_date(today); break;
    case EventKind::kRejectLetter: input.set_code(v1::REJECT_CODE_STILL_ACTIVE); break;
    case EventKind::kRemit:
      if (subject.form_version == 0) input.set_amount_fen(applicant.balance.value);
      break;
    case EventKind::kWithdraw:
    case EventKind::kQueryForm: input.set_reason("asked for by the clerk"); break;
    default: break;
  }
  return input;
}

}  // namespace

Exchange::Exchange(size_t cases) : a_(agency_a()), b_(agency_b()), now_(kBegin) {
  for (size_t n = 0; n < cases; ++n) {
    const e2e::Applicant& applicant = people_.make(n);
    const bool to_a = applicant.destination == 0;
    scripts_.push_back(
        {case_number(n), &applicant, to_a ? a_.self : b_.self, to_a ? b_.self : a_.self});
  }
  Batch batch;
  fill_new_store(batch, b_.self, b_store_);
  CHECK(b_store_.commit(batch).has_value());
  CHECK(b_.start({b_store_, [] { return true; }}, now_).has_value());
  a_.on_send = [this](const std::string& frame) { promises_.frame_left(frame); };
}

Result<Books> Exchange::books_of_b() const {
  return read_books(Records(b_store_, test_vault()), b_.self, a_.self);
}

size_t Exchange::messages() const {
  const auto books = books_of_b();
  CHECK(books.has_value());
  return books->logs.at(layout::Direction::kIn).messages.size() +
         books->logs.at(layout::Direction::kOut).messages.size();
}

Exchange::End Exchange::run(const Life& life, uint64_t commits_max) {
  why_.clear();
  End end = End::kDied;
  if (auto started = a_.start(life, now_); !started) {
    why_ = started.error().text;
  } else {
    a_.connected(b_.self, now_);
    b_.connected(a_.self, now_);
    end = play(commits_max);
  }
  a_.stop();
  b_.sent.clear();  // frames to a process that has ended are lost
  return end;
}

Exchange::End Exchange::play(uint64_t commits_max) {
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    now_ = now_.plus_ms(kRoundMs);
    if (auto done = round(); !done) {
      why_ = done.error().text;
      return End::kDied;
    }
    if (all_done()) return End::kDone;
    if (a_.commits() >= commits_max) return End::kPaused;
  }
  why_ = "nothing moves any more";
  return End::kStuck;
}

Result<void> Exchange::round() {
  for (Station* who : {&a_, &b_}) {
    for (const Script& script : scripts_) {
      TRY_DO(visit(*who, script));
    }
    TRY_DO(settle());
  }
  return {};
}

// Hands frames over until none is left. True if anything moved.
Result<bool> Exchange::settle() {
  bool moved = false;
  for (bool busy = true; busy;) {
    busy = false;
    for (Station* who : {&a_, &b_}) {
      TRY_DO(who->wake(now_));
      TRY(const auto committed, who->commit_all(now_));
      TRY(const auto delivered, deliver(*who, who == &a_ ? b_ : a_));
      busy |= committed || delivered;
    }
    moved |= busy;
  }
  return moved;
}

Result<bool> Exchange::deliver(Station& from, Station& to) {
  bool any = false;
  while (!from.sent.empty()) {
    const Parcel parcel = std::move(from.sent.front());
    from.sent.pop_front();
    TRY_DO(to.hear(parcel, now_));
    TRY_DO(to.commit_all(now_));
    any = true;
  }
  return any;
}

// A clerk looks at the case and does what is next.
Result<void> Exchange::visit(Station& station, const Script& script) {
  TRY(const auto found, read_case(station.records(), script.id));
  if (!found) {
    if (script.in != station.self) return {};
    return act(station, script, EventKind::kApply, Case());
  }
  const Case& subject = *found;
  if (subject.side == Side::kOut && subject.moved.value > 0) {
    TRY_DO(book_money(script, subject));
  }
  const auto action = choose(script, subject);
  if (!action) return {};
  return act(station, script, *action, subject);
}

std::optional<EventKind> Exchange::choose(const Script& script, const Case& subject) const {
  if (subject.closed()) return std::nullopt;
  return subject.side == Side::kIn
             ? choose_in(*script.applicant, subject)
             : choose_out(*script.applicant, subject, money_arrived_.contains(script.id));
}

Result<void> Exchange::act(Station& station, const Script& script, EventKind action,
                           const Case& subject) {
  Asking command;
  command.user = "clerk";
  command.what = ActionCommand{action, script.id,
                               std::make_shared<const v1::ActionInput>(input_for(
                                   action, subject, *script.applicant, script.out, now_))};
  TRY(const auto answer, station.ask(command, now_));
  // After a start, until the other agency has shown that the store is no older copy.
  if (answer.rejection && answer.rejection->refusal == Refusal::kUnconfirmed) return {};
  if (answer.rejection) {
    return fail(Errc::kInvalid, "refused: " + std::string(name(action)) + " " +
                                    std::string(name(answer.rejection->refusal)));
  }
  if (station.self == a_.self) promises_.case_answered(script.id, answer.subject->revision);
  return {};
}

// The bank books what was ordered on the destination's account, once by its own records; it tells
// of it again if nobody answered.
Result<void> Exchange::book_money(const Script& script, const Case& out_side) {
  if (money_arrived_.contains(script.id)) return {};
  v1::BankLine line;
  line.set_account_number("6200" + script.in.str().substr(1));
  line.set_host_sequence("H" + script.id.str());
  line.set_amount_fen(out_side.moved.value);
  line.set_booked_on(date_of(now_).yyyymmdd());
  line.set_counterparty_account("6100000000");
  line.set_counterparty_name("Origin fund");
  line.set_remark("医保转移 " + out_side.letter_number);
  Asking command;
  command.user = "bank";
  command.what = BankCommand{{line}};
  Station& receiver = station(script.in);
  TRY_DO(receiver.ask(command, now_));
  money_arrived_.insert(script.id);
  if (receiver.self == a_.self) promises_.bank_line_answered(line.host_sequence());
  return {};
}

bool Exchange::all_done() {
  for (Station* who : {&a_, &b_}) {
    for (const Script& script : scripts_) {
      const auto found = read_case(who->records(), script.id);
      if (!found || !*found || !(*found)->closed()) return false;
    }
    const AgencyId peer = who == &a_ ? b_.self : a_.self;
    const auto link = who->records().get_message<v1::LinkRecord>(
        Family::kLink, layout::link_key(peer, layout::Direction::kOut));
    if (!link || !*link || (*link)->receipted_seq() != (*link)->last_seq()) return false;
  }
  return true;
}

}  // namespace jiexu::faults
