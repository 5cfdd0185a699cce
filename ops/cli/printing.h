// What the command prints on its way to the terminal. Names, notes and questions come from other
// agencies: a control character in one could forge a line or colour of ours, a mark of direction
// turn an amount around. So they are shown as "\u{202e}" and not obeyed. And what could not be
// written is not lost without a word: the command ends with 74.
#pragma once

#include <iostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace jiexu::cli {

// Text to another buffer, line by line, with what nobody sees made visible.
class ShownText final : public std::streambuf {
 public:
  explicit ShownText(std::streambuf& under) : under_(under) {}

  // Also what is left of a character that never became whole.
  void end();
  // From now on as it is: JSON for programs, files for banks.
  void as_it_is();

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool show(std::string_view text);

  std::streambuf& under_;
  std::string waiting_;  // a line that has not ended
  bool as_it_is_ = false;
  bool good_ = true;
};

// Standard output and errors go through it while it lives. One at a time.
class Printing {
 public:
  Printing();
  ~Printing();
  Printing(const Printing&) = delete;
  Printing& operator=(const Printing&) = delete;

  // False if standard output could not take all that was printed.
  bool finish();

 private:
  friend void print_as_it_is();
  static Printing* now_;

  ShownText out_;
  ShownText errors_;
  std::streambuf* old_out_;
  std::streambuf* old_errors_;
};

// What is printed from now on is for a program or a file.
void print_as_it_is();

// A line that is to stand out. In colour where standard output is a terminal that has any, unless
// NO_COLOR is set (no-color.org); as it is elsewhere. Only what is printed through Printing may
// hold it.
std::string stressed(std::string_view line);

}  // namespace jiexu::cli
