// What waits to be sent by mail to an agency without Jiexu: our messages, in the order in which
// they were written. Reads of durable records, from any thread that has its own Records. Errors:
// the store's; kCorrupt if a message cannot be read; kNotFound if the log lacks one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/casework/case_store.h"

namespace jiexu {

struct MailItem {
  LogPlace place;     // its number is what `mailed` counts up to
  std::string bytes;  // as they stand in the link log
  v1::Message message;
  std::optional<Case> subject;
  uint32_t number = 0;  // of ours in its case, from 1, as on the sheet
};

// The first `limit` of what has not been said to be mailed.
Result<std::vector<MailItem>> list_mail(const Records& records, AgencyId peer, size_t limit);

}  // namespace jiexu
