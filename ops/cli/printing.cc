#include "ops/cli/printing.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "daemon/base/text.h"

namespace jiexu::cli {
namespace {

// A line that never ends is shown in pieces, each a whole number of characters.
constexpr size_t kWaitingMax = 64 << 10;

size_t whole_characters(std::string_view text) {
  return drop_cut_utf8(text).size();
}

// What stands for the terminal's own codes until the text is shown, so that no text from outside
// can hold any: neither is UTF-8.
constexpr std::string_view kStressOn = "\xff\xfe";
constexpr std::string_view kStressOff = "\xff\xfd";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

bool has_colours() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
  };
  return ::isatty(STDOUT_FILENO) != 0 && set("NO_COLOR").empty() && set("TERM") != "dumb" &&
         !set("TERM").empty();
}

// What can be seen of a text, with the codes for its marks.
std::string shown_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t mark = std::min(text.find('\xff'), text.size());
    out += show_hidden(text.substr(0, mark), true);
    text.remove_prefix(mark);
    const bool on = text.starts_with(kStressOn);
    if (on || text.starts_with(kStressOff)) {
      out += on ? kRed : kPlain;
      text.remove_prefix(kStressOn.size());
    } else if (!text.empty()) {
      out += show_hidden(text.substr(0, 1), true);
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

bool ShownText::show(std::string_view text) {
  const std::string shown = shown_text(text);
  const auto size = static_cast<std::streamsize>(shown.size());
  good_ &= under_.sputn(shown.data(), size) == size;
  return good_;
}

void ShownText::end() {
  if (!waiting_.empty()) show(std::exchange(waiting_, {}));
  sync();
}

void ShownText::as_it_is() {
  end();
  as_it_is_ = true;
}

std::streamsize ShownText::xsputn(const char* text, std::streamsize size) {
  if (as_it_is_) return under_.sputn(text, size);
  waiting_.append(text, static_cast<size_t>(size));
  const size_t end = waiting_.rfind('\n');
  size_t ready = end == waiting_.npos ? 0 : end + 1;
  if (ready == 0 && waiting_.size() > kWaitingMax) ready = whole_characters(waiting_);
  if (ready == 0) return size;
  const bool done = show(std::string_view(waiting_).substr(0, ready));
  waiting_.erase(0, ready);
  return done ? size : 0;
}

ShownText::int_type ShownText::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char one = traits_type::to_char_type(c);
  return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

int ShownText::sync() {
  const size_t ready = whole_characters(waiting_);
  if (ready > 0) show(std::string_view(waiting_).substr(0, ready));
  waiting_.erase(0, ready);
  good_ &= under_.pubsync() == 0;
  return good_ ? 0 : -1;
}

Printing* Printing::now_ = nullptr;

Printing::Printing()
    : out_(*std::cout.rdbuf()),
      errors_(*std::cerr.rdbuf()),
      old_out_(std::cout.rdbuf(&out_)),
      old_errors_(std::cerr.rdbuf(&errors_)) {
  now_ = this;
}

Printing::~Printing() {
  finish();
  now_ = nullptr;
  std::cout.rdbuf(old_out_);
  std::cerr.rdbuf(old_errors_);
}

bool Printing::finish() {
  errors_.end();
  out_.end();
  std::cerr.flush();
  std::cout.flush();
  return std::cout.good();
}

std::string stressed(std::string_view line) {
  if (!has_colours()) return std::string(line);
  return std::string(kStressOn).append(line).append(kStressOff);
}

void print_as_it_is() {
  if (Printing::now_ != nullptr) Printing::now_->out_.as_it_is();
}

}  // namespace jiexu::cli
