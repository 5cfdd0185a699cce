// Text in columns: lines that fit, and tables that line up under Chinese.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jiexu::cli {

// Columns of the terminal that standard output goes to; 0: it goes to no terminal.
size_t terminal_columns();

// The lines of `text` with at most so many columns each, as far as it can be broken: behind a
// space, and in Chinese behind any character that no closing mark follows.
std::vector<std::string> wrapped(std::string_view text, size_t columns);

// With blanks behind it up to so many columns.
std::string padded(std::string_view text, size_t columns);

// Says what stands out in a cell: what is late, and what is stuck.
enum class Stress : unsigned char { kNone, kLate };

class Table {
 public:
  // The titles are sentences of the catalogue, in English.
  explicit Table(std::vector<std::string> titles);
  void add(std::vector<std::string> row, Stress stress = Stress::kNone);
  size_t rows() const { return rows_.size() - 1; }
  // The titles alone if there are no rows. Within the columns of the terminal, as far as that goes.
  std::string text() const;

 private:
  std::vector<size_t> widths() const;
  std::string row_text(size_t r, const std::vector<size_t>& widths) const;

  std::vector<std::vector<std::string>> rows_;
  std::vector<Stress> stress_;
};

}  // namespace jiexu::cli
