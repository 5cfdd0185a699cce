// The information form that a clerk begins with.
#pragma once

#include <string>
#include <vector>

#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// For a case without a form: what the case says, the rows of earlier areas as the forms that
// brought the person here have them (each once, by area and month), and an empty row for our own.
v1::InformationForm first_form(const v1::CaseView& view,
                               const std::vector<v1::InformationForm>& earlier);

// A correction of `last`, without what the daemon fills in.
v1::InformationForm next_version(v1::InformationForm last);

// For `case do --file`, with every field, so that a person sees what can be said.
std::string input_json(const v1::InformationForm& form);

}  // namespace jiexu::cli
