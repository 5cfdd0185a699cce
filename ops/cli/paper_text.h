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

// Who wrote it when, what it is, and its fields; letters and forms are read by `case document`.
std::string message_text(const v1::PaperView& message);

// What one of `others` wrote last; empty: nothing yet.
std::string last_word_text(const v1::PaperViews& messages, const std::vector<std::string>& others);

// The fields of a letter or form that are set: a line each, and rows of history as a table.
std::string document_text(const google::protobuf::Message& document);

// What `jiexu case key-paper` sends: `json` (empty: none) with `fields` laid over it as in
// with_fields(). With a kind, both are fields of that message; without, of the whole paper.
// Error kInvalid.
Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields);

}  // namespace jiexu::cli
