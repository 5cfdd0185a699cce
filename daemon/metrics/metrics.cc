#include "daemon/metrics/metrics.h"

#include <prometheus/text_serializer.h>

namespace jiexu {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// A commit is one fsync: from 100 µs on a good disk to the seconds of a sick one.
const prometheus::Histogram::BucketBoundaries kCommitBounds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
const prometheus::Histogram::BucketBoundaries kHttpBounds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

auto& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

auto& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry);
}

auto& histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics()
    : process_(registry_),
      actions(counters(registry_, "jiexu_actions_total", "Actions of people, by outcome.")),
      bank_lines(counters(registry_, "jiexu_bank_lines_total", "Bank lines, by outcome.")),
      cases_closed(counters(registry_, "jiexu_cases_closed_total", "Cases that reached an end.")),
      messages_in(counters(registry_, "jiexu_messages_in_total", "Messages stored from a peer.")),
      messages_out(counters(registry_, "jiexu_messages_out_total", "Messages written for a peer.")),
      receipts_in(counters(registry_, "jiexu_receipts_in_total", "Receipts that we were given.")),
      frames_in(counters(registry_, "jiexu_frames_in_total", "Frames that a peer has sent.")),
      frames_refused(counters(registry_, "jiexu_frames_refused_total",
                              "Frames that the link protocol did not take.")),
      turned_away(counters(registry_, "jiexu_frames_turned_away_total",
                           "Frames that are malformed, forged or meant for another link.")),
      alarms(counters(registry_, "jiexu_alarms_total", "Events that a person should look at.")),
      quarantined(counters(registry_, "jiexu_quarantined_total", "Messages set aside.")),
      queue_depth(gauges(registry_, "jiexu_queue_depth", "Messages that await a receipt.")),
      oldest_unreceipted(gauges(registry_, "jiexu_oldest_unreceipted_seconds",
                                "Age of the oldest message that awaits a receipt.")),
      link_condition(gauges(registry_, "jiexu_link_condition",
                            "1 paused, 2 recovering, 3 stopped, 4 silent, 5 clock, 6 busy, "
                            "7 opening, 8 flowing.")),
      clock_skew(gauges(registry_, "jiexu_peer_clock_skew_seconds",
                        "The peer's clock less ours, when it last said what it shows.")),
      alarms_standing(gauges(registry_, "jiexu_alarms_standing",
                             "Conditions that last and that a person should know of.")),
      connections(counters(registry_, "jiexu_connections_total",
                           "Clients that asked to be let in, by the verdict on their key.")),
      connections_cut(counters(registry_, "jiexu_connections_cut_total",
                               "Connections ended because of what they made us hold.")),
      handshake_failures(counters(registry_, "jiexu_handshake_failures_total",
                                  "Connections that ended before anybody was let in.")
                             .Add({})),
      strangers(counters(registry_, "jiexu_strangers_total",
                         "Connections that have gone without one whole message.")
                    .Add({})),
      foreign_frames(counters(registry_, "jiexu_foreign_frames_total",
                              "Frames over a connection whose key is no longer in the directory.")
                         .Add({})),
      malformed_frames(
          counters(registry_, "jiexu_malformed_frames_total", "Frames of more than one part.")
              .Add({})),
      commits(counters(registry_, "jiexu_commits_total", "Commits of the store.").Add({})),
      commit_seconds(histograms(registry_, "jiexu_commit_seconds", "Duration of a commit.")
                         .Add({}, kCommitBounds)),
      disk_free_bytes(
          gauges(registry_, "jiexu_disk_free_bytes", "Free disk of the store.").Add({})),
      store_unreadable(gauges(registry_, "jiexu_store_unreadable",
                              "Records and ranges of the store that could not be read.")
                           .Add({})),
      batches_silent(gauges(registry_, "jiexu_batches_silent",
                            "Exported batches that the bank has said nothing of for too long.")
                         .Add({})),
      comparison_differences(gauges(registry_, "jiexu_comparison_differences",
                                    "Differences that the newest daily comparison has found.")),
      comparison_day(gauges(registry_, "jiexu_comparison_day_seconds",
                            "End of the newest day that a peer has stated, as Unix time.")),
      storage_room(gauges(registry_, "jiexu_storage_room",
                          "0: ample, 1: low, new work is refused, 2: short, frames too.")
                       .Add({})),
      http_requests(counters(registry_, "jiexu_http_requests_total", "API requests.")),
      http_seconds(histograms(registry_, "jiexu_http_request_seconds",
                              "Time from a request to its answer.")) {
  gauges(registry_, "jiexu_build_info", "1; which build this is.")
      .Add({{"version", JIEXU_VERSION}})
      .Set(1);
}

void Metrics::count_http(std::string_view route, int status, double seconds) {
  const std::string label(route);
  http_requests.Add({{"route", label}, {"status", std::to_string(status)}}).Increment();
  http_seconds.Add({{"route", label}}, kHttpBounds).Observe(seconds);
}

void Metrics::know_peer(AgencyId peer) {
  for (Counters* family :
       {&messages_in, &messages_out, &receipts_in, &frames_in, &frames_refused, &alarms}) {
    family->Add(peer_label(peer));
  }
}

std::string Metrics::text() {
  process_.refresh();
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

prometheus::Labels peer_label(AgencyId peer) {
  return {{"peer", peer.str()}};
}

}  // namespace jiexu
