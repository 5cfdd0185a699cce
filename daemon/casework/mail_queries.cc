#include "daemon/casework/mail_queries.h"

#include "storage/layout.h"

namespace jiexu {
namespace {

Result<void> find_case(const Records& records, MailItem& item) {
  const auto id = CaseId::from_bytes(item.message.case_id());
  if (!id) return {};
  TRY(item.subject, read_case(records, *id));
  if (!item.subject) return {};
  TRY(const auto sent, list_sent(records, *item.subject));
  for (const SentMessage& message : sent) {
    if (message.place.seq == item.place.seq) item.number = message.number;
  }
  return {};
}

}  // namespace

Result<std::vector<MailItem>> list_mail(const Records& records, AgencyId peer, size_t limit) {
  std::vector<MailItem> out;
  TRY(const auto link, records.get_message<v1::LinkRecord>(
                           Family::kLink, layout::link_key(peer, layout::Direction::kOut)));
  if (!link) return out;
  for (Seq seq = link->receipted_seq() + 1; seq <= link->last_seq() && out.size() < limit; ++seq) {
    MailItem& item = out.emplace_back();
    item.place = {true, link->epoch(), seq};
    TRY(item.bytes, read_message_bytes(records, peer, item.place));
    if (!item.message.ParseFromString(item.bytes)) {
      return fail(Errc::kCorrupt, "a message in the link log is unreadable");
    }
    TRY_DO(find_case(records, item));
  }
  return out;
}

}  // namespace jiexu
