// One case for a person to read.
#pragma once

#include <string>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// The CaseViews of a list, as a table.
void print_all_cases(const std::string& body);

// Of a digest, what people read and type; commands send the whole one.
inline constexpr size_t kDigestShown = 8;

// What state it is in, what is due when, and the command line for each action that is allowed.
// `today`: YYYY-MM-DD, for the days that are left. `command`: with what command lines begin.
std::string case_text(const v1::CaseView& view, const std::string& today,
                      const std::string& command);

// The files of a case as a table.
std::string attachments_text(
    const google::protobuf::RepeatedPtrField<v1::AttachmentView>& attachments);

// Why payments of the case are held: its account is not in the directory and two people have not
// confirmed it. Empty if they are not.
std::string held_text(const v1::PayeeView& payee, const std::string& command);

// The beginning of a case's id, which people type: also cases of one bulk differ in it.
std::string short_case(const std::string& id);

// Prints the case for the JSON of a CaseView, as of now.
void print_case(const std::string& body, const std::string& command);

}  // namespace jiexu::cli
