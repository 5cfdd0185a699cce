// The metrics of the daemon, served on /metrics in Prometheus' text format. Names begin with
// jiexu_, units are base units. Labels are bounded: peers by the directory, routes by the route
// table, reasons by enums. Nothing about a person is ever a label.
//
// Threads: every method from any thread; a counter is an atomic, finding one by its labels takes a
// short lock.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/metrics/process_metrics.h"

namespace jiexu {

class Metrics {
 private:
  prometheus::Registry registry_;
  ProcessMetrics process_;

 public:
  using Counters = prometheus::Family<prometheus::Counter>;
  using Gauges = prometheus::Family<prometheus::Gauge>;
  using Histograms = prometheus::Family<prometheus::Histogram>;

  Metrics();

  // Cases and funds.
  Counters& actions;       // action, outcome (done, or the name of a refusal)
  Counters& bank_lines;    // outcome
  Counters& cases_closed;  // side, end
  // The exchange.
  Counters& messages_in;       // peer
  Counters& messages_out;      // peer
  Counters& receipts_in;       // peer
  Counters& frames_in;         // peer
  Counters& frames_refused;    // peer
  Counters& turned_away;       // peer, reason: frames that never reached the engine
  Counters& alarms;            // peer: a person should look
  Counters& quarantined;       // reason
  Gauges& queue_depth;         // peer: messages without receipt
  Gauges& oldest_unreceipted;  // peer: age in seconds, the proof of progress
  Gauges& link_condition;      // peer: LinkCondition, 8 is flowing
  Gauges& clock_skew;          // peer: its clock less ours, in seconds
  Gauges& alarms_standing;     // kind: how many stand now
  Counters& connections;       // verdict: clients that tried to get in
  Counters& connections_cut;   // reason: that we ended because they held too much
  prometheus::Counter& handshake_failures;
  prometheus::Counter& strangers;         // connections that never brought a message
  prometheus::Counter& foreign_frames;    // of a key that the directory no longer has
  prometheus::Counter& malformed_frames;  // of more than one part
  // The store.
  prometheus::Counter& commits;
  prometheus::Histogram& commit_seconds;
  prometheus::Gauge& disk_free_bytes;
  prometheus::Gauge& store_unreadable;  // places that were found to be damaged since the start
  prometheus::Gauge& batches_silent;
  Gauges& comparison_differences;   // peer
  Gauges& comparison_day;           // peer
  prometheus::Gauge& storage_room;  // 0 ample, 1 low (new work is refused), 2 short (frames too)
  // The API.
  Counters& http_requests;   // route, status
  Histograms& http_seconds;  // route

  void count_http(std::string_view route, int status, double seconds);

  // From now on the peer's series are there, at 0, so that the first alarm is an increase.
  void know_peer(AgencyId peer);

  // The exposition text.
  std::string text();
};

// The labels that families by peer take.
prometheus::Labels peer_label(AgencyId peer);

}  // namespace jiexu
