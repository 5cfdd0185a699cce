// A message as a sheet of paper, as the API gives it.
#pragma once

#include <string>
#include <string_view>

#include "daemon/cases/case.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// The name of the message's body, as in paths and on the command line.
std::string paper_kind(const v1::Message& message);

struct Between {
  AgencyId from;
  AgencyId to;
};
// `bytes`: as they stand in the link log; the hash on the sheet is theirs.
v1::PaperView paper_view(const v1::Message& message, std::string_view bytes, Between agencies);
// By which it is found again: `number` counts our messages in the case from 1.
void name_paper(const Case& subject, uint32_t number, v1::PaperView& view);

}  // namespace jiexu
