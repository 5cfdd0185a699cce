// The catalogue has a word in both languages for everything that has a name in a table, and none
// for what is in no table any more. Sentences of the command line: tests/lint/words_test.py.
#include "daemon/words/words.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <string>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/line_step.h"
#include "daemon/bank/rules/statement.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/refusal.h"
#include "daemon/cases/step.h"
#include "daemon/cases/table.h"
#include "daemon/engine/alarm.h"
#include "daemon/ledger/ledger.h"
#include "daemon/payments/rules/payment_machine.h"
#include "daemon/payments/rules/payment_state.h"
#include "daemon/peers/fault_words.h"
#include "daemon/peers/link_status.h"
#include "daemon/reconciliation/rules/comparison.h"
#include "daemon/users/users.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::words_test {
namespace {

using Names = std::set<std::string>;

// The names of an enum of ours whose numbers are below 256.
template <class Enum>
Names names_of() {
  Names out;
  for (int number = 0; number < 256; ++number) {
    const std::string_view known = name(static_cast<Enum>(number));
    if (!known.empty()) out.insert(std::string(known));
  }
  return out;
}

// The names of a protobuf enum, without what they have in common.
Names names_of(const google::protobuf::EnumDescriptor& type, const std::string& prefix) {
  Names out;
  for (int i = 0; i < type.value_count(); ++i) {
    out.insert(type.value(i)->name().substr(prefix.size()));
  }
  return out;
}

// The rows of a family, without what stands behind a dot: "LETTER_SENT.says" is of "LETTER_SENT".
Names rows_of(const std::string& family) {
  Names out;
  for (const auto& list : all_words()) {
    for (const Word& row : list) {
      if (!row.id.starts_with(family)) continue;
      const std::string_view rest = row.id.substr(family.size());
      if (rest.find(' ') == rest.npos) out.insert(std::string(rest.substr(0, rest.find('.'))));
    }
  }
  return out;
}

// "{count}" and the like.
Names braces_of(std::string_view text) {
  Names out;
  while (true) {
    const size_t open = text.find('{');
    const size_t close = text.find('}', std::min(open, text.size()));
    if (open == text.npos || close == text.npos) return out;
    out.insert(std::string(text.substr(open, close - open + 1)));
    text.remove_prefix(close + 1);
  }
}

bool is_chinese(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0xe3; });
}

void require_sentence(std::string_view text) {
  INFO(text);
  CHECK(find_word(text) != nullptr);
}

TEST_CASE("every row has both languages, with the same braces, under an id of its own") {
  std::set<std::string_view> ids;
  for (const auto& list : all_words()) {
    for (const Word& row : list) {
      INFO(row.id);
      CHECK(ids.insert(row.id).second);
      CHECK_FALSE(row.en.empty());
      CHECK((is_chinese(row.zh) || row.zh.find_first_of("0123456789/") != row.zh.npos));
      CHECK_FALSE(is_chinese(row.en));
      CHECK(braces_of(row.en) == braces_of(row.zh));
    }
  }
}

TEST_CASE("states, overlays and events of a case have their words, and no others do") {
  CHECK(rows_of("state.") == names_of<Relationship>());
  CHECK(rows_of("funds.") == names_of<Funds>());
  CHECK(rows_of("overlay.") == names_of<Overlay>());
  CHECK(rows_of("event.") == names_of<EventKind>());
  CHECK(rows_of("side.") == Names{"IN", "OUT"});
  CHECK(rows_of("content.") == names_of<Attachment::Content>());
  for (const std::string& state : names_of<Relationship>()) {
    require_sentence("state." + state + ".says");
  }
  for (const std::string& state : names_of<Funds>()) require_sentence("funds." + state + ".says");
}

TEST_CASE("notes of the timeline are read in Chinese") {
  const auto zh = [](std::string_view said) { return translated(said, Language::kChinese); };
  CHECK(zh("send-letter, proposal 3, digest 90ee34af5c240b2a") ==
        "发出联系函，提请序号 3，摘要 90ee34af5c240b2a");
  CHECK(zh("remit, proposal 7") == "指令划转，提请序号 7");
  CHECK(zh("remit in FORM_CONFIRMED / REFUND_DUE") == "指令划转：现为“信息表已确认”、“应退本人”");
  CHECK(zh("keyed in from paper: form-received") == "据纸质件录入：收到信息表");
  CHECK(zh("you have ordered 41130001260918000013-1") == "付款 41130001260918000013-1 由您指令");
}

TEST_CASE("what a case needs for an event is read in Chinese, also if there are several ways") {
  for (uint8_t number = 0; number <= static_cast<uint8_t>(Guard::kLast); ++number) {
    require_sentence(name(static_cast<Guard>(number)));
  }
  const auto zh = [](std::string_view said) { return translated(said, Language::kChinese); };
  CHECK(zh("needs that no more is acknowledged than was paid") == "须确认到账金额不超过已付金额");
  CHECK(zh("needs that the other side agrees, or that the funds are settled") ==
        "须对方同意，或资金已结清");
}

TEST_CASE("duties, actions and refusals have their words") {
  Names duties;
  for (int number = 0; number < 256; ++number) {
    const auto duty = deadline_name(static_cast<DeadlineKind>(number));
    if (!duty.empty()) duties.insert(std::string(duty));
    const auto action = title(static_cast<EventKind>(number));
    if (!action.empty()) require_sentence(action);
  }
  CHECK(rows_of("duty.") == duties);
  for (int number = 1; number < 1000; ++number) {
    const auto text = explain(static_cast<Refusal>(number));
    if (!text.empty()) require_sentence(text);
  }
}

TEST_CASE("codes of the exchange have their words, and no others do") {
  CHECK(rows_of("code.") == names_of(*v1::RejectCode_descriptor(), "REJECT_CODE_"));
  CHECK(rows_of("fault.") == names_of(*v1::FaultCode_descriptor(), "FAULT_CODE_"));
  CHECK(rows_of("disposition.") == names_of(*v1::Disposition_descriptor(), "DISPOSITION_"));
  CHECK(rows_of("scheme.") == names_of(*v1::Scheme_descriptor(), "SCHEME_"));
  CHECK(rows_of("document.") == names_of(*v1::DocumentType_descriptor(), "DOCUMENT_TYPE_"));
  CHECK(rows_of("sex.") == names_of(*v1::Sex_descriptor(), "SEX_"));
  CHECK(rows_of("segment.") == names_of(*v1::SegmentKind_descriptor(), "SEGMENT_KIND_"));
  CHECK(rows_of("withdraw.") == names_of(*v1::WithdrawOutcome_descriptor(), "WITHDRAW_OUTCOME_"));
}

TEST_CASE("money has its words: outcomes, states, accounts, differences") {
  Names outcomes;
  for (const OutcomeRule& rule : outcome_rules()) {
    outcomes.insert(std::string(rule.name));
    if (rule.what_to_do.empty()) continue;
    require_sentence(rule.what_to_do);
    require_sentence(what_to_do(rule.outcome, true));
  }
  CHECK(rows_of("outcome.") == outcomes);
  CHECK(rows_of("proof.") == names_of<Proof>());
  Names acts = names_of<LineAct>();
  acts.insert("take");  // of a file that is held
  CHECK(rows_of("act.") == acts);
  CHECK(rows_of("payment.") == names_of<PaymentState>());
  Names said = {"unknown"};  // no payment of ours
  for (int i = 0; i < static_cast<int>(PaymentAnswer::kNotWaiting); ++i) {
    const auto answer = static_cast<PaymentAnswer>(i);
    if (answer != PaymentAnswer::kDone) said.insert(std::string(name(answer)));
  }
  CHECK(rows_of("report.") == said);
  CHECK(rows_of("batch.") == names_of<BatchState>());
  CHECK(rows_of("account.") == names_of<LedgerAccount>());
  CHECK(rows_of("difference.") == names_of<Difference>());
  for (int number = 1; number <= static_cast<int>(kDifferenceLast); ++number) {
    require_sentence(explain(static_cast<Difference>(number)));
  }
  Names compared = names_of<ComparisonOutcome>();
  compared.insert("silent");  // of the API: no statement has come
  CHECK(rows_of("comparison.") == compared);
}

TEST_CASE("links and alarms have their words: states, causes, kinds") {
  CHECK(rows_of("peer.") == names_of<LinkCondition>());
  CHECK(rows_of("alarm.") == names_of<AlarmKind>());
  for (int number = 1; number < 256; ++number) {
    const auto cause = explain(static_cast<LinkCause>(number));
    if (!cause.empty()) require_sentence(cause);
    const auto fault = explain(static_cast<v1::FaultCode>(number));
    if (!fault.empty()) require_sentence(fault);
  }
}

TEST_CASE("the store has its words: by whom it is known to be the newest one, what people say") {
  CHECK(rows_of("newest.") == Names{"agency", "machine", "nobody_to_ask", "people"});
  CHECK(rows_of("word.") == Names{"confirmed", "loss_accepted"});
}

TEST_CASE("roles and rights have their words") {
  Names roles = {"clerk"};  // of either side, as an action names who may
  for (uint8_t number = 0; number < kRoleCount; ++number) {
    roles.insert(std::string(name(static_cast<Role>(number))));
  }
  CHECK(rows_of("role.") == roles);
  Names known;
  for (const RightRow& row : rights()) known.emplace(row.name);
  CHECK(rows_of("right.") == known);
  CHECK(rows_of("userchange.") == Names{"add", "password", "remove", "replace"});
}

TEST_CASE("each kind of message of a case has a title") {
  Names kinds;
  const auto& bodies = *v1::Message::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies.field_count(); ++i) {
    std::string kind = bodies.field(i)->name();
    std::ranges::replace(kind, '_', '-');
    if (kind != "daily-statement") kinds.insert(kind);  // of no case
  }
  CHECK(rows_of("message.") == kinds);
}

// The names of the fields of a message, and of all messages in it.
void add_fields(const google::protobuf::Descriptor& type, std::set<std::string>& seen,
                std::set<std::string>& fields) {
  if (!seen.insert(type.full_name()).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    const std::string here = type.name() + "." + field.name();
    const bool own = find_word("field." + here) != nullptr;
    fields.insert(own ? type.name() : field.name());
    if (own) fields.insert(here);
    if (field.message_type() != nullptr) add_fields(*field.message_type(), seen, fields);
  }
}

TEST_CASE("each field of forms, messages and actions has a name, and no other does") {
  std::set<std::string> seen = {"jiexu.v1.Message", "jiexu.v1.DailyStatement"};
  std::set<std::string> fields;
  add_fields(*v1::ActionInput::descriptor(), seen, fields);
  const auto& bodies = *v1::Message::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies.field_count(); ++i) {
    add_fields(*bodies.field(i)->message_type(), seen, fields);
  }
  for (const std::string& field : fields) {
    INFO(field);
    const bool is_message = !field.empty() && field[0] >= 'A' && field[0] <= 'Z';
    CHECK((is_message || find_word("field." + field) != nullptr));
  }
  for (const auto& list : all_words()) {
    for (const Word& row : list) {
      if (!row.id.starts_with("field.")) continue;
      INFO(row.id);
      const std::string field(row.id.substr(6));
      CHECK((fields.contains(field) || field == "letter" || field == "information_form"));
    }
  }
}

TEST_CASE("a word is found in the language that is asked for, and a bare name if there is none") {
  CHECK(word("state.DRAFT", Language::kEnglish) == "application entered");
  CHECK(word("state.DRAFT", Language::kChinese) == "申请已录入");
  CHECK(word("no such sentence", Language::kChinese) == "no such sentence");
  CHECK(word_of("state.", "OF_THE_NEXT_VERSION", Language::kChinese) == "OF_THE_NEXT_VERSION");
}

TEST_CASE("values stand in the place of their braces, and what is in them stays") {
  CHECK(filled("{a} of {b}", {{"a", "{b}"}, {"b", "2"}}) == "{b} of 2");
  CHECK(filled("{a} {c}", {{"a", "1"}}) == "1 {c}");
  CHECK(filled("{", {{"a", "1"}}) == "{");
  CHECK(filled("", {}).empty());
}

TEST_CASE("what was said with its values in it is said in Chinese with the same values") {
  const auto chinese = [](std::string_view said) { return translated(said, Language::kChinese); };
  CHECK(chinese("this action needs the role reviewer") == "此项须由复核人办理");
  CHECK(chinese("at most 50 characters") == "不得超过 50 个字符");
  CHECK(chinese("line 1, column 9: must be one of A, B") == "第 1 行第 9 列：应为以下之一：A, B");
  CHECK(chinese("line 2, column 1: here must be a value") == "第 2 行第 1 列：此处应为一个值");
  CHECK(chinese("is missing") == "此项必填");
  CHECK(chinese("case {names} {case}") == "个案 {names} {case}");
  for (const char* other :
       {"", "at most 50 horses", "at most  characters", "the role clerk", "line 1", "at most {"}) {
    CHECK(chinese(other) == other);
  }
  CHECK(translated("this needs the role clerk", Language::kEnglish) == "this needs the role clerk");
}

TEST_CASE("a language is known by its tag, as terminals and browsers write it") {
  for (const char* chinese : {"zh", "zh_CN.UTF-8", "zh-Hans-CN", "ZH", "zh_CN"}) {
    CHECK(language_from(chinese) == Language::kChinese);
  }
  for (const char* english : {"en", "en_GB.UTF-8", "en-US"}) {
    CHECK(language_from(english) == Language::kEnglish);
  }
  for (const char* neither : {"", "C", "C.UTF-8", "POSIX", "de_DE", "zhx", "e", "\xff\xff"}) {
    CHECK_FALSE(language_from(neither));
  }
}

TEST_CASE("of the languages that a browser accepts, the one of most weight that we have") {
  CHECK(accepted_language("zh-CN,zh;q=0.9,en;q=0.8") == Language::kChinese);
  CHECK(accepted_language("de, en;q=0.5, zh;q=0.7") == Language::kChinese);
  CHECK(accepted_language("en;q=0.8,zh;q=0.79") == Language::kEnglish);
  CHECK(accepted_language("fr, zh;q=0") == std::nullopt);
  CHECK(accepted_language("") == std::nullopt);
  CHECK(accepted_language("*;q=,,;;q=x,zh;q=2") == std::nullopt);
}

}  // namespace
}  // namespace jiexu::words_test
