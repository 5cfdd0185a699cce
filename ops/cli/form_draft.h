// The information form that a clerk begins with.
#pragma once

#include <string>
#include <vector>

#include "daemon/rules/earlier_rows.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::cli {

// The forms with which the person came here.
struct Arrivals {
  AgencyId ours;
  std::vector<EarlierForm> done;            // their transfers are; a form of ours carries them on
  std::vector<v1::InformationForm> others;  // of transfers that are open, or were given up
};

// For a case without a form: what the case says, the rows that it has to carry on, of what else
// came with the person what tells of other months, by area and month, and an empty row for our own.
v1::InformationForm first_form(const v1::CaseView& view, const Arrivals& arrivals);

// A correction of `last` with the rows that it has to carry on, without what the daemon fills in.
v1::InformationForm next_version(v1::InformationForm last, const Arrivals& arrivals);

// For `case do --file`, with every field, so that a person sees what can be said.
std::string input_json(const v1::InformationForm& form);

// What `case key-paper` sends of an information form on paper, with the numbers that it may leave
// out, because they follow from the case: a form of an agency without Jiexu bears none of them.
std::string with_numbers_of(const v1::CaseView& view, const std::string& paper);

}  // namespace jiexu::cli
