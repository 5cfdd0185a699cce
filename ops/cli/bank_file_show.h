// A bank's file that was imported, for a person to read.
#pragma once

#include <string>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// States of a file: its lines are being booked; it waits for two people.
inline constexpr const char* kBookingState = "booking";
inline constexpr const char* kHeldState = "held";

// Its sums, its statements, what became of its lines, and what people have decided.
std::string file_text(const v1::BankFileView& view);
// What people have to do about a file that is held; empty: nothing.
std::string next_text(const v1::BankFileView& view, const std::string& command);

}  // namespace jiexu::cli
