#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Route kStoreRows[] = {
    {"GET", "/v1/store", Right::kSeeExchange, &Api::show_store,
     {.name = "show_store",
      .summary = "Whether the store is the newest, what waits for that, and what is unreadable",
      .output = {of<v1::StoreView>}}},
    {"GET", "/v1/store/verify", Right::kSeeExchange, &Api::verify_store,
     {.name = "verify_store", .summary = "Reads the whole store, and says what is unreadable",
      .output = {of<v1::StoreCheckView>}}},
    {"POST", "/v1/store/confirm", Right::kConfirmStore, &Api::propose_store_confirmation,
     {.name = "propose_store_confirmation",
      .summary = "Proposes to say that the store is no older copy, and how that is known",
      .input = of<v1::ConfirmStoreInput>, .output = {of<v1::StoreView>}}},
    {"POST", "/v1/store/confirm/approve", Right::kConfirmStore, &Api::approve_store_confirmation,
     {.name = "approve_store_confirmation", .summary = "Says so too, as another person",
      .input = of<v1::ApproveConfirmationInput>, .output = {of<v1::StoreView>},
      .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable store_table() {
  return {"store", "The store as a whole", kStoreRows};
}

}  // namespace jiexu
