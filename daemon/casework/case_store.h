// Cases in the store: Case to CaseRecord and back, and every read that the engine and the API
// share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/rules/letter_number.h"
#include "jiexu/v1/record.pb.h"
#include "storage/records.h"

namespace jiexu {

// Errors: kCorrupt if a field cannot be read, or if the case is none that any version has written
// (daemon/cases/invariants.h); the text names the field or the rule.
Result<Case> decode_case(const CaseId& id, const v1::CaseRecord& record);
// Sets every field of the record anew.
void encode_case(const Case& subject, v1::CaseRecord* record);
// Kept for its memory.
struct CaseScratch {
  v1::CaseRecord record;
};
// Appends the record's bytes to `out`.
void append_case(const Case& subject, CaseScratch* scratch, std::string* out);
void to_record(const LogPlace& place, v1::LogRef* ref);
// An index record of persons and letters: case ids one after another. Error kCorrupt.
Result<std::vector<CaseId>> decode_case_list(std::string_view list);

Result<std::optional<Case>> read_case(const Records& records, const CaseId& id);
// The same for a list: one that cannot be read is as if it were not there if `records` pass over
// damage, where it is noted.
Result<std::optional<Case>> read_listed_case(const Records& records, const CaseId& id);
// The greatest id of all cases; empty if there is none.
Result<CaseId> greatest_case(const Reader& reader);
Result<std::vector<v1::TimelineRecord>> read_timeline(const Records& records, const CaseId& id);
Result<std::vector<CaseId>> find_by_letter(const Records& records, const LetterNumber& number);
Result<std::vector<CaseId>> find_by_person(const Records& records, const PersonHash& hash);

// A message of ours in the case, as it went into the log.
struct SentMessage {
  uint32_t number = 0;  // among ours in this case, from 1
  AgencyId to;
  LogPlace place;
};
// All of them, in order.
Result<std::vector<SentMessage>> list_sent(const Records& records, const Case& subject);

// The message's bytes as they were sent; kNotFound if the log does not hold the place.
Result<std::string> read_message_bytes(const Records& records, AgencyId peer,
                                       const LogPlace& place);
// The message at a place of the log with `peer`; kNotFound if the log does not hold it.
Result<v1::Message> read_message(const Records& records, AgencyId peer, const LogPlace& place);

// A letter's delivery is written into its case when the case is next needed; until then the receipt
// that we hold tells of it. Shows it in `subject`, for readers.
Result<void> show_delivery(const Records& records, Case& subject);

// With whom the case was when its timeline entry `number` was written. The entry that forwards the
// letter sends it to the next agency.
AgencyId peer_at(const Case& subject, uint32_t number);

// A page of cases in id order (which is time order) after `after`, as readers see them; open ones
// only if asked.
struct CasePage {
  std::vector<Case> cases;
  std::optional<CaseId> next;
};
Result<CasePage> list_cases(const Records& records, bool open_only, std::optional<CaseId> after,
                            size_t limit);

}  // namespace jiexu
