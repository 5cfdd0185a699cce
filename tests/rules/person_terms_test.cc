// The person's three months and the employer's fifteen days.
#include "daemon/rules/person_terms.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace person_terms_test {

TEST_CASE("the person has three months, to the same day or the last one of the month") {
  struct Vector {
    Date ended;
    const char* person;
    const char* employer;
  };
  const Vector vectors[] = {{{2026, 8, 31}, "2026-11-30", "2026-09-15"},
                            {{2025, 11, 30}, "2026-02-28", "2025-12-15"},
                            {{2023, 11, 29}, "2024-02-29", "2023-12-14"},
                            {{2026, 11, 20}, "2027-02-20", "2026-12-05"},
                            {{2026, 10, 1}, "2027-01-01", "2026-10-16"}};
  for (const Vector& vector : vectors) {
    INFO(vector.ended.str());
    const auto terms = person_terms(vector.ended);
    CHECK(terms[0].until.str() == vector.person);
    CHECK(terms[1].until.str() == vector.employer);
  }
}

}  // namespace person_terms_test
