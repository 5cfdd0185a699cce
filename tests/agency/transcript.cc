#include "tests/agency/transcript.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "daemon/casework/case_documents.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {
namespace {

struct Who {
  std::string name;
  size_t number = 1;  // of the case
};

Who parse_who(const std::string& word) {
  const size_t hash = word.find('#');
  if (hash == std::string::npos) return {word, 1};
  return {word.substr(0, hash), static_cast<size_t>(std::stoul(word.substr(hash + 1)))};
}

std::string outcome_text(const Answer& answer) {
  if (!answer.rejection) return "";
  return std::string(name(answer.rejection->refusal));
}

class Play {
 public:
  explicit Play(Weather weather = Weather::kCalm, uint64_t seed = 0)
      : weather_(weather), chance_(seed) {}

  void line(const std::string& text, std::ostream& out) {
    std::istringstream words(text);
    std::string first;
    words >> first;
    if (first == "cut" || first == "join") {
      cut_ = first == "cut";
    } else if (first == "day") {
      words >> first;
      pass_to(*Date::parse(first));
    } else if (first == "bank") {
      bank(words, out);
    } else if (first == "pay") {
      words >> first;
      pay(site(first), out);
    } else if (first == "report") {
      std::string fate;
      words >> first >> fate;
      report(site(first), fate, out);
    } else if (first == "hand") {
      words >> first;
      by_hand(site(first), words, out);
    } else if (first == "garbage") {
      site("IN").log_unreadable(out_site());
    } else {
      const Who who = parse_who(first);
      for (std::string word; words >> word;) act(who, word, out);
    }
    settle_all();
    show(out);
  }

  void show_books(std::ostream& out) {
    for (auto& [name, site] : sites_) {
      for (const AgencyId peer : {in_site(), out_site(), third_site()}) {
        for (int number = 1; number <= 14; ++number) show_account(name, *site, peer, number, out);
      }
      CHECK(site->ledger_sum() == 0);
    }
  }

 private:
  Site& site(const std::string& name) {
    for (auto& [known, site] : sites_) {
      if (known == name) return *site;
    }
    FAIL("no agency is called " << name);
    return *sites_[0].second;
  }

  static std::string name_of(AgencyId id) {
    return id == in_site() ? "IN" : id == out_site() ? "OUT" : "THIRD";
  }
  static AgencyId agency(const std::string& name) {
    return name == "IN" ? in_site() : name == "OUT" ? out_site() : third_site();
  }

  static void show_account(const std::string& name, const Site& site, AgencyId peer, int number,
                           std::ostream& out) {
    const auto account = static_cast<LedgerAccount>(number);
    if (jiexu::name(account).empty()) return;
    const int64_t fen = site.balance(peer, account);
    if (fen == 0) return;
    out << "    " << name << " with " << name_of(peer) << ": " << jiexu::name(account) << ' '
        << Fen{fen}.yuan() << '\n';
  }

  void settle_all() {
    if (cut_) return;
    if (weather_ == Weather::kStorm) storm();
    settle({sites_[0].second.get(), sites_[1].second.get(), sites_[2].second.get()});
  }

  // One in `n`.
  bool happens(uint64_t n) { return chance_() % n == 0; }

  // Frames are lost, doubled and overtake others; processes end at any moment, with what they had
  // not committed. At last everybody has started again, so that links are taken up from the disks.
  void storm() {
    for (int moment = 0; moment < 12; ++moment) {
      for (auto& [name, site] : sites_) {
        if (happens(8)) crash(*site);
        site->wake();
        if (!happens(4)) site->commit();
        blow(*site);
      }
    }
    for (auto& [name, site] : sites_) crash(*site);
  }

  static void crash(Site& site) {
    site.sent.clear();
    site.restart();
  }

  // Hands over what the site has sent, badly.
  void blow(Site& from) {
    std::deque<SentFrame> frames;
    frames.swap(from.sent);
    std::shuffle(frames.begin(), frames.end(), chance_);
    for (const SentFrame& frame : frames) {
      if (happens(4)) continue;
      for (auto& [name, to] : sites_) {
        if (to->self != frame.peer) continue;
        to->hear(from.self, frame.lane, frame.bytes);
        if (happens(4)) to->hear(from.self, frame.lane, frame.bytes);
      }
    }
  }

  void pass_to(Date day) {
    for (auto& [name, site] : sites_) {
      site->now = end_of(Date::from_days(day.days() - 1)).plus_ms(36'000'001);
      site->wake();
      site->commit();
    }
  }

  void bank(std::istringstream& words, std::ostream& out) {
    std::string name;
    std::string reference;
    int64_t fen = 0;
    words >> name >> fen >> reference;
    const bool again = reference == "again";
    if (!again) ++lines_;
    const bool unknown = reference.starts_with("unknown");
    const std::string letter = unknown ? "" : letter_of(reference == "#2" ? 2 : 1);
    v1::BankLine line = bank_line(letter, fen, std::to_string(lines_));
    if (reference.starts_with("batch")) line.set_remark(batch_);
    line.set_reversal(reference.ends_with("reversed"));
    if (reference == "returned") line.set_return_reason("AC01");
    if (reference == "returned" || reference == "of") {
      const Case of = subject(site(name), case_number(1));
      line.set_end_to_end_id(EndToEndId{letter, of.attempt}.text());
    }
    last_line_ = digest_of(line);
    const Answer answer = site(name).bank({line});
    out << "    the line is: " << answer.bank.results(0).outcome() << '\n';
  }

  // One person makes the batch, another approves and exports it.
  void pay(Site& site, std::ostream& out) {
    const Answer made = run(site, "maker", MakeBatchesCommand{});
    const auto& batches = dynamic_cast<const v1::MadeBatchesView&>(*made.view);
    for (const auto& batch : batches.batches()) {
      REQUIRE_FALSE(
          run(site, "approver", ApproveBatchCommand{batch.batch(), batch.content()}).rejection);
      REQUIRE(run(site, "cashier", ExportBatchCommand{batch.batch()}).file);
      batch_ = batch.batch();
      out << "    exported: " << Fen{batch.total_fen()}.yuan() << '\n';
    }
    for (const auto& payment : batches.held()) out << "    held: " << payment.waits_for() << '\n';
  }

  void report(Site& site, const std::string& fate, std::ostream& out) {
    const Case of = subject(site, case_number(1));
    auto fates = std::make_shared<std::vector<PaymentFate>>(1);
    fates->front().end_to_end_id = EndToEndId{of.letter_number, of.attempt}.text();
    fates->front().status = fate == "paid" ? PaymentStatus::kPaid : PaymentStatus::kRejected;
    const Answer answer = run(site, "cashier", PaymentReportCommand{fates});
    const auto& view = dynamic_cast<const v1::PaymentReportView&>(*answer.view);
    out << "    the report's line is: " << view.lines(0).outcome() << '\n';
  }

  // "123456", "123456#2", "61728/2"
  void by_hand(Site& site, std::istringstream& words, std::ostream& out) {
    std::vector<Allocation> to;
    for (std::string word; words >> word;) {
      const size_t slash = std::min(word.find('/'), word.size());
      const Who share = parse_who(word.substr(0, slash));
      to.push_back({case_number(static_cast<int>(share.number)), Fen{std::stoll(share.name)}});
      if (slash < word.size()) to.back().attempt = std::stoul(word.substr(slash + 1));
    }
    site.user = "clerk";
    const Answer answer = site.decide({last_line_, LineAct::kMatch, to, "so", {}});
    out << "    the line is: "
        << (answer.rejection ? outcome_text(answer) : answer.bank.results(0).outcome()) << '\n';
  }

  static Answer run(Site& site, const std::string& user, decltype(Asking::what) what) {
    const size_t before = site.answers.size();
    site.user = user;
    site.post(std::move(what));
    while (site.answers.size() == before) REQUIRE(site.commit());
    return site.answers.back();
  }

  std::string letter_of(size_t number) const {
    for (const auto& [name, site] : sites_) {
      const auto found = read_case(site->records(), case_number(static_cast<int>(number)));
      if (found && *found && !(*found)->letter_number.empty()) return (*found)->letter_number;
    }
    return "";
  }

  Case subject(const Site& site, const CaseId& id) const {
    const auto found = read_case(site.records(), id);
    return found && *found ? **found : Case();
  }

  void act(const Who& who, const std::string& token, std::ostream& out) {
    const size_t colon = std::min(token.find(':'), token.size());
    const auto action = action_from_name(token.substr(0, colon));
    INFO(token);
    REQUIRE(action.has_value());
    Site& at = site(who.name);
    const CaseId id = case_number(static_cast<int>(who.number));
    const std::string variant = colon < token.size() ? token.substr(colon + 1) : "";
    const Answer answer = at.act(*action, id, input_for(at, *action, id, variant));
    if (answer.rejection) out << "    " << token << " is refused: " << outcome_text(answer) << '\n';
    const bool issued = *action == EventKind::kIssueForm || *action == EventKind::kSupplementForm;
    if (issued && !answer.rejection) show_rows(at, id, out);
    settle_all();
  }

  v1::ActionInput input_for(const Site& at, EventKind action, const CaseId& id,
                            const std::string& variant) {
    v1::RejectCode code{};
    const bool coded = v1::RejectCode_Parse("REJECT_CODE_" + variant, &code);
    const bool paper = action == EventKind::kKeyPaper;
    const Case at_hand = subject(at, id);
    if (paper && !at_hand.exists()) return letter_on_paper(id);
    const bool form = action == EventKind::kIssueForm || action == EventKind::kSupplementForm;
    const bool disposed =
        form && v1::Disposition_descriptor()->FindValueByName("DISPOSITION_" + variant) != nullptr;
    const bool named = coded || variant == "third" || variant == "in" || variant == "alone" ||
                       variant == "other" || disposed;
    v1::ActionInput input = sound_input(at_hand, action, named ? "" : variant);
    if (coded) input.set_code(code);
    if (disposed) dispose(variant, *input.mutable_form()->mutable_account());
    if (form) fill_rows(at, at_hand, variant == "alone", *input.mutable_form());
    if (action == EventKind::kForwardLetter) input.set_agency(third_site().str());
    if (action == EventKind::kQueryForm) input.set_refund_person(variant == "refund");
    if (action == EventKind::kApply) {
      const AgencyId origin = variant == "third" ? third_site()
                              : variant == "in"  ? in_site()
                                                 : out_site();
      input.mutable_application()->set_origin_agency(origin.str());
      if (variant == "other") make_another(2, *input.mutable_application()->mutable_person());
    }
    if (paper) input.set_agency(at_hand.peer.str());
    return input;
  }

  // Each agency has months of its own, and carries on what came to it, or forgets to.
  static void fill_rows(const Site& at, const Case& subject, bool alone,
                        v1::InformationForm& form) {
    const int32_t years = at.self == out_site() ? 0 : at.self == third_site() ? 12 : 24;
    for (v1::Segment& row : *form.mutable_segments()) {
      row.set_area(std::string(at.self.area()));
      row.set_from_month(row.from_month() - 100 * years);
      row.set_to_month(row.to_month() - 100 * years);
    }
    if (alone) return;
    const auto earlier = read_earlier_forms(at.records(), subject);
    REQUIRE(earlier);
    carry_rows_on(*earlier, {&at.self, 1}, form);
  }

  // The rows of a form in which there are others than the agency's own, by area.
  static void show_rows(const Site& at, const CaseId& id, std::ostream& out) {
    const auto form = read_form(at.records(), at.subject(id), 0);
    REQUIRE(form);
    REQUIRE(*form);
    std::map<std::string, int> rows;
    for (const v1::Segment& row : (*form)->segments()) ++rows[row.area()];
    if (rows.size() == 1) return;
    out << "    its rows:";
    for (const auto& [area, count] : rows) out << ' ' << area << " x " << count;
    out << '\n';
  }

  // The letter as IN has printed it.
  v1::ActionInput letter_on_paper(const CaseId& id) {
    const Case in = subject(site("IN"), id);
    v1::ActionInput input;
    input.set_agency(in_site().str());
    const auto message = read_message(site("IN").records(), in.peer, *in.letter_place);
    REQUIRE(message);
    *input.mutable_paper()->mutable_letter() = message->letter();
    return input;
  }

  static void dispose(const std::string& variant, v1::Account& account) {
    v1::Disposition disposition{};
    REQUIRE(v1::Disposition_Parse("DISPOSITION_" + variant, &disposition));
    const bool negative = disposition == v1::DISPOSITION_NEGATIVE_OFFSET;
    const bool zero = disposition == v1::DISPOSITION_ZERO || disposition == v1::DISPOSITION_NONE;
    const int64_t balance = negative ? -5'000 : zero ? 0 : kBalance;
    account.set_disposition(disposition);
    account.set_amount_fen(0);
    account.set_balance_fen(balance);
    account.set_principal_fen(balance);
    account.set_interest_fen(0);
  }

  void show(std::ostream& out) {
    for (auto& [name, site] : sites_) {
      for (int number = 1; number <= 3; ++number) {
        const Case now = subject(*site, case_number(number));
        if (!now.exists()) continue;
        std::string text = name + (number > 1 ? "#" + std::to_string(number) : "") + " with " +
                           name_of(now.peer) + ": " + state_text(now);
        if (now.reject_code != 0) text += ", " + code_text(now.reject_code);
        if (now.hold_code != 0) text += ", held for " + code_text(now.hold_code);
        if (now.closed()) text += ", closed";
        std::string& seen = seen_[name + std::to_string(number)];
        if (seen != text) out << "    " << text << '\n';
        seen = text;
      }
      const size_t quarantined = site->quarantine().size();
      if (quarantined > set_aside_[name]) out << "    " << name << " sets a message aside\n";
      set_aside_[name] = quarantined;
    }
  }

  static std::string code_text(v1::RejectCode code) {
    return v1::RejectCode_Name(code).substr(std::string("REJECT_CODE_").size());
  }

  std::vector<std::pair<std::string, std::unique_ptr<Site>>> make_sites() {
    std::vector<std::pair<std::string, std::unique_ptr<Site>>> out;
    for (const char* name : {"IN", "OUT", "THIRD"}) {
      out.emplace_back(name, std::make_unique<Site>(agency(name), kNow));
    }
    return out;
  }

  std::vector<std::pair<std::string, std::unique_ptr<Site>>> sites_ = make_sites();
  Weather weather_;
  std::mt19937_64 chance_;
  std::map<std::string, std::string> seen_;
  std::map<std::string, size_t> set_aside_;
  bool cut_ = false;
  int lines_ = 0;
  std::string batch_;  // the last one that was exported
  Digest last_line_{};
};

}  // namespace

std::string replay_transcript(const std::string& text, Weather weather, uint64_t seed) {
  std::istringstream in(text);
  std::ostringstream out;
  Play play(weather, seed);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("    ") || line == "ledger") continue;
    out << line << '\n';
    if (!line.empty() && line[0] != '#') play.line(line, out);
  }
  out << "ledger\n";
  play.show_books(out);
  return out.str();
}

std::string read_transcript(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace jiexu
