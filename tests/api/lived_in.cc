#include "tests/api/lived_in.h"

#include <algorithm>

#include "tests/api/odd.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {
namespace {

constexpr size_t kWordsMax = 40;  // of one field

void add_words(const std::string& field, const nlohmann::json& value, Words& words) {
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) add_words(key, part, words);
  } else if (value.is_array()) {
    for (const auto& part : value) add_words(field, part, words);
  } else if (value.is_string() || value.is_number()) {
    std::vector<std::string>& of = words[field];
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (of.size() < kWordsMax && std::ranges::find(of, text) == of.end()) of.push_back(text);
  }
}

// What the agency's own actions of the tests' people need.
void act(Site& site, int n, EventKind action) {
  const Case subject = action == EventKind::kApply ? Case() : site.subject(case_number(n));
  site.act(action, case_number(n), sound_input(subject, action));
}

// A message of the peer, whatever becomes of it.
void hear(Site& site, AgencyId peer, const v1::Message& message) {
  Forger(peer, site).deliver(message);
  site.commit();
}

void add_set_aside(Site& site, AgencyId peer) {
  Forger(peer, site).deliver({"\xff\xff", v1::Message().SerializeAsString()});
  Case nobody;
  nobody.id = case_number(200);
  hear(site, peer, sound_message(nobody, EventKind::kFundsAckIn));
}

void add_file(LiveApi& live, const CaseId& id) {
  const std::string content = "a scan";
  HttpRequest request{"PUT",
                      "/v1/cases/" + id.str() + "/attachments/" + to_hex(view(sha256(content))) +
                          "?name=a.pdf&type=application/pdf",
                      "Bearer " + token_of(As::kClerk), "", ""};
  request.stream = std::make_shared<TextBody>(content);
  live.ask(std::move(request));
}

// One that is booked, and one of which a part is still to come.
void add_bank_files(LiveApi& live) {
  for (const auto& [digest, lines] : {std::pair('a', 1), std::pair('b', 2)}) {
    const std::string body =
        R"({"name":"s.xml","credited_fen":"5","lines_total":)" + std::to_string(lines) +
        R"(,"lines":[{"account_number":"41001500000000000001","host_sequence":"F)" + digest +
        R"(","amount_fen":"5"}]})";
    const Got got =
        live.ask("POST", "/v1/bank/files/" + std::string(64, digest), As::kSystem, body);
    INFO(got.response.body);
    REQUIRE(got.status() == 200);
  }
}

class Out final : public LivedIn {
 public:
  Out() : payer_(8, rules()) {
    const auto made = payer_.make();  // of two payments each
    REQUIRE(made.batches_size() == 4);
    for (int i = 0; i < 3; ++i) payer_.approve(made.batches(i).batch());
    for (int i = 0; i < 2; ++i) payer_.order(made.batches(i).batch());
    payer_.report(payer_.payment(1) + "|paid|\n" + payer_.payment(2) + "|rejected|AC04\n");
    payer_.act(2, EventKind::kRemit);
    payer_.hear(3, EventKind::kFundsAckIn);
    payer_.move_account(8, "示例市医疗保障局");
    for (const EventKind action : {EventKind::kHold, EventKind::kAsk}) act(site(), 7, action);
    site().bank({payer_.returned(4, "R1"), bank_line("", -kBalance, "D1"),
                 bank_line(site().subject(Payer::id(1)).letter_number, -kBalance, "D2"),
                 bank_line("nothing", 77, "C1")});
    add_set_aside(site(), in_site());
    live_ = std::make_unique<LiveApi>(site());
    add_file(*live_, Payer::id(5));
    add_bank_files(*live_);
  }

  Site& site() override { return payer_.site; }

 private:
  static BatchRules rules() {
    BatchRules rules;
    rules.payments_max = 2;
    return rules;
  }

  Payer payer_;
};

class In final : public LivedIn {
 public:
  In() : site_(in_site(), kNow) {
    for (int n = 1; n <= 6; ++n) open_case(n);
    for (int n = 1; n <= 4; ++n) hear(n, EventKind::kInfoFormIn);
    act(site_, 2, EventKind::kConfirmForm);
    const std::string batch = BatchNumber::make(out_site(), {2026, 11, 20}, 1)->text();
    for (int n = 3; n <= 4; ++n) notice(n, batch, 3);
    site_.bank({bank_line(letter(1), kBalance, "1"), bank_line(letter(2), kBalance - 5, "2"),
                bank_line(letter(5), 1000, "3"), bank_line("nothing", 77, "4"), of_batch(batch),
                bank_line(letter(2), -900, "6")});
    act(site_, 7, EventKind::kApply);
    add_set_aside(site_, out_site());
    site_.four_eyes = true;
    site_.restart();
    live_ = std::make_unique<LiveApi>(site_, true);
    add_file(*live_, case_number(7));
    add_bank_files(*live_);
    for (const EventKind action : {EventKind::kAccept, EventKind::kSendLetter})
      act(site_, 7, action);
    act(site_, 6, EventKind::kWithdraw);
  }

  Site& site() override { return site_; }

 private:
  void open_case(int n) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    make_another(n, *input.mutable_application()->mutable_person());
    REQUIRE_FALSE(site_.act(EventKind::kApply, case_number(n), input).rejection);
    for (const EventKind action : {EventKind::kAccept, EventKind::kSendLetter})
      act(site_, n, action);
    hear(n, EventKind::kLetterAcceptIn);
  }
  std::string letter(int n) const { return site_.subject(case_number(n)).letter_number; }
  static v1::BankLine of_batch(const std::string& batch) {
    v1::BankLine line = bank_line("", kBalance, "5");
    line.set_remark("划转 " + batch);
    return line;
  }
  void hear(int n, v1::Message message) {
    const Case subject = site_.subject(case_number(n));
    if (message.has_information_form()) {
      *message.mutable_information_form()->mutable_person() = subject.person;
    }
    jiexu::hear(site_, out_site(), message);
    REQUIRE(site_.quarantine().empty());
  }
  void hear(int n, EventKind kind) { hear(n, sound_message(site_.subject(case_number(n)), kind)); }
  void notice(int n, const std::string& batch, uint32_t lines) {
    v1::Message message = sound_message(site_.subject(case_number(n)), EventKind::kRemitNoticeIn);
    message.mutable_remittance_notice()->set_batch_number(batch);
    message.mutable_remittance_notice()->set_batch_lines(lines);
    message.mutable_remittance_notice()->set_batch_total_fen(lines * kBalance);
    hear(n, message);
  }

  Site site_;
};

}  // namespace

Words LivedIn::words() {
  Words words;
  for (int round = 0; round < 3; ++round) {
    for (const Route& route : routes()) {
      if (route.method != "GET" || route.right == Right::kNone) continue;
      const auto count = static_cast<size_t>(std::ranges::count(route.pattern, '{'));
      for (size_t nth = 0; nth < (count == 0 ? 1 : 20); ++nth) {
        const std::string target =
            target_of(route, [&](const std::string& name) { return nth_word(words, name, nth); });
        const Got got = live().ask("GET", target + (round == 0 ? "?limit=1" : ""), As::kOperator);
        if (got.status() != 200 || got.response.content_type != "application/json") continue;
        add_words("", got.json(), words);
      }
    }
  }
  return words;
}

std::unique_ptr<LivedIn> make_lived_in_out() {
  return std::make_unique<Out>();
}

std::unique_ptr<LivedIn> make_lived_in_in() {
  return std::make_unique<In>();
}

}  // namespace jiexu
