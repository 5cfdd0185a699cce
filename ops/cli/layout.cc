#include "ops/cli/layout.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "daemon/base/columns.h"
#include "ops/cli/printing.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

constexpr size_t kBetween = 2;  // columns between two of a table
constexpr size_t kNarrowest = 8;
constexpr size_t kColumnsMax = 1000;
// Marks that stand at no line's end, and at none's beginning (GB/T 15834).
constexpr std::u32string_view kOpening = U"（《「『“‘〈【(";
constexpr std::u32string_view kClosing = U"，。、；：？！）》」』”’〉】,.;:?!)";

// A piece of text that is not broken, with the blanks behind it.
struct Piece {
  std::string_view text;
  size_t columns = 0;  // without the blanks
  size_t blanks = 0;
};

bool breaks_after(const Character& last, std::string_view rest) {
  if (rest.empty()) return true;
  const Character next = first_character(rest);
  if (last.columns < 2 && next.columns < 2) return false;
  if (kOpening.find(last.point) != kOpening.npos) return false;
  return kClosing.find(next.point) == kClosing.npos;
}

Piece first_piece(std::string_view text) {
  Piece piece;
  size_t end = 0;
  while (end < text.size() && text[end] != ' ') {
    const Character next = first_character(text.substr(end));
    end += next.bytes.size();
    piece.columns += next.columns;
    if (breaks_after(next, text.substr(end)) && (end == text.size() || text[end] != ' ')) break;
  }
  const size_t behind = std::min(text.find_first_not_of(' ', end), text.size());
  piece.blanks = behind - end;
  piece.text = text.substr(0, behind);
  return piece;
}

std::string without_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void wrap_line(std::string_view text, size_t columns, std::vector<std::string>& out) {
  std::string line;
  size_t used = 0;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    if (used > 0 && used + piece.columns > columns) {
      out.push_back(without_blanks(line));
      line.clear();
      used = 0;
    }
    line += piece.text;
    used += piece.columns + piece.blanks;
    text.remove_prefix(piece.text.size());
  }
  out.push_back(without_blanks(line));
}

// The columns below which a text cannot be brought.
size_t least_columns(std::string_view text) {
  size_t most = 0;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    most = std::max(most, piece.columns);
    text.remove_prefix(piece.text.size());
  }
  return most;
}

}  // namespace

size_t terminal_columns() {
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const size_t given = columns == nullptr ? 0 : std::strtoul(columns, nullptr, 10);
  return given == 0 || given > kColumnsMax ? 80 : given;
}

std::vector<std::string> wrapped(std::string_view text, size_t columns) {
  std::vector<std::string> out;
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    wrap_line(text.substr(0, end), columns, out);
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::string padded(std::string_view text, size_t columns) {
  const size_t used = columns_of(text);
  return std::string(text) + std::string(columns > used ? columns - used : 0, ' ');
}

Table::Table(std::vector<std::string> titles) : stress_{Stress::kNone} {
  for (std::string& title : titles) {
    const size_t blanks = std::min(title.find_first_not_of(' '), title.size());
    title = title.substr(0, blanks) + say(title.substr(blanks));
  }
  rows_.push_back(std::move(titles));
}

void Table::add(std::vector<std::string> row, Stress stress) {
  rows_.push_back(std::move(row));
  stress_.push_back(stress);
}

// What the cells need; if the terminal has less, the widest give way, as far as they can be broken.
std::vector<size_t> Table::widths() const {
  std::vector<size_t> widths(rows_[0].size());
  std::vector<size_t> least(rows_[0].size(), kNarrowest);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i]));
      least[i] = std::max(least[i], least_columns(row[i]));
    }
  }
  const size_t there = terminal_columns();
  if (there == 0) return widths;
  size_t used = std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * kBetween);
  while (used > there) {
    size_t* widest = nullptr;
    for (size_t i = 0; i < widths.size(); ++i) {
      const bool gives = widths[i] > least[i];
      if (gives && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
    --used;
  }
  return widths;
}

// The lines of one row, each cell wrapped to its column.
std::string Table::row_text(size_t r, const std::vector<size_t>& widths) const {
  std::vector<std::vector<std::string>> cells;
  size_t lines = 1;
  for (size_t i = 0; i < rows_[r].size(); ++i) {
    const bool fits = columns_of(rows_[r][i]) <= widths[i];
    cells.push_back(fits ? std::vector{rows_[r][i]} : wrapped(rows_[r][i], widths[i]));
    lines = std::max(lines, cells.back().size());
  }
  std::string out;
  for (size_t l = 0; l < lines; ++l) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = l < cells[i].size() ? cells[i][l] : "";
      line += i + 1 == cells.size() ? cell : padded(cell, widths[i] + kBetween);
    }
    if (lines > 1) line = without_blanks(std::move(line));
    out += (stress_[r] == Stress::kLate ? stressed(line) : line) + "\n";
  }
  return out;
}

std::string Table::text() const {
  const std::vector<size_t> widths = this->widths();
  std::string out;
  for (size_t r = 0; r < rows_.size(); ++r) out += row_text(r, widths);
  return out;
}

}  // namespace jiexu::cli
