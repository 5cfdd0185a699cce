#include "daemon/casework/letter_index.h"

#include "daemon/casework/case_store.h"
#include "storage/layout.h"

namespace jiexu {

Result<std::vector<CaseId>> LetterIndex::find(const LetterNumber& number) const {
  const auto it = gathered_.find(layout::letters_key(number.view()));
  if (it == gathered_.end()) return find_by_letter(tx_.records(), number);
  auto cases = layout::cases_of_letter(number.view(), it->second);
  if (!cases) return fail(Errc::kCorrupt, "an index record holds no letter numbers");
  return std::move(*cases);
}

Result<void> LetterIndex::add(std::string_view number, const CaseId& id) {
  const RecordKey key = layout::letters_key(number);
  auto it = gathered_.find(key);
  if (it == gathered_.end()) {
    TRY(auto old, tx_.get(key));
    it = gathered_.emplace(key, std::move(old).value_or(std::string())).first;
  }
  layout::append_letter(number, id, it->second);
  return {};
}

void LetterIndex::write() {
  for (const auto& [key, record] : gathered_) {
    tx_.put(key, record);
  }
  gathered_.clear();
}

}  // namespace jiexu
