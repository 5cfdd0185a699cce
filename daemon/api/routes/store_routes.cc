// /v1/store: whether the store is as it was, and what people say of it.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/casework/store_check.h"

namespace jiexu {
namespace {

constexpr size_t kDamageShown = 100;

// The first places of the book; how many there are in all.
template <class View>
void add_damage(const DamageBook& book, View& view) {
  for (const DamagedPlace& place : book.places()) {
    if (static_cast<size_t>(view.unreadable_size()) == kDamageShown) break;
    *view.add_unreadable() = view_damage(place);
  }
  view.set_unreadable_total(book.size());
}

}  // namespace

void Api::show_store(Call call) {
  ask(call, StoreQuery(), [this](const Answered<v1::StoreView>& answer) -> HttpResponse {
    if (!answer) return refusal_response(answer.error(), nullptr);
    v1::StoreView view = *answer;
    if (ports_.damage != nullptr) add_damage(*ports_.damage, view);
    return {200, "application/json", to_json(view), {}};
  });
}

// Reads all there is, so that it must not hold up the other requests. What it finds is noted, and
// was perhaps known.
void Api::verify_store(Call call) {
  const bool begun = worker_.start(call.respond, [this](const std::stop_token& stop) {
    DamageBook found({});
    Records records(ports_.store, ports_.vault);
    records.pass_over_damage(found);
    auto checked = std::make_shared<Result<v1::StoreCheckView>>(jiexu::verify_store(records, stop));
    if (*checked) add_damage(found, **checked);
    if (ports_.damage != nullptr) {
      for (DamagedPlace& place : found.places()) ports_.damage->note(std::move(place));
    }
    return [checked]() -> HttpResponse {
      if (!*checked) return store_failure(checked->error());
      return {200, "application/json", to_json(**checked), {}};
    };
  });
  if (!begun) reply(call, busy());
}

void Api::propose_store_confirmation(Call call) {
  v1::ConfirmStoreInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_for_view(call, ConfirmStoreCommand{ConfirmStoreCommand::Act::kPropose, input.note()});
}

void Api::approve_store_confirmation(Call call) {
  v1::ApproveConfirmationInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_for_view(call, ConfirmStoreCommand{ConfirmStoreCommand::Act::kApprove, input.content()});
}

}  // namespace jiexu
