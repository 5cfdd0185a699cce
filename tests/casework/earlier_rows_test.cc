// A person who came from THIRD goes on from OUT to IN: OUT's form has to carry on what came along.
#include <catch2/catch.hpp>

#include "daemon/casework/case_documents.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace earlier_rows_test {
namespace {

void dispose_of_nothing(v1::Account& account) {
  account.Clear();
  account.set_disposition(v1::DISPOSITION_NONE);
}

struct Chain {
  Site third{third_site(), kNow};
  Site out{out_site(), kNow};
  Site in{in_site(), kNow};
  const CaseId arrival = case_number(2);
  const CaseId onward = case_number(1);

  void settle() { jiexu::settle({&third, &out, &in}); }

  Answer act(Site& site, EventKind kind, const CaseId& id, const std::string& variant = "") {
    const Case subject = kind == EventKind::kApply ? Case() : site.subject(id);
    v1::ActionInput input = sound_input(subject, kind, variant);
    if (kind == EventKind::kApply) {
      const AgencyId origin = id == arrival ? third_site() : out_site();
      input.mutable_application()->set_origin_agency(origin.str());
    }
    const Answer answer = site.act(kind, id, std::move(input));
    settle();
    return answer;
  }
  void must(Site& site, const std::vector<EventKind>& kinds, const CaseId& id) {
    for (const EventKind kind : kinds) {
      INFO(name(kind));
      REQUIRE_FALSE(act(site, kind, id).rejection);
    }
  }

  // The sample form with rows of the site's own, before those of OUT in time, and without money.
  static v1::ActionInput form_of(const Site& site, const CaseId& id) {
    v1::ActionInput input = sound_input(site.subject(id), EventKind::kIssueForm);
    v1::InformationForm& form = *input.mutable_form();
    dispose_of_nothing(*form.mutable_account());
    if (site.self == out_site()) return input;
    for (v1::Segment& row : *form.mutable_segments()) {
      row.set_area(std::string(site.self.area()));
      row.set_from_month(row.from_month() - 1200);
      row.set_to_month(row.to_month() - 1200);
    }
    return input;
  }
  v1::ActionInput onward_form() { return form_of(out, onward); }

  void ask_third() {
    must(out, {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}, arrival);
    must(third, {EventKind::kAcceptLetter, EventKind::kStopInsurance}, arrival);
  }
  void arrive() {
    REQUIRE_FALSE(third.act(EventKind::kIssueForm, arrival, form_of(third, arrival)).rejection);
    settle();
    must(out, {EventKind::kConfirmForm, EventKind::kClose}, arrival);
  }
  void ask_out() {
    must(in, {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}, onward);
    must(out, {EventKind::kAcceptLetter, EventKind::kStopInsurance}, onward);
  }
  // What the form of OUT is refused for; empty: it is not.
  std::string issue(v1::ActionInput input) {
    const Answer answer = out.act(EventKind::kIssueForm, onward, std::move(input));
    settle();
    if (!answer.rejection) return "";
    CHECK(answer.rejection->refusal == Refusal::kFormInvalid);
    return answer.rejection->detail;
  }
  v1::ActionInput with_rows(v1::ActionInput input) {
    const auto earlier = read_earlier_forms(out.records(), out.subject(onward));
    REQUIRE(earlier);
    carry_rows_on(*earlier, {&out.self, 1}, *input.mutable_form());
    return input;
  }
};

}  // namespace

TEST_CASE("a form without the rows that came along is refused, and says whose and which") {
  Chain chain;
  chain.ask_third();
  chain.arrive();
  chain.ask_out();
  const std::string refusal = chain.issue(chain.onward_form());
  const std::string letter = chain.out.subject(chain.arrival).letter_number;
  CHECK_THAT(refusal, Catch::Contains("segments: the row of area 110100, 2003-07 to 2004-12") &&
                          Catch::Contains("letter " + letter + ", is missing"));
  const v1::Person& person = chain.out.subject(chain.onward).person;
  CHECK_THAT(refusal,
             !Catch::Contains(person.name()) && !Catch::Contains(person.document_number()));
  CHECK(chain.issue(chain.with_rows(chain.onward_form())).empty());
  const auto form = read_form(chain.in.records(), chain.in.subject(chain.onward), 0);
  REQUIRE(form);
  CHECK((*form)->segments_size() == 6);
}

TEST_CASE("a supplementary form of ours carries on what has come since") {
  Chain chain;
  chain.ask_third();
  chain.ask_out();
  CHECK(chain.issue(chain.onward_form()).empty());  // nothing has come yet
  chain.arrive();
  v1::ActionInput next = chain.onward_form();
  next.mutable_form()->set_reason("the person's own transfer to us is done");
  const Answer refused = chain.out.act(EventKind::kSupplementForm, chain.onward, next);
  REQUIRE(refused.rejection);
  CHECK(refused.rejection->refusal == Refusal::kFormInvalid);
  const Answer answer =
      chain.out.act(EventKind::kSupplementForm, chain.onward, chain.with_rows(std::move(next)));
  CHECK_FALSE(answer.rejection);
}

TEST_CASE("a supplement of the earlier area takes the place of what it corrects") {
  Chain chain;
  chain.ask_third();
  chain.arrive();
  chain.ask_out();
  const v1::ActionInput as_first_told = chain.with_rows(chain.onward_form());
  chain.must(chain.out, {EventKind::kReopen}, chain.arrival);
  chain.must(chain.third, {EventKind::kAgree}, chain.arrival);
  v1::ActionInput corrected = Chain::form_of(chain.third, chain.arrival);
  corrected.mutable_form()->mutable_segments(0)->set_base_fen(777'700);
  REQUIRE_FALSE(chain.third.act(EventKind::kIssueForm, chain.arrival, corrected).rejection);
  chain.settle();
  chain.must(chain.out, {EventKind::kConfirmForm, EventKind::kClose}, chain.arrival);
  CHECK_THAT(chain.issue(as_first_told),
             Catch::StartsWith("segments[") && Catch::Contains("stands otherwise here"));
  CHECK(chain.issue(chain.with_rows(as_first_told)).empty());
}

TEST_CASE("what came on paper goes on too") {
  Chain chain;
  chain.must(chain.out, {EventKind::kApply, EventKind::kAccept}, chain.arrival);
  chain.out.act(EventKind::kSendLetter, chain.arrival);
  chain.out.sent.clear();  // THIRD is not on line
  for (const char* kind : {"letter-accept-received", "form-received"}) {
    const Case subject = chain.out.subject(chain.arrival);
    v1::ActionInput input = sound_input(subject, EventKind::kKeyPaper, kind);
    input.set_agency(third_site().str());
    if (input.paper().has_information_form()) {
      v1::InformationForm& form = *input.mutable_paper()->mutable_information_form();
      dispose_of_nothing(*form.mutable_account());
      for (v1::Segment& row : *form.mutable_segments()) row.set_area("110100");
    }
    const Answer answer = chain.out.act(EventKind::kKeyPaper, chain.arrival, std::move(input));
    INFO((answer.rejection ? answer.rejection->detail : ""));
    REQUIRE_FALSE(answer.rejection);
  }
  REQUIRE_FALSE(chain.out.act(EventKind::kConfirmForm, chain.arrival).rejection);
  REQUIRE_FALSE(chain.out.act(EventKind::kClose, chain.arrival).rejection);
  CHECK(chain.out.subject(chain.arrival).relationship == Relationship::kPaper);
  const auto earlier = read_earlier_forms(chain.out.records(), chain.out.subject(chain.arrival));
  REQUIRE(earlier);
  CHECK(earlier->empty());  // its own form is none of another's
  Case onward = chain.out.subject(chain.arrival);
  onward.id = chain.onward;
  const auto came = read_earlier_forms(chain.out.records(), onward);
  REQUIRE(came);
  REQUIRE(came->size() == 1);
  CHECK(came->at(0).sender == third_site());
  CHECK(came->at(0).form.segments(0).area() == "110100");
}

TEST_CASE("the months of an agency that was merged into ours are ours") {
  Chain chain;
  chain.ask_third();
  chain.arrive();
  chain.ask_out();
  CHECK_FALSE(chain.issue(chain.onward_form()).empty());
  std::vector<Agency> agencies = test_directory()->agencies();
  for (Agency& agency : agencies) {
    if (agency.id == third_site()) agency.successor = Succession{out_site(), date_of(kNow)};
  }
  REQUIRE(chain.out.engine->set_directory(Directory::make(agencies).value(), at(chain.out.now)));
  CHECK(chain.issue(chain.onward_form()).empty());
}

TEST_CASE("a form that a recovery leads back is not asked for what has come since") {
  Chain chain;
  chain.ask_third();
  chain.ask_out();
  std::unique_ptr<MemoryStore> backup = chain.out.store->clone();
  CHECK(chain.issue(chain.onward_form()).empty());
  chain.arrive();

  chain.out.engine.reset();
  chain.out.store = std::move(backup);
  chain.out.store_complete = false;
  chain.out.sent.clear();
  chain.out.restart();
  const auto run = [](std::vector<Site*> sites) {
    for (int second = 0; second < 60; ++second) {
      jiexu::settle(sites);
      for (Site* site : sites) site->now = site->now.plus_ms(1000);
    }
  };
  run({&chain.third, &chain.out});
  CHECK(chain.out.subject(chain.arrival).relationship == Relationship::kDone);
  CHECK(chain.out.subject(chain.onward).relationship == Relationship::kStopped);
  run({&chain.third, &chain.out, &chain.in});
  const Case onward = chain.out.subject(chain.onward);
  CHECK(onward.relationship == Relationship::kFormIssued);
  CHECK_FALSE(onward.overlays.has(Overlay::kUnclear));
}

}  // namespace earlier_rows_test
