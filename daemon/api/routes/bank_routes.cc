// /v1/bank: files, lines, exception queues, and what people decide about lines.
#include <google/protobuf/io/coded_stream.h>

#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/bank/bank_files.h"
#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_queries.h"
#include "daemon/bankfiles/bank_sink.h"
#include "daemon/base/bytes.h"

namespace jiexu {
namespace {

constexpr std::string_view kProtobufLines = "application/x-protobuf";
constexpr std::string_view kAccountNotOurs =
    "the file is of an account that the directory does not name as ours; nothing was imported";

std::optional<Digest> digest_from(std::string_view hex) {
  const auto bytes = from_hex(hex);
  return bytes ? to_array<kDigestSize>(*bytes) : std::nullopt;
}

std::string masked(const std::string& account) {
  size_t at = account.size();
  for (int shown = 0; shown < 4 && at > 0; ++shown) {
    do {
      --at;
    } while (at > 0 && (static_cast<uint8_t>(account[at]) & 0xc0) == 0x80);
  }
  return at == 0 ? account : "*" + account.substr(at);
}

std::string date_text(int32_t yyyymmdd) {
  const auto date = Date::from_yyyymmdd(yyyymmdd);
  return date ? date->str() : "";
}

std::string_view evidence_name(uint32_t evidence) {
  switch (static_cast<Evidence>(evidence)) {
    case Evidence::kNone: return "";
    case Evidence::kBatchNumber: return "batch_number";
    case Evidence::kLetterNumber: return "letter_number";
    case Evidence::kEndToEndId: return "end_to_end_id";
    case Evidence::kAmountAndPayer: return "amount_and_payer";
  }
  return "";
}

void show_posting(const v1::BankLine& line, v1::BankLineView& out) {
  out.set_host_sequence(line.host_sequence());
  out.set_amount_fen(line.amount_fen());
  out.set_booked_on(date_text(line.booked_on()));
  out.set_account(masked(line.account_number()));
  out.set_counterparty_account(masked(line.counterparty_account()));
  out.set_counterparty_name(line.counterparty_name());
  out.set_remark(line.remark());
  out.set_unreadable(line.unreadable());
}

// Since when it is what it is, as far as its record tells: settled, decided by two people, or come.
int64_t changed_at(const v1::BankLineRecord& record) {
  int64_t at = record.at_ms();
  if (record.queued_at_ms() == 0) at = std::max(at, record.settled_at_ms());
  for (const v1::LineActRecord& act : record.acts()) at = std::max(at, act.approved_at_ms());
  return at;
}

// What people may do now, as far as the line itself tells.
void show_open_acts(const v1::BankLineRecord& record, v1::BankLineView& out) {
  const LineNow now = line_now(record);
  for (const LineAct act : open_acts(now)) {
    v1::LineActView* view = out.add_open_acts();
    view->set_act(std::string(name(act)));
    view->set_who("clerk proposes, another reviewer approves");
    view->set_message(std::string(message_of(act, now)));
  }
}

}  // namespace

v1::BankLineView view_bank_line(const Digest& digest, const v1::BankLineRecord& record,
                                Instant now) {
  v1::BankLineView out;
  show_posting(record.line(), out);
  const OutcomeRule& rule = rule_of(static_cast<BankOutcome>(record.outcome()));
  out.set_line_id(to_hex(view(digest)));
  out.set_outcome(std::string(rule.name));
  out.set_message(std::string(rule.message));
  out.set_since(Instant{changed_at(record)}.str());
  if (record.queued_at_ms() != 0) {
    out.set_what_to_do(std::string(what_to_do(rule.outcome, record.line().amount_fen() < 0)));
    out.set_age_ms(std::max<int64_t>(now.ms - record.at_ms(), 0));
  }
  out.set_evidence(std::string(evidence_name(record.evidence())));
  for (const v1::AllocationRecord& part : record.to()) {
    v1::AllocationView* to = out.add_to();
    to->set_case_id(CaseId::from_bytes(part.case_id()).value_or(CaseId()).str());
    to->set_amount_fen(part.amount_fen());
    to->set_attempt(part.attempt());
  }
  for (const std::string& id : record.proposals()) {
    out.add_proposals(CaseId::from_bytes(id).value_or(CaseId()).str());
  }
  out.set_suspense_fen(record.suspense_fen());
  out.set_batch(record.batch());
  out.set_settled_by(record.settled_by());
  out.set_note(record.note());
  out.set_reverses(to_hex(record.reverses()));
  out.set_reversed_by(to_hex(record.reversed_by()));
  out.set_may_repeat(to_hex(record.may_repeat()));
  out.set_file(to_hex(record.file()));
  for (const v1::LineActRecord& act : record.acts()) show_decision(act, *out.add_decisions());
  return out;
}

namespace {

Result<std::vector<Allocation>> allocations_of(const v1::MatchInput& input) {
  std::vector<Allocation> to;
  for (const v1::AllocationView& part : input.to()) {
    const auto id = CaseId::parse(part.case_id());
    if (!id) return fail(Errc::kInvalid, "to: case_id is no case id");
    to.push_back({*id, Fen{part.amount_fen()}, part.attempt()});
  }
  if (to.empty() != input.noticed()) {
    return fail(Errc::kInvalid, "to or noticed: say one of them; to set a line aside, set-aside");
  }
  return to;
}

std::optional<int64_t> number_of(const std::string& text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool whole = !text.empty() && read.ec == std::errc() && read.ptr == end;
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<uint64_t> number_from(std::string_view text) {
  const auto number = number_of(std::string(text));
  return number ? std::optional(static_cast<uint64_t>(*number)) : std::nullopt;
}

LineFilter filter_of(const Query& query) {
  LineFilter filter;
  filter.payer = text_of(query, "payer");
  filter.text = text_of(query, "text");
  if (const OutcomeRule* rule = find_outcome(text_of(query, "outcome"))) {
    filter.outcome = rule->outcome;
  }
  filter.fen = number_of(text_of(query, "fen"));
  if (const auto day = Date::parse(text_of(query, "day"))) filter.booked_on = day->yyyymmdd();
  filter.starts = from_hex(text_of(query, "starts")).value_or("");
  return filter;
}

bool read_part(const HttpRequest& request, v1::BankFileInput& out) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(request.body.data()),
                                            static_cast<int>(request.body.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  return out.ParseFromCodedStream(&in) && in.ConsumedEntireMessage();
}

}  // namespace

void Api::take_bank_file(Call call) {
  const auto digest = digest_from(call.args[0]);
  if (!digest) {
    return reply(call, problem_response(400, "bad_digest", "a digest is 64 hex digits (SHA-256)"));
  }
  auto part = std::make_shared<v1::BankFileInput>();
  if (call.request.content_type.starts_with(kProtobufLines)) {
    if (!read_part(call.request, *part)) {
      return reply(call, bad_body({Errc::kInvalid, "the body is no jiexu.v1.BankFileInput"}));
    }
  } else if (auto read = from_json(call.request.body, part.get()); !read) {
    return reply(call, bad_body(read.error()));
  }
  if (static_cast<size_t>(part->lines_size()) > limits::kBankChunkLinesMax) {
    return reply(call, problem_response(
                           400, "too_many_lines",
                           "a part holds at most " + std::to_string(limits::kBankChunkLinesMax)));
  }
  if (part->lines_total() > limits::kBankFileLinesMax) {
    return reply(
        call, problem_response(400, "too_many_lines",
                               "a file holds at most " + std::to_string(limits::kBankFileLinesMax) +
                                   ": ask the bank for shorter periods"));
  }
  if (auto possible = check_amounts(part->lines()); !possible) {
    return reply(call, problem_response(400, "bad_amount", possible.error().text));
  }
  ask(call, BankFileCommand{*digest, std::move(part)},
      [](const Answered<v1::BankFileView>& file) -> HttpResponse {
        if (!file) return refusal_response(file.error(), nullptr);
        if (file->state() == "not_ours") {
          return problem_response(400, "account_not_ours",
                                  std::string(kAccountNotOurs) + ": " + file->why());
        }
        if (file->state() == "refused") {
          return problem_response(
              400, "sums_differ",
              "the lines do not add up to what the file says; nothing was imported");
        }
        return {200, "application/json", to_json(*file), {}};
      });
}

// --- a file that is held: one person proposes to take it or put it aside, another approves ---

void Api::take_held_file(Call call) {
  v1::TakeFileInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  TakeFileCommand asked;
  asked.said = input.note();
  asked.set_aside = input.set_aside();
  if (!input.replaced_by().empty()) asked.replaced_by = digest_from(input.replaced_by());
  const bool named = input.replaced_by().empty() || (asked.replaced_by && input.set_aside());
  if (!named) {
    return reply(call, bad_body({Errc::kInvalid, "replaced_by: a file's digest, with set_aside"}));
  }
  ask_about_file(call, std::move(asked));
}

void Api::approve_held_file(Call call) {
  v1::ApproveLineInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_about_file(call, {{}, TakeFileCommand::Act::kApprove, input.content(), false, {}});
}

void Api::retract_held_file(Call call) {
  ask_about_file(call, {{}, TakeFileCommand::Act::kRetract, "", false, {}});
}

void Api::ask_about_file(const Call& call, TakeFileCommand asked) {
  const auto digest = digest_from(call.args[0]);
  if (!digest) {
    return reply(call, problem_response(400, "bad_digest", "a digest is 64 hex digits (SHA-256)"));
  }
  asked.file = *digest;
  ask_for_view(call, std::move(asked));
}

void Api::list_bank_files(Call call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, digest_from);
  if (!after) return reply(call, bad_cursor());
  const Records listing = own_records(ports_.store);
  const auto found = jiexu::list_bank_files(listing, *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::BankFileViews views;
  for (const BankFileEntry& file : found->files) {
    *views.add_files() = view_bank_file(file.digest, file.record);
  }
  if (found->next) views.set_next(cursor_text(to_hex(view(*found->next))));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

// One exception queue, or all of them: oldest first within each. With `all`, whatever became of
// them, by what they say.
void Api::list_bank_lines(Call call) {
  if (is_set(call.query, "all")) return find_bank_lines(call);
  const Page page = page_of(call);
  const OutcomeRule* rule = find_outcome(text_of(call.query, "queue"));
  const auto after = place_of(page.after, parse_exception_place);
  const bool of_queue = rule == nullptr || !after || !*after ||
                        (*after)->outcome == static_cast<uint8_t>(rule->outcome);
  if (!after || !of_queue) return reply(call, bad_cursor());
  const auto of = rule == nullptr ? std::nullopt : std::optional(rule->outcome);
  const Records listing = own_records(ports_.store);
  const auto found = list_waiting_lines(listing, of, *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::BankLineViews views;
  for (const BankLineEntry& line : found->lines) {
    *views.add_lines() = view_bank_line(line.digest, line.record, ports_.clock.now());
  }
  if (found->next) views.set_next(cursor_text(place_text(*found->next)));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

void Api::find_bank_lines(const Call& call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, digest_from);
  if (!after) return reply(call, bad_cursor());
  const Records listing = own_records(ports_.store);
  const auto found = find_lines(listing, filter_of(call.query), *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::BankLineViews views;
  for (const BankLineEntry& line : found->lines) {
    *views.add_lines() = view_bank_line(line.digest, line.record, ports_.clock.now());
  }
  if (found->next) views.set_next(cursor_text(to_hex(view(*found->next))));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

// Where each line of a file has its place, in the order of the file.
void Api::list_file_lines(Call call) {
  const auto file = digest_from(call.args[0]);
  const Page page = page_of(call);
  const auto after = place_of(page.after, number_from);
  if (!file) {
    return reply(call, problem_response(400, "bad_digest", "a digest is 64 hex digits (SHA-256)"));
  }
  if (!after) return reply(call, bad_cursor());
  const Records listing = own_records(ports_.store);
  const auto found = jiexu::list_file_lines(listing, *file, *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::BankLineViews views;
  for (const FileLineEntry& line : found->lines) {
    v1::BankLineView* out = views.add_lines();
    const Instant now = ports_.clock.now();
    if (line.line) *out = view_bank_line(line.line->digest, line.line->record, now);
    if (!line.line) out->set_outcome(std::string(name(BankOutcome::kInvalid)));
    if (line.place.has_line()) show_posting(line.place.line(), *out);
    out->set_file_line(line.n + 1);
    out->set_reported_again(line.place.repeated());
  }
  if (found->next) views.set_next(cursor_text(std::to_string(*found->next)));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

void Api::show_bank_line(Call call) {
  const auto digest = digest_from(call.args[0]);
  const auto record =
      digest ? read_bank_line(records_, *digest) : Result<std::optional<v1::BankLineRecord>>();
  if (!record) return reply(call, store_failure(record.error()));
  if (!*record) return reply(call, refusal_response({Refusal::kBankLineUnknown, ""}, nullptr));
  v1::BankLineView view = view_bank_line(*digest, **record, ports_.clock.now());
  view.set_raw((*record)->line().raw());
  show_open_acts(**record, view);
  reply(call, view);
}

// --- what people decide: one proposes, another approves ---

void Api::match_bank_line(Call call) {
  v1::MatchInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  auto to = allocations_of(input);
  if (!to) return reply(call, bad_body(to.error()));
  SettleLineCommand act;
  act.act = input.noticed() ? LineAct::kMatchNoticed : LineAct::kMatch;
  act.to = std::move(*to);
  act.note = input.note();
  act.fee = Fen{input.fee_fen()};
  propose_line_act(call, std::move(act));
}

void Api::explain_bank_line(Call call) {
  const auto act = find_line_act(call.args[1]);
  const bool explained =
      act == LineAct::kSetAside || act == LineAct::kAnother || act == LineAct::kUndo;
  if (!explained) {
    return reply(call, problem_response(404, "no_such_act",
                                        "match, set-aside, same, another, undo, approve, retract"));
  }
  v1::SetAsideInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  SettleLineCommand command;
  command.act = *act;
  command.note = input.note();
  propose_line_act(call, std::move(command));
}

void Api::repeat_bank_line(Call call) {
  v1::SameLineInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  SettleLineCommand act;
  act.act = LineAct::kSame;
  act.note = input.note();
  if (!input.same_as().empty()) act.same_as = digest_from(input.same_as()).value_or(Digest{});
  propose_line_act(call, std::move(act));
}

void Api::propose_line_act(const Call& call, SettleLineCommand act) {
  const auto digest = digest_from(call.args[0]);
  if (!digest) return reply(call, refusal_response({Refusal::kBankLineUnknown, ""}, nullptr));
  act.line = *digest;
  ask_for_view(call, std::move(act));
}

void Api::approve_bank_line(Call call) {
  const auto digest = digest_from(call.args[0]);
  if (!digest) return reply(call, refusal_response({Refusal::kBankLineUnknown, ""}, nullptr));
  v1::ApproveLineInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_for_view(call, DecideLineCommand{*digest, input.content()});
}

void Api::retract_bank_line(Call call) {
  const auto digest = digest_from(call.args[0]);
  if (!digest) return reply(call, refusal_response({Refusal::kBankLineUnknown, ""}, nullptr));
  ask_for_view(call, DecideLineCommand{*digest, std::nullopt});
}

// Acts on bank lines that wait for a second person.
Result<void> Api::add_line_acts(size_t limit, v1::CaseViews& views) const {
  TRY(const auto lines, list_proposed_acts(records_, limit));
  for (const BankLineEntry& line : lines) {
    *views.add_lines() = view_bank_line(line.digest, line.record, ports_.clock.now());
  }
  return {};
}

}  // namespace jiexu
