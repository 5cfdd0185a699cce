// Output for people: columns that line up also with Chinese text, money, states in plain words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// Columns on a terminal: East Asian wide characters take two.
size_t display_width(std::string_view utf8);

class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // The header alone if there are no rows.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "1,234.56 yuan"
std::string yuan(int64_t fen);

// "2 h", "3 d", "-" for 0.
std::string age(int64_t ms);

// What a state means, as a sentence; the name itself if this version does not know it.
std::string plain_relationship(const std::string& name);
std::string plain_funds(const std::string& name);
std::string plain_deadline(const std::string& kind);
// The same by the number that reminders carry.
std::string plain_duty(uint32_t number);
// One sentence for each of the names in a list with commas, as `side` (IN or OUT) sees them.
std::vector<std::string> plain_overlays(const std::string& names, const std::string& side);
// Why a letter is refused, a case held: the code's name without what all have in common, and words.
std::string plain_code(v1::RejectCode code);
// Why no money moves between the agencies; empty: it does, or nothing is known yet.
std::string plain_disposition(v1::Disposition disposition);
// What a person is told of a transfer; `name`: ProgressView.stage.
std::string plain_stage(const std::string& name);

// "in 3 days", "today", "2 days ago"; `due` and `today` as YYYY-MM-DD, empty `due`: not known yet.
std::string days_until(const std::string& due, const std::string& today);

}  // namespace jiexu::cli
