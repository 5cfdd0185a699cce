// jiexu case notice: tells the person, or the employer, on paper that a transfer is over and how it
// ended.
#include <iostream>

#include "daemon/rules/capital_amount.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/directory_file.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"

namespace jiexu::cli {
namespace {

constexpr size_t kIdShown = 6;     // of a document number its first
constexpr size_t kIdShownEnd = 4;  // and its last characters

struct NoticeOptions {
  std::string id;
  bool employer = false;
  bool html = false;
};

std::string field(const char* name) {
  return field_name(*v1::Person::descriptor()->FindFieldByName(name));
}

// On a sheet that lies on desks, whom it is about can be told without the whole number.
std::string masked_number(const std::string& number) {
  if (number.size() <= kIdShown + kIdShownEnd) return number;
  return number.substr(0, kIdShown) + std::string(number.size() - kIdShown - kIdShownEnd, '*') +
         number.substr(number.size() - kIdShownEnd);
}

std::string with_capitals(int64_t fen) {
  const auto capitals = capital_amount(Fen{fen});
  if (!capitals) return yuan(fen);
  return say("{amount} (in capitals: {capitals})",
             {{"amount", yuan(fen)}, {"capitals", *capitals}});
}

// What went to the person's account at transfer-in, or was paid at transfer-out. What the person
// gets is not for the employer.
void add_amounts(const v1::CaseView& subject, Section& section) {
  if (subject.credited_fen() > 0) {
    section.fields.emplace_back(say("Balance of the personal account transferred"),
                                with_capitals(subject.credited_fen()));
  }
  if (subject.refunded_fen() > 0) {
    section.fields.emplace_back(say("Paid to the person at transfer-out"),
                                with_capitals(subject.refunded_fen()));
  }
}

Section what_ended(const v1::CaseView& subject, const v1::InformationForm& form, bool employer) {
  Section section;
  section.fields = {{field("name"), subject.person().name()},
                    {field("document_number"), masked_number(subject.person().document_number())},
                    {say("Outcome"), plain_relationship(subject.relationship())},
                    {say("Closed on"), subject.closed_at().substr(0, 10)}};
  if (form.continuous_months() > 0 && !employer) {
    section.fields.emplace_back(say("Months of insurance taken over"),
                                std::to_string(form.actual_months() + form.deemed_months()));
  }
  if (!employer) add_amounts(subject, section);
  return section;
}

// To whom it goes: the employer that the form names, if one is.
std::string addressee(const v1::CaseView& subject, const v1::InformationForm& form, bool employer) {
  if (!employer) return subject.person().name();
  return form.last_employer().empty() ? say("the employer") : form.last_employer();
}

Sheet notice_of(const v1::CaseView& subject, const v1::InformationForm& form,
                const SheetNames& names, const NoticeOptions& options) {
  const bool in = subject.side() == "IN";
  Sheet sheet;
  sheet.title = say(options.employer ? "Notice to the employer" : "Notice to the insured person");
  sheet.number = subject.letter_number();
  sheet.head = {{say("Number"), subject.letter_number()},
                {say("From"), names.from},
                {say("Addressee"), addressee(subject, form, options.employer)},
                {say(in ? "Transfer-out agency" : "Transfer-in agency"),
                 names.to.empty() ? subject.peer() : names.to}};
  sheet.sections = {what_ended(subject, form, options.employer)};
  sheet.foot =
      say("The transfer of the insurance is over. Whoever finds something wrong in it may "
          "turn to this agency.");
  return sheet;
}

// A case may end without a form, and then there is none to read.
Result<v1::InformationForm> newest_form(const Session& session, const v1::CaseView& subject) {
  v1::InformationForm form;
  if (subject.form_version() == 0) return form;
  TRY(const auto reply,
      session.ask("GET", "/v1/cases/" + percent(subject.case_id()) + "/documents/form"));
  if (reply.status != 200 || !from_json(reply.body, &form)) {
    return fail(Errc::kNotFound, say("the form of the case cannot be read"));
  }
  return form;
}

int print_notice(const Session& session, const NoticeOptions& options) {
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  const auto reply = session.ask("GET", "/v1/cases/" + percent(*id));
  if (!reply) return report(reply.error());
  v1::CaseView subject;
  if (reply->status != 200 || !from_json(reply->body, &subject)) return report_problem(*reply);
  if (!subject.closed()) {
    return report(EX_DATAERR,
                  say("the case is not closed yet: there is no outcome to give notice of"));
  }
  const auto form = newest_form(session, subject);
  if (!form) return report(form.error());
  v1::PaperView between;  // only its agencies count
  if (const auto config = session.config()) between.set_from_agency(config->agency.str());
  between.set_to_agency(subject.peer());
  const Sheet sheet = notice_of(subject, *form, names_of(session, between), options);
  print_as_it_is();  // both are made so that nothing in them is obeyed
  std::cout << (options.html ? sheets_html({sheet}) : sheet_text(sheet));
  return EX_OK;
}

}  // namespace

void add_notice(Command group, Session& session) {
  const auto options = std::make_shared<NoticeOptions>();
  Command command =
      group.add_command("notice", "Print the notice that the transfer is over",
                        "jiexu case notice 41132807261122000017 --html > notice.html\n"
                        "jiexu case notice 41132807261122000017 --employer | lp");
  command.add_option("id", options->id, "The case").required();
  command.add_flag("--employer", options->employer,
                   "To the employer, without months and money; else to the insured person");
  command.add_flag("--html", options->html, "As a page for a browser's printer");
  command.callback([&session, options] {
    session.run = [&session, options] { return print_notice(session, *options); };
  });
}

}  // namespace jiexu::cli
