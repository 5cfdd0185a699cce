// Output for people: money, ages and days, and states in plain words, in the language that is set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/layout.h"
#include "ops/cli/say.h"

namespace jiexu::cli {

// Says on standard error that so many records are left out of what was printed; 0: nothing.
void warn_unreadable(uint64_t records);

// "1,234.56 yuan"
std::string yuan(int64_t fen);

// "2 h", "3 d", "-" for 0.
std::string age(int64_t ms);

// A time of the API (RFC 3339) as "08:00:29, 4 s ago"; of another day as "2026-11-21 08:00, 2 d
// ago". Empty: "never". What is no such time stays as it is.
std::string moment(const std::string& at, Instant now);
// The same without how long ago it is: for lists of what has happened.
std::string day_and_time(const std::string& at);

// What a state means, as a sentence; the name itself if this version does not know it.
std::string plain_relationship(const std::string& name);
std::string plain_funds(const std::string& name);
std::string plain_deadline(const std::string& kind);
// What a kind of messages is called, by the name of its field, such as "letter_accept".
std::string message_title(std::string kind);
// The same by the number that reminders carry.
std::string plain_duty(uint32_t number);
// One sentence for each of the names in a list with commas, as `side` (IN or OUT) sees them.
std::vector<std::string> plain_overlays(const std::string& names, const std::string& side);
// Why a letter is refused, or a case held.
std::string plain_code(v1::RejectCode code);
std::string plain_fault(v1::FaultCode code);
// Why no money moves between the agencies; empty: it does, or nothing is known yet.
std::string plain_disposition(v1::Disposition disposition);
// What a person is told of a transfer; `name`: ProgressView.stage.
std::string plain_stage(const std::string& name);

// The value of any enum of forms and messages; its own name if it has no word.
std::string plain_enum(const google::protobuf::EnumValueDescriptor& value);
// What a field of forms, messages and actions is called.
std::string field_name(const google::protobuf::FieldDescriptor& field);

// What a path of a finding is called, such as "segments[3].to_month": "Months of insurance 3 / To".
std::string field_path(const std::string& path);
// The value of an enum that a person means: by its name without what all have in common, in small
// letters or capitals, or by its word in either language; nullptr: none.
const google::protobuf::EnumValueDescriptor* find_value(
    const google::protobuf::EnumDescriptor& type, const std::string& text);

// "in 3 days", "today", "2 days ago"; `due` and `today` as YYYY-MM-DD, empty `due`: not known yet.
std::string days_until(const std::string& due, const std::string& today);

}  // namespace jiexu::cli
