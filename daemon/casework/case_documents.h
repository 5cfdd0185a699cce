// What people of both agencies wrote in a case: the application that began it, and every message,
// as it was entered, sent, received or keyed in from paper. A form that was replaced is still
// there.
//
// Read from the case's timeline and the link log. The application of a case that a recovery rebuilt
// is what its letter tells of it. Whoever wants many cases reads their states instead: each message
// is looked up in the log.
// Errors: kIo or kCorrupt of the store, kNotFound if the log lacks what the timeline names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/casework/case_store.h"
#include "daemon/rules/earlier_rows.h"

namespace jiexu {

struct CaseMessage {
  uint32_t entry = 0;  // of the timeline
  Instant at;          // when it was sent or came here
  bool ours = false;
  bool on_paper = false;  // keyed in
  AgencyId peer;          // who wrote it, or to whom it went
  std::string bytes;      // as they stand in the link log; empty: keyed in
  v1::Message message;
};

// In the order of the timeline.
Result<std::vector<CaseMessage>> list_messages(const Records& records, const Case& subject);

// nullopt: the case has no such document (yet).
Result<std::optional<v1::Application>> read_application(const Records& records,
                                                        const Case& subject);
Result<std::optional<v1::ContactLetter>> read_letter(const Records& records, const Case& subject);
// `version` 0: the newest.
Result<std::optional<v1::InformationForm>> read_form(const Records& records, const Case& subject,
                                                     uint32_t version);

// The newest forms with which the person of the case came here: of the other transfers to us that
// are done, in the order in which they began.
Result<std::vector<EarlierForm>> read_earlier_forms(const Records& records, const Case& subject);

}  // namespace jiexu
