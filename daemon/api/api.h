// The local API: who asks, what for, may they, and the answer. Reads come from the durable store,
// writes go to the engine through its port. The routes: table/.
//
// Rules that hold for every route:
//   * Only GET /livez, /readyz, /metrics, /openapi.json and /reference, the console's files and the
//     beginning of its session answer without a token; they show nothing of a person.
//   * A session stands for the token of its user (console_routes.cc), but not for what is meant for
//     programs: /metrics, what systems bring, and links that begin sessions.
//   * On the unix socket a request without a token is that of the user who has the peer's uid.
//   * The query holds what the route's row says, each name once; anything else is 400 (query.h).
//   * A path that does not exist is 404. A missing or wrong token is 401, a lacking right 403.
//   * Errors are problem+json with a stable code, in words of the language that Accept-Language
//     asks for, else of the agency's. A full inbox is 429 with Retry-After.
//   * A POST with an Idempotency-Key is done once (idempotency.h).
//   * What holds for requests and answers of every kind, such as tags: conventions.h.
//
// Threads: handle() runs on the HTTP server's workers, several at a time, and never blocks on the
// engine; all else that is not a handler may be called from any thread. The HttpServer must end
// before this object, the engine may end before or after both.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "daemon/agency/peer_commands.h"
#include "daemon/api/console_file.h"
#include "daemon/api/event_stream.h"
#include "daemon/api/http/http_message.h"
#include "daemon/api/idempotency.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/progress.h"
#include "daemon/api/router.h"
#include "daemon/api/statistics.h"
#include "daemon/api/worker.h"
#include "daemon/attachments/attachment_uploads.h"
#include "daemon/bank/bank_commands.h"
#include "daemon/base/time.h"
#include "daemon/casework/case_commands.h"
#include "daemon/engine/alarm.h"
#include "daemon/engine/change_feed.h"
#include "daemon/metrics/metrics.h"
#include "daemon/payments/payment_commands.h"
#include "daemon/recovery/store_commands.h"
#include "daemon/rules/calendar.h"
#include "daemon/users/sessions.h"
#include "daemon/users/sign_in.h"
#include "daemon/users/users.h"
#include "daemon/words/words.h"
#include "jiexu/v1/console.pb.h"
#include "jiexu/v1/record.pb.h"
#include "storage/damage.h"
#include "storage/records.h"

namespace jiexu {

struct PaymentEntry;

// What the API needs of the rest of the daemon. All references must outlive the Api.
struct ApiPorts {
  CommandPort& engine;
  const Store& store;
  const Vault& vault;
  const Clock& clock;
  Metrics& metrics;
  // Why the daemon takes no work now, in words for an operator; nullopt: it does.
  std::function<std::optional<std::string>()> not_ready;
  AgencyId self;           // our own agency
  bool four_eyes = false;  // actions that need a second person are proposed (engine/four_eyes.h)
  int32_t bank_silent_days = 3;  // working days after which a batch without a word is an alarm
  // Why nothing can be done in cases with the agency; kNone: something can. Of any thread.
  std::function<Refusal(AgencyId peer)> out_of_reach = nullptr;
  Language language = Language::kEnglish;  // of problems, unless a client asks for another one
  // The alarms that stand. Of any thread.
  std::function<std::vector<Alarm>()> alarms = nullptr;
  // Whether new letter numbers are given (engine.h). Of any thread.
  std::function<bool()> confirmed = nullptr;
  // Where what cannot be read is noted, so that lists and reports pass over it; nullptr: it is an
  // error of each.
  DamageBook* damage = nullptr;
  std::function<std::string()> self_name = nullptr;  // of our own agency. Of any thread.
  std::span<const ConsoleFile> console = {};         // none: it was built without
  ChangeFeed* feed = nullptr;                        // of the engine; may be left out
  // Sets the password of a user who has given the one from before, `was` as the file has it, and
  // gives the users as they are then. Of any thread; waits for the disk.
  std::function<Result<std::shared_ptr<const Users>>(
      const std::string& user, const std::string& was, const std::string& hashed)>
      set_password = nullptr;
};

class Api {
 public:
  Api(ApiPorts ports, std::shared_ptr<const Users> users);

  void handle(HttpRequest request, HttpRespond respond);
  // Who asks (HttpKnows).
  std::string user_of(const HttpRequest& request) const;
  void set_users(std::shared_ptr<const Users> users);
  // The working days from now on; those that this build carries until then.
  void set_calendar(std::shared_ptr<const Calendar> calendar);

  // Handlers of the route table.
  void apply(Call call);
  void list_cases(Call call);
  void find_cases(Call call);
  void list_work(Call call);
  void assign(Call call);
  void show_case(Call call);
  void show_timeline(Call call);
  void list_messages(Call call);
  void show_document(Call call);
  void act(Call call);
  void list_attachments(Call call);
  void show_attachment(Call call);
  void put_attachment(Call call);
  void issue_certificate(Call call);
  void list_certificates(Call call);
  void show_certificate(Call call);
  void list_mail(Call call);
  void mark_mailed(Call call);
  void list_papers(Call call);
  void show_paper(Call call);
  void key_paper(Call call);
  void list_proposals(Call call);
  void approve(Call call);
  void retract(Call call);
  void show_statistics(Call call);
  void show_ageing(Call call);
  void list_overdue(Call call);
  void show_progress(Call call);
  void submit_letters(Call call);
  void book_bank_lines(Call call);
  void list_bank_lines(Call call);
  void show_bank_line(Call call);
  void find_bank_lines(const Call& call);
  void list_file_lines(Call call);
  void match_bank_line(Call call);
  void explain_bank_line(Call call);
  void repeat_bank_line(Call call);
  void approve_bank_line(Call call);
  void retract_bank_line(Call call);
  void take_held_file(Call call);
  void approve_held_file(Call call);
  void retract_held_file(Call call);
  void ask_about_file(const Call& call, TakeFileCommand asked);
  void propose_line_act(const Call& call, SettleLineCommand act);
  Result<void> add_line_acts(size_t limit, v1::CaseViews& views) const;
  void take_bank_file(Call call);
  void list_bank_files(Call call);
  void make_batches(Call call);
  void list_batches(Call call);
  void show_batch(Call call);
  void approve_batch(Call call);
  void export_batch(Call call);
  void list_payments(Call call);
  void show_payee(Call call);
  void confirm_payee(Call call);
  void take_payment_report(Call call);
  void propose_release(Call call);
  void approve_release(Call call);
  void retract_release(Call call);
  void ask_about_release(const Call& call, ReleasePaymentCommand::Act act, std::string said,
                         bool went_out = false);
  Result<void> add_releases(size_t limit, v1::CaseViews& views) const;
  void show_peers(Call call);
  void show_queues(Call call);
  void show_peer(Call call);
  void ask_peer(Call call);
  void list_alarms(Call call);
  void pause_peer(Call call);
  void resume_peer(Call call);
  void list_quarantine(Call call);
  void show_quarantined(Call call);
  void show_quarantine_list(Call call);
  void propose_quarantine_list(Call call);
  void approve_quarantine_list(Call call);
  void retract_quarantine_list(Call call);
  void show_store(Call call);
  void verify_store(Call call);
  void propose_store_confirmation(Call call);
  void approve_store_confirmation(Call call);
  void show_ledger(Call call);
  void check_books(Call call);
  void show_comparison(Call call);
  void make_console_link(Call call);
  void begin_session(Call call);
  void change_password(Call call);
  void show_session(Call call);
  void end_session(Call call);
  void show_console(Call call);
  void show_console_file(Call call);
  void lead_to_console(Call call);
  void follow_events(Call call);
  void live(Call call);
  void ready(Call call);
  void show_metrics(Call call);
  void show_openapi(Call call);
  void show_reference(Call call);

 private:
  void route(HttpRequest request, const HttpRespond& respond, std::string_view& label);
  void run(const Route& route, Call call);
  // False: the request was, or is being, answered as the first under its key.
  bool is_first(Call& call);
  struct Asker {
    User user;
    bool by_session = false;
  };
  // nullopt: nobody whom we know.
  std::optional<Asker> authenticate(const HttpRequest& request) const;
  std::optional<User> user_by_token(std::string_view authorization) const;
  std::optional<Sessions::Found> session_of(const HttpRequest& request) const;
  // What a page may not ask for, whoever sits before it.
  std::optional<HttpResponse> refused_by_session(const Route& route,
                                                 const HttpRequest& request) const;
  void sign_in(const Call& call, std::string_view credentials);
  HttpResponse signed_in(const std::string& name, const HttpRequest& request);
  HttpResponse password_changed(const std::string& user, const std::string& password);
  HttpResponse session_response(const Sessions::Begun& begun, const HttpRequest& request) const;
  v1::SessionView session_view(const User& user, int64_t left_ms) const;
  std::shared_ptr<const Users> users_now() const;
  // Of words in the answer.
  Language language_of(const Call& call) const;
  // Whether the user is there still, with the same token and role.
  bool is_still(const User& user) const;
  std::function<bool()> still_there(const Call& call) const;
  ChangeFeed& feed() { return ports_.feed != nullptr ? *ports_.feed : own_feed_; }
  // The next cases of a list, and so on.
  struct CaseListing;
  void list_on(const std::shared_ptr<CaseListing>& listing);
  // Asks the engine. `render` makes the answer of the reply alone: it runs on a worker, or
  // on the engine's thread if the call has a key.
  template <class Ask, class Render>
  void ask(const Call& call, Ask what, Render render);
  template <class Ask, class Render>
  void ask_once(const Call& call, Ask what, Render render);
  // Asks for something whose answer is shown as it is.
  template <class Ask>
  void ask_for_view(const Call& call, Ask what);
  // Or answers that there is no room for it now.
  void post(const Call& call, Command command);
  void ask_for_action(const Call& call, ActionCommand command, int status_done);
  // A person's word about the proposal that the call names.
  void ask_about_proposal(const Call& call, std::optional<Digest> approve);
  // Hands the next piece of the file to the engine.
  struct Upload;
  void upload_next(const std::shared_ptr<Upload>& upload);
  void upload_piece(const std::shared_ptr<Upload>& upload, std::string content);
  void command_peer(const Call& call, const std::function<void(AgencyId)>& command);
  // For one list or report: what it passes over is noted with the rest, and it can say how much.
  Records own_records(const Reader& reader) const;
  // The batch that the first argument names; answers 404 or 500 itself and returns nullopt.
  std::optional<v1::RemittanceBatchRecord> find_batch(const Call& call) const;
  Result<std::vector<v1::SilentBatchView>> silent_batches() const;
  // Sets the gauges of daily comparisons.
  void measure_comparisons();
  v1::PaymentView payment_view(const PaymentEntry& payment) const;
  Result<void> add_payments(const Case& subject, v1::CaseView& view) const;
  void hold_actions(const Case& subject, v1::CaseView& view) const;
  std::string limits_in_words() const;
  Result<void> add_payments(const v1::RemittanceBatchRecord& batch,
                            v1::RemittanceBatchView& view) const;
  // Why this user may not take this action on the case as it stands; nullopt: let the engine
  // decide.
  std::optional<HttpResponse> refused_by_role(const Case& subject, EventKind action,
                                              const User& user) const;
  Result<std::vector<CaseId>> find_by_letter_or_person(const v1::ContactLetter& known) const;
  // Whether this is a person who may see to cases.
  bool is_colleague(std::string_view user) const;
  // The case that the first argument names; answers 404 or 500 itself and returns nullopt.
  std::optional<Case> find_case(const Call& call) const;

  ApiPorts ports_;
  const Records records_;  // only read, which any thread may
  Idempotency idempotency_;
  mutable std::mutex users_mutex_;
  std::shared_ptr<const Users> users_;
  mutable Sessions sessions_;
  mutable std::mutex calendar_mutex_;
  std::shared_ptr<const Calendar> calendar_;
  ChangeFeed own_feed_;  // if the daemon has none
  EventStreams event_streams_;
  std::atomic<uint64_t> uploads_ = 0;  // begun so far
  std::mutex progress_mutex_;
  ProgressGate progress_gate_;
  SignIn sign_in_;
  Worker worker_;  // last, so that it ends before what it reads
};

template <class Ask, class Render>
void Api::ask(const Call& call, Ask what, Render render) {
  using Reply = typename Ask::Reply;
  if (call.key) return ask_once(call, std::move(what), std::move(render));
  const auto done = [respond = call.respond, render = std::move(render)](Reply&& given) {
    respond([reply = std::make_shared<const Reply>(std::move(given)), render] {
      return render(*reply);
    });
  };
  post(call, make_command(call.user.name, std::move(what), done));
}

// What is kept in the commit of the act is the answer itself, so that it is rendered before.
template <class Ask, class Render>
void Api::ask_once(const Call& call, Ask what, Render render) {
  using Reply = typename Ask::Reply;
  const auto answer = std::make_shared<std::optional<HttpResponse>>();
  const auto keep = [render, answer](const Reply& reply) {
    *answer = render(reply);
    return keep_response(**answer);
  };
  const auto repeat = [respond = call.respond](std::string kept) {
    respond([kept = std::move(kept)] { return kept_response(kept); });
  };
  const auto done = [render, answer, respond = call.respond](Reply&& given) {
    if (!*answer) *answer = render(given);
    respond([answer] { return **answer; });
  };
  post(call, {call.user.name,
              std::make_unique<RequestFor<Ask>>(std::move(what), done,
                                                typename RequestFor<Ask>::Repeating{keep, repeat}),
              call.key});
}

template <class Ask>
void Api::ask_for_view(const Call& call, Ask what) {
  ask(call, std::move(what), [](const typename Ask::Reply& view) -> HttpResponse {
    if (!view) return refusal_response(view.error(), nullptr);
    return {200, "application/json", to_json(*view), {}};
  });
}

}  // namespace jiexu
