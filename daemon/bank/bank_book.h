// What is expected from other agencies, for the matcher: cases by letter number, batches that
// remittance notices have announced, cases by the amount that they miss.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemon/bank/rules/matcher.h"
#include "daemon/casework/case_service.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

class BankBook final : public FundsBook {
 public:
  // All must outlive this object.
  BankBook(Transaction& tx, CaseService& cases) : tx_(tx), cases_(cases) {}

  void set_directory(const Directory& directory, AgencyId self);
  // The time at which cases are looked at. REQUIRED before a match.
  void set_now(Instant now) { now_ = now; }

  Result<std::optional<ExpectedBatch>> batch(std::string_view number) override;
  Result<std::optional<ExpectedCase>> letter(std::string_view number) override;
  // Sees what is durable.
  Result<std::vector<CaseId>> missing(Fen amount, std::string_view payer_account) override;
  std::optional<AgencyId> owner(std::string_view account) override;

  // None for what is no batch number, such as the empty one of a line without a batch.
  Result<std::optional<v1::IncomingBatchRecord>> read_batch(std::string_view number) const;
  void write_batch(std::string_view number, const v1::IncomingBatchRecord& record);

 private:
  // What the number alone says; nullopt: no agency that we know gives such numbers.
  std::optional<ExpectedBatch> unannounced(std::string_view number) const;

  Transaction& tx_;
  CaseService& cases_;
  std::map<std::string, AgencyId, std::less<>> owners_;
  std::vector<AgencyId> others_;  // agencies of the directory but for ours
  Instant now_;
};

}  // namespace jiexu
