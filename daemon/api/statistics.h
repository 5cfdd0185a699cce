// The figures that agencies report and look at, from one pass over the durable cases: monthly
// statistics by direction and county, and the age of what is overdue by counterpart.
//
// They name no person. Memory is bounded by the number of counties and counterparts, not of cases.
// A pass reads every case of the store, so that it runs on a thread of its own (worker.h).
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// A month of China Standard Time.
struct Month {
  int16_t year = 0;
  uint8_t month = 0;
  // nullopt unless `text` is YYYY-MM and such a month exists.
  static std::optional<Month> parse(std::string_view text);
  std::string str() const;
  bool contains(Instant at) const;
};

// What was begun, ended and moved in the month. Of an ended case (its closing falls into the month)
// count its direction, the two schemes, and the counterpart's county; the money is that of its
// ended cases. Totals are over all cases, over those with another province than `self`'s, and of
// both over rural migrants, as cities report them. Error: the store's; kBusy if `stop` was asked
// for.
Result<v1::StatisticsView> compute_statistics(const Records& records, AgencyId self,
                                              const Month& month, const std::stop_token& stop);

// Open duties whose day is over on `today`, by counterpart and side in duty.
Result<v1::AgeingView> compute_ageing(const Records& records, Date today,
                                      const std::stop_token& stop);

// One header line, then one line a county and direction, then the totals. RFC 4180.
std::string to_csv(const v1::StatisticsView& view);

}  // namespace jiexu
