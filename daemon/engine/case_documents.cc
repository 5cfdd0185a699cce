#include "daemon/engine/case_documents.h"

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
  auto bytes =
      read_message_bytes(entry.records, message.peer, {ref.outgoing(), ref.epoch(), ref.seq()});
  if (!bytes) return tl::unexpected(bytes.error());
  message.bytes = std::move(*bytes);
  if (!message.message.ParseFromString(message.bytes)) {
    return fail(Errc::kCorrupt, "a message in the link log is unreadable");
  }
  out.push_back(std::move(message));
  return {};
}

void add_keyed(const Entry& entry, std::vector<CaseMessage>& out) {
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
  const auto messages = list_messages(records, subject);
  if (!messages) return tl::unexpected(messages.error());
  std::optional<Document> found;
  for (const CaseMessage& message : *messages) {
    if (has(message.message)) found = get(message.message);
  }
  return found;
}

}  // namespace

Result<std::vector<CaseMessage>> list_messages(const Records& records, const Case& subject) {
  const auto timeline = read_timeline(records, subject.id);
  if (!timeline) return tl::unexpected(timeline.error());
  std::vector<CaseMessage> out;
  for (size_t i = 0; i < timeline->size(); ++i) {
    const v1::TimelineRecord& record = (*timeline)[i];
    const Entry entry{records, subject, record, static_cast<uint32_t>(i + 1)};
    add_keyed(entry, out);
    if (record.has_received()) {
      if (auto done = add_logged(entry, record.received(), out); !done) {
        return tl::unexpected(done.error());
      }
    }
    for (const v1::LogRef& ref : record.sent()) {
      if (auto done = add_logged(entry, ref, out); !done) return tl::unexpected(done.error());
    }
  }
  return out;
}

Result<std::optional<v1::Application>> read_application(const Records& records,
                                                        const Case& subject) {
  const auto timeline = read_timeline(records, subject.id);
  if (!timeline) return tl::unexpected(timeline.error());
  for (const v1::TimelineRecord& entry : *timeline) {
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
  return last_of<v1::InformationForm>(
      records, subject,
      [version](const v1::Message& message) {
        return message.has_information_form() &&
               (version == 0 || message.information_form().version() == version);
      },
      [](const v1::Message& message) { return message.information_form(); });
}

}  // namespace jiexu
