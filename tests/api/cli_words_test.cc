// Text in columns, times, and what is said in Chinese.
#include <catch2/catch.hpp>

#include "daemon/base/columns.h"
#include "ops/cli/case_show.h"
#include "ops/cli/lines.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/say.h"

namespace jiexu::cli::cli_words_test {
namespace {

// The tests of this file read English; one that reads Chinese says so, and puts it back.
struct InChinese {
  InChinese() { set_language(Language::kChinese); }
  ~InChinese() { set_language(Language::kEnglish); }
};

TEST_CASE("what joins the character before it takes no column, and a wide one takes two") {
  CHECK(columns_of("e\u0301") == 1);
  CHECK(columns_of("南阳") == 4);
  CHECK(columns_of("𠀀") == 2);  // beyond the basic plane
  CHECK(columns_of("，") == 2);
  CHECK(columns_of("\xff") == 1);
}

TEST_CASE("lines end behind blanks, and in Chinese anywhere but before a closing mark") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("unbreakable", 4) == std::vector<std::string>{"unbreakable"});
  CHECK(wrapped("转出地已受理。", 6) == std::vector<std::string>{"转出地", "已受", "理。"});
  CHECK(wrapped("a\n\nb", 9) == std::vector<std::string>{"a", "", "b"});
  CHECK(wrapped("", 9) == std::vector<std::string>{""});
}

TEST_CASE("how far something is fits a line of the terminal") {
  CHECK(meter_line("lines sent", 5, 10, 78) == "[##########..........]  50 %  lines sent");
  CHECK(meter_line("lines sent", 20, 10, 78) == "[####################] 100 %  lines sent");
  CHECK(meter_line("lines sent", 7, 0, 78) == "lines sent  7");
  CHECK(columns_of(meter_line("行已发送行已发送", 5, 10, 36)) == 36);
}

TEST_CASE("lines are taken as people and programs write them, and numbered as in the file") {
  const auto lines = lines_of("\xef\xbb\xbf{\"a\":1}\r\n\r\n  \n{\"b\":2} \t");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "{\"a\":1}");
  CHECK(lines[1].number == 4);
  CHECK(lines[1].text == "{\"b\":2}");
  CHECK(lines_of("\xef\xbb\xbf").empty());
}

TEST_CASE("a time says how long ago it is") {
  const Instant now{1'790'000'000'000};
  CHECK(moment(now.plus_ms(-4'000).str(), now) ==
        now.plus_ms(-4'000).str().substr(11, 8) + ", 4 s ago");
  CHECK(moment(now.plus_ms(-3 * 86'400'000).str(), now) == "2026-09-18 22:13, 3 d ago");
  CHECK(moment("", now) == "never");
  CHECK(moment("yesterday", now) == "yesterday");
  CHECK(day_and_time("2026-11-22T10:00:00.000+08:00") == "2026-11-22 10:00:00");
}

TEST_CASE("money and days are said in Chinese, too") {
  const InChinese chinese;
  CHECK(yuan(123'456) == "1,234.56 元");
  CHECK(age(7'300'000) == "2 小时");
  CHECK(days_until("2026-09-20", "2026-09-18") == "还有 2 天");
  CHECK(plain_code(v1::REJECT_CODE_INPATIENT) == "正在住院");
}

TEST_CASE("what is wrong with a bank's file is said in Chinese, piece by piece") {
  CHECK(say_in_pieces("in.xml, line 7: BookgDt is not a date") ==
        "in.xml, line 7: BookgDt is not a date");
  const InChinese chinese;
  CHECK(say_in_pieces("a: b/in.xml, line 7: BookgDt is not a date") ==
        "a: b/in.xml 第 7 行：记账日期（BookgDt）不是日期");
  CHECK(say_in_pieces("line 1: column 8, date: not a date as yyyymmdd") ==
        "第 1 行：第 8 列（日期）不是 yyyymmdd 格式的日期");
  CHECK(say_in_pieces("line 2: not XML: Couldn't find end") ==
        "第 2 行：不是完整的 XML，文件可能被截断：Couldn't find end");
  CHECK(say_in_pieces("DU04: the bank has it already, and takes it no second time: it is paid, and "
                      "stays so") ==
        "DU04: 银行已有此笔付款，不再受理第二次：该笔已付讫，维持不变");
  CHECK(say_in_pieces("/tmp/x: outline 3: nowhere") == "/tmp/x: outline 3: nowhere");
  CHECK(say_in_pieces("") == "");
}

TEST_CASE("what is wrong with files, users and the way to the daemon is said in Chinese, too") {
  const InChinese chinese;
  CHECK(say_in_pieces("/tmp/a: b: cannot be opened") == "/tmp/a: b: 无法打开");
  CHECK(say_in_pieces("keys/x: cannot read: Permission denied") == "keys/x: 无法读取：没有权限");
  CHECK(say_in_pieces("user wang exists; --replace gives a new token") ==
        "用户 wang 已存在；--replace 可另发令牌");
  CHECK(say_in_pieces("users.toml: is open to other users; run: chmod 600 users.toml") ==
        "users.toml: 其他用户可以读取；请执行：chmod 600 users.toml");
  CHECK(
      say_in_pieces("the daemon does not answer on 127.0.0.1:7501 (Connection refused); is "
                    "jiexud running? `jiexu doctor` looks further") ==
      "系统在 127.0.0.1:7501 没有应答（连接被拒绝）；jiexud 是否在运行？可用 `jiexu doctor` 检查");
  // Of several lines each for itself.
  CHECK(say_in_pieces("a.toml:1:2: `agency` must be a string in quotes\na.toml:3:4: unknown key "
                      "`x`; did you mean `y`?") ==
        "a.toml:1:2: `agency` 应为加引号的文字\na.toml:3:4: 不认识的项 `x`；是否指 `y`？");
}

TEST_CASE("a case is shown in Chinese without a word of the tables in it") {
  const InChinese chinese;
  v1::CaseView view;
  view.set_case_id("0191d5a0-0000-7000-8000-000000000001");
  view.set_side("IN");
  view.set_peer("S41132810207");
  view.set_relationship("LETTER_ACCEPTED");
  view.set_funds("UNKNOWN");
  view.set_overlay("SUSPENDED");
  view.set_hold_code(v1::REJECT_CODE_ARREARS);
  view.mutable_person()->set_name("张三");
  v1::DeadlineView* deadline = view.add_deadlines();
  deadline->set_kind("form-due");
  deadline->set_due_on("2026-09-20");
  CHECK(case_text(view, "2026-09-18", "jiexu") ==
        "个案     0191d5a0-0000-7000-8000（转入，对方 S41132810207）\n"
        "参保人   张三  \n"
        "关系     转出地已受理，等待其发来信息表。\n"
        "资金     个人账户余额尚不清楚。\n"
        "         转出地暂缓办理。\n"
        "暂缓     存在欠费\n"
        "\n"
        "办理期限\n"
        "  责任方  应办事项    期限        \n"
        "  对方    发出信息表  2026-09-20  还有 2 天\n"
        "\n"
        "本方暂无可办事项，等待对方或银行。\n");
}

}  // namespace
}  // namespace jiexu::cli::cli_words_test
