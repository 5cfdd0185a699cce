// Sheets of paper, made like the forms of the field: title, who writes to whom, what it says, a
// place for the seal and for who has handled it, the page. As text for any printer, and as a page
// for a browser's. A message of ours also bears the hash by which the electronic twin is known
// (X38).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/paper_text.h"

namespace jiexu::cli {

struct Sheet {
  std::string title;
  std::string number;  // for the title of a page; empty: it has none
  std::vector<std::pair<std::string, std::string>> head;
  std::vector<Section> sections;
  std::string foot;    // below the seal
  std::string sha256;  // in hex, of the electronic message; empty: there is none
};

// What the agencies are called; empty: only their codes are known.
struct SheetNames {
  std::string from;
  std::string to;
};

Sheet sheet_of(const v1::PaperView& paper, const SheetNames& names);

// In pages of 60 lines of 78 columns, each but the last ended by a form feed.
std::string sheet_text(const Sheet& sheet);
// One file without anything outside of it, for paper of size A4; each sheet begins a page.
std::string sheets_html(const std::vector<Sheet>& sheets);

}  // namespace jiexu::cli
