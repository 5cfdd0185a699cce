// Routes of what goes to agencies without Jiexu as letters: what waits, and that it is in the post.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/paper_view.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/base/text.h"
#include "daemon/casework/mail_queries.h"

namespace jiexu {
namespace {

constexpr size_t kSheetsMax = 200;  // at once; when they are mailed, the next ones follow
constexpr size_t kByWhatBytesMax = 200;

}  // namespace

void Api::list_mail(Call call) {
  command_peer(call, [&](AgencyId peer) {
    const auto waiting = jiexu::list_mail(records_, peer, kSheetsMax);
    if (!waiting) return reply(call, store_failure(waiting.error()));
    v1::PaperViews views;
    for (const MailItem& item : *waiting) {
      v1::PaperView& view = *views.add_papers();
      view = paper_view(item.message, item.bytes, {ports_.self, peer});
      if (item.subject) name_paper(*item.subject, item.number, view);
      view.set_link_seq(item.place.seq);
    }
    reply(call, views);
  });
}

void Api::mark_mailed(Call call) {
  command_peer(call, [&](AgencyId peer) {
    v1::MailedInput input;
    if (const auto read = from_json(call.request.body, &input); !read) {
      return reply(call, bad_body(read.error()));
    }
    if (input.by_what().size() > kByWhatBytesMax || has_hidden(input.by_what())) {
      return reply(call, problem_response(400, "bad_text",
                                          "by_what: at most 200 bytes, without characters that "
                                          "nobody sees"));
    }
    ask(call, MailedCommand{peer, input.through(), input.by_what()}, peer_response);
  });
}

}  // namespace jiexu
