// An agency's API over the engine of a site: what a request asks for is decided, committed and
// answered before ask() returns.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "tests/agency/site.h"
#include "tests/api/api_world.h"

namespace jiexu {

// The body of a PUT that is all there.
class TextBody final : public HttpBody {
 public:
  explicit TextBody(std::string content) : content_(std::move(content)) {}
  std::optional<uint64_t> size() const override { return content_.size() + read_; }
  void read(size_t bytes, Take take) override {
    std::string piece = content_.substr(0, bytes);
    content_.erase(0, piece.size());
    read_ += piece.size();
    take(std::move(piece));
  }

 private:
  std::string content_;
  size_t read_ = 0;
};

class LiveApi final : public CommandPort {
 public:
  // `site` must outlive the live; it may be restarted.
  explicit LiveApi(Site& site, bool four_eyes = false)
      : site_(site),
        clock_(site),
        api({*this, *site.store, *site.vault, clock_, metrics_, [] { return std::nullopt; },
             site.self, four_eyes, 3, nullptr, Language::kEnglish, nullptr, nullptr, nullptr,
             nullptr, kConsole, &site.feed},
            users_of_every_role()) {}

  bool post(Command command) override {
    REQUIRE(site_.engine->kernel().handle(std::move(command), at(site_.now)));
    while (site_.commit()) {
    }
    return true;
  }

  // Also answers that another thread makes.
  Got ask(HttpRequest request) {
    const auto made = std::make_shared<std::promise<HttpResponse>>();
    std::future<HttpResponse> response = made->get_future();
    api.handle(std::move(request),
               [made](const std::function<HttpResponse()>& make) { made->set_value(make()); });
    REQUIRE(response.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return {response.get(), true};
  }
  Got ask(const std::string& method, const std::string& target, As role,
          const std::string& body = "") {
    return ask({method, target, "Bearer " + token_of(role), "", body});
  }

 private:
  static constexpr ConsoleFile kConsole[] = {
      {"index.html", "text/html", "<p>", "", ""},
      {"app-8dd3b3294c32.js", "text/javascript", "0", "", ""}};
  struct SiteClock final : Clock {
    explicit SiteClock(const Site& of) : site(of) {}
    Instant now() const override { return site.now; }
    Steady steady() const override { return {site.now.ms}; }
    const Site& site;
  };

  Site& site_;
  SiteClock clock_;
  Metrics metrics_;

 public:
  Api api;
};

}  // namespace jiexu
