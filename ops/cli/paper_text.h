// A message of a case as a sheet of paper: every field by name, money also in capital figures, the
// number, and the hash by which the electronic twin is known (X38).
#pragma once

#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// What the kind of message is called, in Chinese and English; the kind itself if it has no title.
std::string paper_title(const std::string& kind);

std::string paper_text(const v1::PaperView& paper);

// What `jiexu case key-paper` sends: `json` (empty: none) with `fields` laid over it as in
// with_fields(). With a kind, both are fields of that message; without, of the whole paper.
// Error kInvalid.
Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields);

}  // namespace jiexu::cli
