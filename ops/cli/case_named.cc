#include "ops/cli/case_named.h"

#include "daemon/rules/letter_number.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

constexpr std::string_view kNoId = "00000000-0000-0000-0000-000000000000";

auto not_one(bool none, const std::string& name) {
  return fail(none ? Errc::kNotFound : Errc::kInvalid,
              say(none ? "{case}: there is no such case here"
                       : "{case}: several cases are called so; `jiexu case list` shows them",
                  {{"case", name}}));
}

Result<std::string> the_one(const v1::CaseViews& found, const std::string& name) {
  if (found.cases_size() == 1) return found.cases(0).case_id();
  return not_one(found.cases().empty(), name);
}

auto unclear(int status) {
  return fail(Errc::kBusy, say("the daemon does not say which cases there are (answer {status})",
                               {{"status", std::to_string(status)}}));
}

Result<v1::CaseViews> cases_of(const Result<Reply>& reply) {
  if (!reply) return tl::unexpected(reply.error());
  v1::CaseViews views;
  if (reply->status != 200 || !from_json(reply->body, &views)) {
    return unclear(reply->status);
  }
  return views;
}

Result<std::string> by_letter(const Session& session, const std::string& number) {
  v1::ContactLetter letter;
  letter.set_letter_number(number);
  TRY(const auto found, cases_of(session.ask("POST", "/v1/cases:find", to_json(letter))));
  return the_one(found, number);
}

// Whether a name may be the beginning of an id: hex digits with dashes where an id has them.
bool may_begin_id(const std::string& name) {
  if (name.size() < 8 || name.size() >= kNoId.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool digit = std::isxdigit(static_cast<unsigned char>(name[i])) != 0;
    if (kNoId[i] == '-' ? name[i] != '-' : !digit) return false;
  }
  return true;
}

// The daemon knows a case by as much of its id as no other begins with.
Result<std::string> by_beginning(const Session& session, const std::string& name) {
  TRY(const auto reply, session.ask("GET", "/v1/cases/" + name));
  v1::CaseView view;
  if (reply.status == 200 && from_json(reply.body, &view)) return view.case_id();
  if (reply.status == 404 || reply.status == 409) return not_one(reply.status == 404, name);
  return unclear(reply.status);
}

}  // namespace

Result<std::string> case_named(const Session& session, const std::string& name) {
  if (LetterNumber::parse(name)) return by_letter(session, name);
  if (may_begin_id(name)) return by_beginning(session, name);
  return name;
}

}  // namespace jiexu::cli
