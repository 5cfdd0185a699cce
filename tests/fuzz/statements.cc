// Daily statements of a peer against books of ours: whatever they say, the comparison ends, names
// no more than it may, and what is refused is refused for a reason. The first byte: 0 the rest is a
// statement and our books are its mirror; else our books are drawn from the rest too.
#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/stubs/logging.h>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/reconciliation/rules/comparison.h"

using namespace jiexu;

namespace {

v1::StatementRow mirror(const v1::StatementRow& theirs) {
  v1::StatementRow ours = theirs;
  ours.set_transfer_out(!theirs.transfer_out());
  ours.set_sent_case_seq(theirs.received_case_seq());
  ours.set_received_case_seq(theirs.sent_case_seq());
  return ours;
}

void compare(const v1::DailyStatement& statement, bool same, FuzzedDataProvider& in) {
  v1::ComparisonRecord record;
  for (const v1::StatementRow& theirs : statement.rows()) {
    v1::StatementRow ours = mirror(theirs);
    if (!same) {
      ours.set_credited_fen(in.ConsumeIntegralInRange<int64_t>(0, limits::kStatementFenMax));
      ours.set_sent_case_seq(in.ConsumeIntegral<uint32_t>());
    }
    compare_case(theirs, &ours, same || in.ConsumeBool(), record);
  }
  if (same) CHECK(record.differences_total() == 0);
  const std::vector<v1::KindCount> counts(statement.counts().begin(), statement.counts().end());
  std::vector<v1::AccountBalance> balances;
  for (uint32_t account = 1; account <= 14 && !same; ++account) {
    balances.emplace_back();
    balances.back().set_account(account);
    balances.back().set_balance_fen(in.ConsumeIntegral<int64_t>());
  }
  compare_counts(statement.counted_from(), counts, statement, record);
  compare_sums(balances, statement, true, record);
  conclude(record);
  CHECK(static_cast<size_t>(record.differences_size()) <= limits::kComparisonDifferencesMax);
  CHECK(static_cast<uint64_t>(record.differences_size()) <= record.differences_total());
  for (const v1::DifferenceRecord& difference : record.differences()) {
    CHECK(!name(static_cast<Difference>(difference.kind())).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  [[maybe_unused]] static auto* const kQuiet = new google::protobuf::LogSilencer;
  if (size == 0) return 0;
  FuzzedDataProvider in(data + 1, size - 1);
  const bool same = data[0] == 0;
  v1::DailyStatement statement;
  const std::string bytes =
      same ? in.ConsumeRemainingBytesAsString() : in.ConsumeRandomLengthString(4096);
  if (!statement.ParseFromString(bytes)) return 0;
  if (const auto fault = check_statement(statement, "")) {
    CHECK(!fault->detail.empty());
  } else {
    compare(statement, same, in);
  }
  return 0;
}
