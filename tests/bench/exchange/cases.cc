#include <unistd.h>

#include <algorithm>
#include <thread>

#include "daemon/base/check.h"
#include "tests/bench/exchange/modes.h"
#include "tests/bench/exchange/office.h"

namespace jiexu::bench {
namespace {

// Open at one agency; more would only make each look at the list longer.
constexpr size_t kOpenMax = 400;
// Every tenth of the generated people is a plain transfer with money; the next tenth goes the other
// way.
constexpr size_t kPeoplePerCase = 10;

uint64_t messages_sent(const Site& site) {
  return Site::peer(*site.connect(0), site.code(1)).out_last_seq() +
         Site::peer(*site.connect(1), site.code(0)).out_last_seq();
}

std::vector<const e2e::Applicant*> people_of(e2e::People& people, size_t cases) {
  std::vector<const e2e::Applicant*> out;
  for (size_t n = 0; n < cases; ++n) out.push_back(&people.make(n * kPeoplePerCase));
  return out;
}

// Applications [from, to), each at the agency where the person is now.
void apply(Office (&services)[2], const std::vector<const e2e::Applicant*>& people, size_t from,
           size_t to) {
  std::vector<const e2e::Applicant*> here[2];
  for (size_t n = from; n < to; ++n) {
    CHECK(people[n]->story == e2e::Story::kTransfer);
    here[people[n]->destination].push_back(people[n]);
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!here[i].empty()) services[i].apply(here[i]);
  }
}

void close_all(Office (&services)[2], const std::vector<const e2e::Applicant*>& people) {
  size_t open[2] = {0, 0}, applied = 0;
  do {
    const size_t room = kOpenMax - std::min(kOpenMax, std::max(open[0], open[1]));
    const size_t until = std::min(people.size(), applied + room);
    apply(services, people, applied, until);
    applied = until;
    std::thread other([&] { open[1] = services[1].work(services[0]); });
    open[0] = services[0].work(services[1]);
    other.join();
  } while (applied < people.size() || open[0] + open[1] > 0);
}

}  // namespace

void cases(const Options& options, Site& site) {
  e2e::People people;
  const auto all = people_of(people, options.messages);
  Office services[2] = {{site, 0, people}, {site, 1, people}};
  const Usage before = site.usage();
  const double load_before = Usage::of({::getpid()}).cpu_s;
  close_all(services, all);
  const Usage used = site.usage() - before;
  const auto count = static_cast<double>(options.messages);
  const auto messages = static_cast<double>(messages_sent(site));
  print_row("cases",
            {{"cases", count},
             {"messages_per_case", messages / count},
             {"seconds", used.at_s},
             {"per_second", count / used.at_s},
             {"cpu_us", used.cpu_s * 1e6 / count},
             {"load_cpu_us", (Usage::of({::getpid()}).cpu_s - load_before) * 1e6 / count},
             {"syncs_per_1000", static_cast<double>(used.syncs) * 1000 / count},
             {"written_kib_per_case", static_cast<double>(used.written_bytes) / 1024 / count}});
}

}  // namespace jiexu::bench
