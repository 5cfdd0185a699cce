// What every engine of storage must do: one suite, run over each. A new engine is done when
// check_store_contract passes for it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "storage/store_engine.h"

namespace jiexu::testing {

// One store on one place, which can be closed and opened again.
class StorePlace {
 public:
  virtual ~StorePlace() = default;
  virtual StoreEngine& store() = 0;
  // Closes and opens; references to the earlier store() are dead.
  virtual void reopen() = 0;
  // Where a checkpoint may be laid down: nothing is there.
  virtual std::filesystem::path checkpoint_path() const = 0;
  // Closes, and opens the checkpoint of that path in the store's place.
  virtual void open_checkpoint() = 0;
};

// Call inside a TEST_CASE; runs as sections, each on a new, empty store of `make`.
void check_store_contract(const std::function<std::unique_ptr<StorePlace>()>& make);

}  // namespace jiexu::testing
