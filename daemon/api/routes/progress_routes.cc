// POST /v1/progress: a question, not a GET, so that no proxy writes it into its log.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/progress.h"
#include "daemon/api/reply.h"
#include "daemon/casework/case_store.h"
#include "daemon/rules/letter_number.h"

namespace jiexu {

void Api::show_progress(Call call) {
  v1::ProgressInput input;
  if (const auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto letter = LetterNumber::parse(input.letter_number());
  if (!letter || input.id_hash().size() != 64) {
    return reply(call, problem_response(400, "bad_question",
                                        "letter_number has 20 digits, id_hash 64 hex digits"));
  }
  const bool admitted = [&] {
    const std::lock_guard lock(progress_mutex_);
    return progress_gate_.admit(call.user.name, letter->text(), ports_.clock.now());
  }();
  if (!admitted) {
    HttpResponse slow = problem_response(429, "too_many_questions", "ask again later");
    slow.headers.emplace_back("Retry-After", "600");
    return reply(call, std::move(slow));
  }
  const auto ids = find_by_letter(records_, *letter);
  if (!ids) return reply(call, store_failure(ids.error()));
  for (const CaseId& id : *ids) {
    auto subject = read_case(records_, id);
    if (!subject) return reply(call, store_failure(subject.error()));
    if (!*subject || !same_hash(progress_hash(**subject), input.id_hash())) continue;
    v1::ProgressView view;
    view.set_stage(std::string(stage(**subject)));
    return reply(call, view);
  }
  reply(call,
        problem_response(404, "no_such_transfer", "no transfer has this letter number and person"));
}

}  // namespace jiexu
