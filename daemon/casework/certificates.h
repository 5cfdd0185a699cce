// Certificates of insurance (参保凭证) that this agency issues as the one that a person leaves. They
// are printed in three copies: one goes with the person to the new agency, one stays here, one is
// the person's. What is on one is as old as its print, and nothing is ever reckoned with it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "daemon/engine/command.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/transaction.h"
#include "daemon/trust/directory.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

struct IssueCertificateCommand {
  using Reply = Answered<v1::CertificateView>;  // refused: kCertificateInvalid
  std::shared_ptr<const v1::Certificate> certificate;
};

class Certificates {
 public:
  Certificates(AgencyId self, Transaction& tx, const Vault& vault)
      : self_(self), tx_(tx), vault_(vault) {}

  void register_with(Kernel& kernel);
  // Whose name and contact stand on them.
  void set_directory(std::shared_ptr<const Directory> directory) {
    directory_ = std::move(directory);
  }

 private:
  Result<Answered<v1::CertificateView>> issue(const v1::Certificate& given, const std::string& user,
                                              Instant now);
  Result<Instant> free_second(Instant now) const;
  void fill(v1::Certificate& certificate, Instant second) const;

  AgencyId self_;
  Transaction& tx_;
  const Vault& vault_;
  std::shared_ptr<const Directory> directory_;
};

// Reads of durable records, from any thread that has its own Records. Errors: the store's;
// kCorrupt if a record cannot be read.
v1::CertificateView view_of(const v1::CertificateRecord& record);
// nullopt: this agency has issued none of this number.
Result<std::optional<v1::CertificateView>> find_certificate(const Records& records,
                                                            std::string_view number);
struct CertificatePage {
  std::vector<v1::CertificateView> certificates;
  std::optional<uint64_t> next;  // to go on behind; nullopt: these are the last
};
// The first `limit` behind `after`, oldest first.
Result<CertificatePage> list_certificates(const Records& records, std::optional<uint64_t> after,
                                          size_t limit);

}  // namespace jiexu
