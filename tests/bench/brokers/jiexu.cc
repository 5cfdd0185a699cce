// Jiexu itself under the load that the others get: applications in bulk at A become letters, which
// become cases at B. A letter is acknowledged when A's API has named its case. Addresses are
// "port token code": of the API, a user of it, and the agency.
#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "daemon/base/time.h"
#include "tests/bench/brokers/broker.h"
#include "tests/bench/exchange/site.h"

namespace jiexu::bench {
namespace {

struct Where {
  uint16_t port = 0;
  std::string token, code;

  explicit Where(const std::string& text) { std::istringstream(text) >> port >> token >> code; }
  std::unique_ptr<HttpConnection> connect() const { return HttpConnection::connect(port, token); }
};

class JiexuPublisher : public Publisher {
 public:
  JiexuPublisher(std::unique_ptr<HttpConnection> at, std::string receiver)
      : at_(std::move(at)), receiver_(std::move(receiver)) {}

  bool publish(uint64_t first, size_t count) override {
    v1::SubmitInput input;
    for (uint64_t n = first; n < first + count; ++n) {
      *input.add_applications() = application(n, receiver_);
    }
    int status = 0;
    const auto answer = at_->try_ask("POST", "/v1/letters:submit", "application/x-protobuf",
                                     input.SerializeAsString(), &status);
    if (!answer || status != 200) return false;
    v1::SubmitResults results;
    CHECK(results.ParseFromString(*answer));
    for (const v1::SubmitResult& result : results.results()) {
      if (!result.letter_number().empty()) accepted_.push_back(first + result.line() - 1);
    }
    return true;
  }

  bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) override {
    if (accepted_.empty()) std::this_thread::sleep_for(wait);
    acknowledged.insert(acknowledged.end(), accepted_.begin(), accepted_.end());
    accepted_.clear();
    return true;
  }

 private:
  std::unique_ptr<HttpConnection> at_;
  std::string receiver_;
  std::vector<uint64_t> accepted_;
};

// The n of site.h's application(n), from the number of its person.
uint64_t applicant_of(const std::string& document_number) {
  const auto birth = Date::from_yyyymmdd(std::stoi(document_number.substr(6, 8)));
  CHECK(birth.has_value());
  const int64_t days = birth->days() - Date{1950, 1, 1}.days();
  return static_cast<uint64_t>(days * 999 + std::stoi(document_number.substr(14, 3)) - 1);
}

// Every case that B holds, a page at a time, once.
class JiexuReader : public Reader {
 public:
  explicit JiexuReader(std::unique_ptr<HttpConnection> at) : at_(std::move(at)) {}

  bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) override {
    if (finished_) {
      std::this_thread::sleep_for(wait);
      return true;
    }
    int status = 0;
    const std::string from = after_.empty() ? "" : "&after=" + after_;
    const auto answer = at_->try_ask("GET", "/v1/cases?limit=500" + from, "", "", &status);
    v1::CaseViews page;
    if (!answer || status != 200 || !from_json(*answer, &page)) return false;
    for (const v1::CaseView& view : page.cases()) {
      ids.push_back(applicant_of(view.person().document_number()));
    }
    after_ = page.next();
    finished_ = after_.empty();
    return true;
  }

 private:
  std::unique_ptr<HttpConnection> at_;
  std::string after_;
  bool finished_ = false;
};

class Jiexu : public Broker {
 public:
  explicit Jiexu(const Setup& setup) : a_(setup.a), b_(setup.b) {}

  Pace pace() const override { return {.publishers = 3, .batch = 1000, .lag_max = 60'000}; }

  bool prepare() override { return is_ready(a_.port) && is_ready(b_.port) && flowing(); }

  std::unique_ptr<Publisher> publisher() override {
    auto at = is_ready(a_.port) ? a_.connect() : nullptr;
    return at ? std::make_unique<JiexuPublisher>(std::move(at), b_.code) : nullptr;
  }

  // Of what is there; B tells nobody of new cases.
  std::unique_ptr<Reader> reader(bool only_new) override {
    auto at = only_new ? nullptr : b_.connect();
    return at ? std::make_unique<JiexuReader>(std::move(at)) : nullptr;
  }

  std::optional<uint64_t> count_at_b() override {
    if (counting_ == nullptr) counting_ = b_.connect();
    if (counting_ == nullptr) return std::nullopt;
    return Site::peer(*counting_, a_.code).in_last_seq();
  }

 private:
  bool flowing() const {
    const auto at = a_.connect();
    return at != nullptr && Site::peer(*at, b_.code).state() == "flowing";
  }

  Where a_, b_;
  std::unique_ptr<HttpConnection> counting_;
};

}  // namespace

std::unique_ptr<Broker> make_broker(const Setup& setup) {
  return std::make_unique<Jiexu>(setup);
}

}  // namespace jiexu::bench
