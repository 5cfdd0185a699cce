// A message of ours as a sheet of paper, made like the forms of the field: title, agencies, what it
// says, a place for the seal and for who has handled it, the page, and the hash by which the
// electronic twin is known (X38). As text for any printer, and as a page for a browser's.
#pragma once

#include <string>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// What the agencies are called; empty: only their codes are known.
struct SheetNames {
  std::string from;
  std::string to;
};

// In pages of 60 lines of 78 columns, each but the last ended by a form feed.
std::string sheet_text(const v1::PaperView& paper, const SheetNames& names);
// One file without anything outside of it, for paper of size A4.
std::string sheet_html(const v1::PaperView& paper, const SheetNames& names);

}  // namespace jiexu::cli
