// Routes of the paper twin (X38): our messages of a case as they are printed, and what came on
// paper from the other agency keyed in.
#include <algorithm>
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/lacking.h"
#include "daemon/api/paper_view.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/base/bytes.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_documents.h"
#include "daemon/casework/case_queries.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

Result<v1::PaperView> view_sent(const Records& records, AgencyId self, const Case& subject,
                                const SentMessage& sent) {
  TRY(const auto bytes, read_message_bytes(records, sent.to, sent.place));
  v1::Message message;
  if (!message.ParseFromString(bytes)) {
    return fail(Errc::kCorrupt, "a message in the link log is unreadable");
  }
  v1::PaperView view = paper_view(message, bytes, {self, sent.to});
  name_paper(subject, sent.number, view);
  return view;
}

// Why the sheet cannot be keyed in here; empty: it can.
std::string wrong_with(const v1::PaperView& paper, AgencyId self) {
  if (paper.message().body_case() == v1::Message::BODY_NOT_SET) {
    return "`message` holds what the paper says, such as {\"letter_accept\":{}}";
  }
  if (!paper.to_agency().empty() && paper.to_agency() != self.text()) {
    return "`to_agency`: the paper is for another agency";
  }
  if (paper.case_id().empty() && !paper.message().has_letter()) {
    return "`case_id` is missing; it is printed on the sheet, and `jiexu case list` has it";
  }
  if (paper.message().has_letter() && !AgencyId::parse(paper.from_agency())) {
    return "`from_agency`: who wrote the letter, 'S' and 11 digits";
  }
  return {};
}

// Whether the electronic message that the sheet's hash names has come.
Result<bool> has_come(const Records& records, const Case& subject, const v1::PaperView& paper) {
  if (paper.sha256().empty()) return false;
  TRY(const auto messages, list_messages(records, subject));
  return std::ranges::any_of(messages, [&](const CaseMessage& message) {
    return !message.ours && to_hex(view(sha256(message.bytes))) == paper.sha256();
  });
}

}  // namespace

void Api::list_papers(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  const auto sent = list_sent(records_, *subject);
  if (!sent) return reply(call, store_failure(sent.error()));
  v1::PaperViews views;
  for (const SentMessage& message : *sent) {
    auto view = view_sent(records_, ports_.self, *subject, message);
    if (!view) return reply(call, store_failure(view.error()));
    view->clear_message();
    *views.add_papers() = std::move(*view);
  }
  reply(call, views);
}

// All that either agency wrote in the case, as sheets without a number.
void Api::list_messages(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  auto messages = jiexu::list_messages(records_, *subject);
  if (!messages) return reply(call, store_failure(messages.error()));
  v1::PaperViews views;
  for (CaseMessage& message : *messages) {
    v1::PaperView& view = *views.add_papers();
    view.set_case_id(subject->id.str());
    view.set_from_agency(message.ours ? ports_.self.str() : message.peer.str());
    view.set_to_agency(message.ours ? message.peer.str() : ports_.self.str());
    view.set_kind(paper_kind(message.message));
    view.set_written_at(message.at.str());
    if (!message.on_paper) view.set_sha256(to_hex(jiexu::view(sha256(message.bytes))));
    *view.mutable_message() = std::move(message.message);
  }
  reply(call, views);
}

void Api::show_paper(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  const auto sent = list_sent(records_, *subject);
  if (!sent) return reply(call, store_failure(sent.error()));
  size_t number = 0;
  const std::string& text = call.args[1];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0 ||
      number > sent->size()) {
    return reply(call, problem_response(404, "no_such_paper",
                                        "we have sent " + std::to_string(sent->size()) +
                                            " messages in this case; they count from 1"));
  }
  const auto view = view_sent(records_, ports_.self, *subject, (*sent)[number - 1]);
  if (!view) return reply(call, store_failure(view.error()));
  reply(call, *view);
}

void Api::key_paper(Call call) {
  v1::PaperView paper;
  if (const auto read = from_json(call.request.body, &paper); !read) {
    return reply(call, bad_body(read.error()));
  }
  if (const std::string wrong = wrong_with(paper, ports_.self); !wrong.empty()) {
    return reply(call, problem_response(400, "bad_paper", wrong));
  }
  const auto named = find_named(records_, paper.case_id());
  if (!named) return reply(call, store_failure(named.error()));
  if (named->size() != 1 && !paper.case_id().empty()) {
    return reply(call, problem_response(400, "bad_paper", "case_id: names no case"));
  }
  const auto random = to_array<10>(random_bytes(10));
  const CaseId id = named->empty() ? CaseId::make(ports_.clock.now().ms, *random) : named->front();
  const auto found = read_case(records_, id);
  if (!found) return reply(call, store_failure(found.error()));
  const Result<bool> come = *found ? has_come(records_, **found, paper) : false;
  if (!come) return reply(call, store_failure(come.error()));
  if (*come) {
    return reply(call, problem_response(409, "paper_is_here",
                                        "the message itself has come; nothing is to be keyed in"));
  }
  auto input = std::make_shared<v1::ActionInput>();
  *input->mutable_paper() = std::move(*paper.mutable_message());
  input->set_agency(paper.from_agency());
  input->set_paper_sha256(paper.sha256());
  if (!*found && !works_on(call.user, Side::kOut)) return reply(call, lacks_side(Side::kOut));
  if (!*found) return ask_for_action(call, {EventKind::kKeyPaper, id, std::move(input)}, 201);
  if (auto refused = refused_by_role(**found, EventKind::kKeyPaper, call.user)) {
    return reply(call, std::move(*refused));
  }
  // A sheet that does not say what its writer had seen answers what we have sent.
  if (input->paper().seen_case_seq() == 0) {
    input->mutable_paper()->set_seen_case_seq((*found)->sent_case_seq);
  }
  ask_for_action(call, {EventKind::kKeyPaper, id, std::move(input)}, ports_.four_eyes ? 202 : 200);
}

}  // namespace jiexu
