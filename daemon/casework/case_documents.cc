#include "daemon/casework/case_documents.h"

#include "daemon/cases/event.h"

namespace jiexu {
namespace {

// What was entered with an action that is in no message of ours.
v1::ActionInput entered(const v1::TimelineRecord& entry) {
  v1::ActionInput input;
  if (!input.ParseFromString(entry.payload())) input.Clear();
  return input;
}

struct Entry {
  const Records& records;
  const Case& subject;
  const v1::TimelineRecord& record;
  uint32_t number;
};

CaseMessage new_message(const Entry& entry) {
  CaseMessage message;
  message.entry = entry.number;
  message.at = {entry.record.at_ms()};
  return message;
}

Result<void> add_logged(const Entry& entry, const v1::LogRef& ref, std::vector<CaseMessage>& out) {
  CaseMessage message = new_message(entry);
  message.ours = ref.outgoing();
  // What made the letter go on was written by the agency that had it.
  message.peer = peer_at(entry.subject, entry.number - (message.ours ? 0 : 1));
  TRY(auto bytes,
      read_message_bytes(entry.records, message.peer, {ref.outgoing(), ref.epoch(), ref.seq()}));
  message.bytes = std::move(bytes);
  if (!message.message.ParseFromString(message.bytes)) {
    return fail(Errc::kCorrupt, "a message in the link log is unreadable");
  }
  out.push_back(std::move(message));
  return {};
}

// A paper that is only proposed has not come yet.
void add_keyed(const Entry& entry, std::vector<CaseMessage>& out) {
  if (static_cast<EventKind>(entry.record.event()) != EventKind::kKeyPaper) return;
  v1::ActionInput input = entered(entry.record);
  if (!input.has_paper()) return;
  CaseMessage message = new_message(entry);
  message.peer = peer_at(entry.subject, entry.number);
  message.on_paper = true;
  message.message = std::move(*input.mutable_paper());
  out.push_back(std::move(message));
}

// The last that `has`, and of it what `get` gives.
template <class Document, class Has, class Get>
Result<std::optional<Document>> last_of(const Records& records, const Case& subject, Has has,
                                        Get get) {
  TRY(const auto messages, list_messages(records, subject));
  std::optional<Document> found;
  for (const CaseMessage& message : messages) {
    if (has(message.message)) found = get(message.message);
  }
  return found;
}

}  // namespace

Result<std::vector<CaseMessage>> list_messages(const Records& records, const Case& subject) {
  TRY(const auto timeline, read_timeline(records, subject.id));
  std::vector<CaseMessage> out;
  for (size_t i = 0; i < timeline.size(); ++i) {
    const v1::TimelineRecord& record = (timeline)[i];
    const Entry entry{records, subject, record, static_cast<uint32_t>(i + 1)};
    add_keyed(entry, out);
    if (record.has_received()) {
      TRY_DO(add_logged(entry, record.received(), out));
    }
    for (const v1::LogRef& ref : record.sent()) {
      TRY_DO(add_logged(entry, ref, out));
    }
  }
  return out;
}

Result<std::optional<v1::Application>> read_application(const Records& records,
                                                        const Case& subject) {
  TRY(const auto timeline, read_timeline(records, subject.id));
  for (const v1::TimelineRecord& entry : timeline) {
    const v1::ActionInput input = entered(entry);
    if (input.has_application()) return input.application();
  }
  return std::nullopt;
}

Result<std::optional<v1::ContactLetter>> read_letter(const Records& records, const Case& subject) {
  return last_of<v1::ContactLetter>(
      records, subject, [](const v1::Message& message) { return message.has_letter(); },
      [](const v1::Message& message) { return message.letter(); });
}

Result<std::optional<v1::InformationForm>> read_form(const Records& records, const Case& subject,
                                                     uint32_t version) {
  const uint32_t wanted = version == 0 ? subject.form_version : version;
  return last_of<v1::InformationForm>(
      records, subject,
      [wanted](const v1::Message& message) {
        return message.has_information_form() && message.information_form().version() == wanted;
      },
      [](const v1::Message& message) { return message.information_form(); });
}

namespace {

// The form as it came with the entry of the timeline, by either way; nullopt: it is about something
// else.
Result<std::optional<v1::InformationForm>> form_of(const Entry& entry) {
  v1::Message message;
  switch (static_cast<EventKind>(entry.record.event())) {
    case EventKind::kKeyPaper: message = entered(entry.record).paper(); break;
    case EventKind::kInfoFormIn: {
      const v1::LogRef& ref = entry.record.received();
      TRY(auto found, read_message(entry.records, peer_at(entry.subject, entry.number - 1),
                                   {ref.outgoing(), ref.epoch(), ref.seq()}));
      message = std::move(found);
      break;
    }
    default: return std::nullopt;
  }
  if (!message.has_information_form()) return std::nullopt;
  return message.information_form();
}

// The newest version. The last of two twins, which is the one that the other agency signed.
Result<std::optional<v1::InformationForm>> read_accepted_form(const Records& records,
                                                              const Case& subject) {
  TRY(const auto timeline, read_timeline(records, subject.id));
  for (size_t i = timeline.size(); i > 0; --i) {
    auto form = form_of({records, subject, (timeline)[i - 1], static_cast<uint32_t>(i)});
    if (!form || (*form && (*form)->version() == subject.form_version)) return form;
  }
  return std::nullopt;
}

bool has_come_here(const Case& subject) {
  return subject.relationship == Relationship::kDone ||
         subject.relationship == Relationship::kPaper;
}

}  // namespace

Result<std::vector<EarlierForm>> read_earlier_forms(const Records& records, const Case& subject) {
  std::vector<EarlierForm> out;
  TRY(const auto ids, find_by_person(records, subject.person_hash));
  for (const CaseId& id : ids) {
    TRY(const auto other, read_case(records, id));
    if (id == subject.id || !other || !has_come_here(*other)) continue;
    TRY(auto form, read_accepted_form(records, *other));
    if (form) out.push_back({other->peer, std::move(*form)});
  }
  return out;
}

}  // namespace jiexu
