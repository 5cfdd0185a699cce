// One bank line for a person to read, and what waits for a second person.
#pragma once

#include <string>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// The beginning of a line's id, which people type.
// Of a line that cannot be read the amount may be unknown.
std::string amount_of(const v1::BankLineView& line);
std::string shown_id(const std::string& line);

// What is proposed of the line and not approved yet; nullptr: nothing is.
const v1::LineDecisionView* waiting_decision(const v1::BankLineView& line);

// The same in words, with the line that it is of.
std::string act_text(const v1::BankLineView& line, const v1::LineDecisionView& decision);

// The command by which another person approves.
void print_next(const v1::BankLineView& line, const v1::LineDecisionView& decision,
                const std::string& command);

// All that is known of it. `command`: with what command lines begin.
void print_line(const v1::BankLineView& line, const std::string& command);

// Lines of which an act waits for a second person, each with the next command.
void print_line_acts(const google::protobuf::RepeatedPtrField<v1::BankLineView>& lines,
                     const std::string& command);

}  // namespace jiexu::cli
