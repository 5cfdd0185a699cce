// An Api over a store in memory and an engine that answers as the test says, without sockets.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "daemon/api/api.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/trust/suite.h"
#include "storage/memory/memory_store.h"
#include "tests/agency/asking.h"

namespace jiexu {

class FakeEngine final : public CommandPort {
 public:
  bool post(Command command) override {
    if (full) return false;
    commands.push_back(to_asking(std::move(command)));
    if (!hold) commands.back().done(answer(commands.back()));
    return true;
  }

  bool full = false;
  bool hold = false;  // answers nothing by itself
  std::function<Answer(const Asking&)> answer;
  std::vector<Asking> commands;
};

struct FixedClock final : Clock {
  Instant now() const override { return {1'790'000'000'000}; }
  Steady steady() const override { return {1'000}; }
};

// Who asks, in tests: users as files had them before roles were sets, the mightier the later.
enum class As : uint8_t { kNobody, kInquirer, kAuditor, kClerk, kSystem, kReviewer, kOperator };
inline constexpr As kEverybody[] = {As::kInquirer, As::kAuditor,  As::kClerk,
                                    As::kSystem,   As::kReviewer, As::kOperator};

inline std::string name(As as) {
  static constexpr const char* kNames[] = {"nobody", "inquirer", "auditor", "clerk",
                                           "system", "reviewer", "operator"};
  return kNames[static_cast<size_t>(as)];
}

inline Roles roles_of(As as) {
  return roles_of_earlier(name(as));
}

// The least of them that may.
inline As least_with(Right right) {
  if (right == Right::kNone) return As::kNobody;
  const auto* const found =
      std::ranges::find_if(kEverybody, [&](As as) { return may(roles_of(as), right); });
  REQUIRE(found != std::end(kEverybody));
  return *found;
}

// Tokens of users are their names with a prefix.
inline std::string token_of(As as) {
  return "token-" + name(as);
}

inline std::string token_of(Role role) {
  return "token-of-" + std::string(name(role));
}

// Users of each role of today besides, who have it alone.
inline std::shared_ptr<const Users> users_of_every_role() {
  std::vector<User> users;
  for (const As as : kEverybody) {
    users.push_back({"u-" + name(as), roles_of(as), sha256(token_of(as))});
  }
  for (uint8_t n = 0; n < kRoleCount; ++n) {
    const auto role = static_cast<Role>(n);
    users.push_back({"only-" + std::string(name(role)), {role}, sha256(token_of(role))});
  }
  return std::make_shared<const Users>(std::move(users));
}

struct Got {
  HttpResponse response;
  bool answered = false;
  int status() const { return response.status; }
  nlohmann::json json() const { return nlohmann::json::parse(response.body); }
  std::string header(const std::string& name) const {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
};

class ApiWorld {
 public:
  static constexpr const char* kPeer = "S41132810207";
  static constexpr const char* kSelf = "S41130010001";

  explicit ApiWorld(bool four_eyes = false, std::span<const ConsoleFile> console = {})
      : vault(Vault::create({.ring = {{1, {1}}}, .current = 1, .person_key = {2}}).value()),
        api({engine, store, *vault, clock, metrics, [this] { return not_ready; },
             *AgencyId::parse(kSelf), four_eyes, 3, [this](AgencyId) { return reach; },
             Language::kEnglish, [this] { return alarms; }, [this] { return confirmed; }, &damage,
             nullptr, console, &feed,
             [this](const std::string& user, const std::string& was, const std::string& hashed) {
               return set_password(user, was, hashed);
             }},
            users_of_every_role()) {
    engine.answer = [this](const Asking&) {
      Answer answer;
      answer.subject = std::make_shared<const Case>(draft());
      answer.view = std::make_shared<const v1::MadeBatchesView>();
      answer.file = std::make_shared<const std::string>("file");
      return answer;
    };
  }

  // A case that can be accepted (clerk) and, once it is, have its letter sent (reviewer).
  Case draft() const {
    Case subject;
    subject.id = *CaseId::parse("0191d5a0000070008000000000000001");
    subject.peer = *AgencyId::parse(kPeer);
    subject.relationship = Relationship::kDraft;
    subject.person.set_name("Test Person");
    subject.person.set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
    subject.person.set_document_number(make_citizen_id("411328", {1980, 1, 1}, 1));
    subject.revision = 1;
    return subject;
  }

  // The case, with what such a case always has.
  void put(const Case& made);
  void put_account(AgencyId peer, uint8_t account, int64_t balance_fen);
  // That there has been a link with the peer.
  void put_link(AgencyId peer, const v1::LinkRecord& link);
  void put_comparison(AgencyId peer, Date day, const v1::ComparisonRecord& record);

  // The answer that came at once; `Got` is filled later too if it lives that long.
  void send(HttpRequest request, Got& got) {
    api.handle(std::move(request), [&got](const std::function<HttpResponse()>& make) {
      got.response = make();
      got.answered = true;
    });
  }

  Got ask(const std::string& method, const std::string& target, As as, const std::string& body = "",
          const std::string& key = "") {
    return ask_with(method, target, as == As::kNobody ? "" : token_of(as), body, key);
  }

  // Waits for answers that another thread makes; has none if the engine holds its own back.
  Got ask_with(const std::string& method, const std::string& target, const std::string& token,
               const std::string& body = "", const std::string& key = "") {
    const std::string authorization = token.empty() ? "" : "Bearer " + token;
    const auto made = std::make_shared<std::promise<HttpResponse>>();
    std::future<HttpResponse> response = made->get_future();
    api.handle({method, target, authorization, key, body},
               [made](const std::function<HttpResponse()>& make) { made->set_value(make()); });
    const bool here = response.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    if (engine.hold && !here) return {};
    return {response.get(), true};
  }

  MemoryStore store;
  std::unique_ptr<Vault> vault;
  FakeEngine engine;
  FixedClock clock;
  Metrics metrics;
  ChangeFeed feed;
  std::optional<std::string> not_ready;
  Refusal reach = Refusal::kNone;  // of every peer
  std::vector<Alarm> alarms;
  bool confirmed = true;  // the store
  std::function<Result<std::shared_ptr<const Users>>(const std::string&, const std::string&,
                                                     const std::string&)>
      set_password;
  DamageBook damage{{}};
  Api api;
};

}  // namespace jiexu
