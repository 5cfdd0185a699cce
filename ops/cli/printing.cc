#include "ops/cli/printing.h"

#include <utility>

#include "daemon/base/text.h"

namespace jiexu::cli {
namespace {

// A line that never ends is shown in pieces, each a whole number of characters.
constexpr size_t kWaitingMax = 64 << 10;

size_t whole_characters(std::string_view text) {
  return drop_cut_utf8(text).size();
}

}  // namespace

bool ShownText::show(std::string_view text) {
  const std::string shown = show_hidden(text, true);
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

void print_as_it_is() {
  if (Printing::now_ != nullptr) Printing::now_->out_.as_it_is();
}

}  // namespace jiexu::cli
