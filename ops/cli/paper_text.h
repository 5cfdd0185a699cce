// What is in a message or document, for people: every field that is set by its name, money also in
// capital figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/base/result.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// What the kind of message is called; the kind itself if it has no title.
std::string paper_title(const std::string& kind);

// A part of a document: fields with their names, or rows under titles. All is said already (say.h).
struct Section {
  std::string title;  // empty: what stands on its top level
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::string> titles;  // of rows; empty: there are fields
  std::vector<std::vector<std::string>> rows;
};

// The fields that are set, part by part. Rows are numbered from 0, as findings number them.
std::vector<Section> sections_of(const google::protobuf::Message& document);
std::vector<Section> sections_of(const v1::PaperView& paper);
std::string section_text(const Section& section);

// Who wrote it when, what it is, and its fields; letters and forms are read by `case document`.
// `command`: "jiexu" with the options that name this agency.
std::string message_text(const v1::PaperView& message, const std::string& command);

// What one of `others` wrote last; empty: nothing yet.
std::string last_word_text(const v1::PaperViews& messages, const std::vector<std::string>& others,
                           const std::string& command);

// The fields of a letter or form that are set: a line each, and rows of history as a table.
std::string document_text(const google::protobuf::Message& document);

// What a proposal would send, move and record, whole, for whoever is to approve it.
std::string proposal_text(const v1::ProposalView& proposal);

// What `jiexu case key-paper` sends: `json` (empty: none) with `fields` laid over it as in
// with_fields(). With a kind, both are fields of that message; without, of the whole paper.
// Error kInvalid.
Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields);

}  // namespace jiexu::cli
