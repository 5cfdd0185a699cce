// The rows of earlier areas. The relationship follows the person and the years of contribution are
// added up (Social Insurance Law, article 32); the information form has a division in each of its
// rows for that. An agency to which people came with such forms carries the rows on in its own form
// as they came: only the area in which the months were paid may correct them, by a supplementary
// form.
//
// Which rows must stand in a form of ours:
//
//   * all of the newest form of each transfer to us that is done, but for those of our own months,
//     which are ours to state. Ours are rows that name us as their agency or lie in our area: also
//     those that come back to us (A to B to C to A), and those of agencies that were merged into
//     us. The area of a code that ends in 00 is the whole prefecture, in 0000 the province, as
//     pools are;
//   * where two forms tell of the same months, one word: what an area itself said goes before what
//     others carried of it, and then the later day of issue before the earlier one, so that a
//     supplement replaces what it corrects. What it says nothing of stands: a month is lost more
//     easily than one that is told too often is found. Months are the same if the scheme is, and
//     the area is or both count (two areas cannot both have them, rule 22);
//   * not what could not stand in the form as it came, because it breaks a rule there: the agency
//     that took it confirmed it all the same, and no form would be right;
//   * not in a form that is full (limits::kHistoryRowsMax): it owes no further row. First make rows
//     of our own coarser; what is left out can be found under the letter it came with.
//
// Pure; every function may be called from any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/rules/form_check.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

// With which a person came here.
struct EarlierForm {
  AgencyId sender;
  v1::InformationForm form;  // the newest version
};

// Points into an EarlierForm.
struct EarlierRow {
  const v1::Segment* row = nullptr;
  std::string_view letter_number;
};

// What `form` has to carry on. `ours`: we, and the agencies that were merged into us.
std::vector<EarlierRow> rows_to_carry(const v1::InformationForm& form,
                                      std::span<const EarlierForm> earlier,
                                      std::span<const AgencyId> ours);

// Rule kEarlierRow: a row that is missing, at `segments`, or that stands otherwise, at its place.
std::vector<Finding> check_earlier_rows(const v1::InformationForm& form,
                                        std::span<const EarlierForm> earlier,
                                        std::span<const AgencyId> ours);

// Whether both tell of a month of the same scheme.
bool share_months(const v1::Segment& a, const v1::Segment& b);

// Puts in what is missing, in place of what stands otherwise.
void carry_rows_on(std::span<const EarlierForm> earlier, std::span<const AgencyId> ours,
                   v1::InformationForm& form);

}  // namespace jiexu
