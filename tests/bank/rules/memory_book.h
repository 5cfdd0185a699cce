// A FundsBook in memory: hash tables by letter number, batch number and amount.
#pragma once

#include <unordered_map>

#include "daemon/bank/rules/matcher.h"

namespace jiexu {

class MemoryBook final : public FundsBook {
 public:
  void reserve(size_t cases) {
    letters_.reserve(cases);
    amounts_.reserve(cases);
  }
  void add(const std::string& letter, const ExpectedCase& expected) {
    letters_[letter] = expected;
    amounts_.emplace(expected.missing.value, expected.id);
  }
  void add(const std::string& number, const ExpectedBatch& batch) { batches_[number] = batch; }
  void add_owner(const std::string& account, AgencyId agency) { owners_[account] = agency; }

  Result<std::optional<ExpectedBatch>> batch(std::string_view number) override {
    return find(batches_, number);
  }
  Result<std::optional<ExpectedCase>> letter(std::string_view number) override {
    return find(letters_, number);
  }
  Result<std::vector<CaseId>> missing(Fen amount, std::string_view) override {
    std::vector<CaseId> out;
    const auto range = amounts_.equal_range(amount.value);
    for (auto it = range.first; it != range.second && out.size() < 5; ++it) {
      out.push_back(it->second);
    }
    return out;
  }
  std::optional<AgencyId> owner(std::string_view account) override {
    return find(owners_, account);
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class Value>
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  template <class Value>
  static std::optional<Value> find(const Map<Value>& map, std::string_view key) {
    const auto it = map.find(key);
    return it == map.end() ? std::nullopt : std::optional<Value>(it->second);
  }

  Map<ExpectedBatch> batches_;
  Map<ExpectedCase> letters_;
  Map<AgencyId> owners_;
  std::unordered_multimap<int64_t, CaseId> amounts_;
};

}  // namespace jiexu
