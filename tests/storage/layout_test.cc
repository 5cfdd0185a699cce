#include "storage/layout.h"

#include <catch2/catch.hpp>
#include <set>

#include "daemon/base/bytes.h"

namespace jiexu::layout::layout_test {

namespace {

const AgencyId kPeer = *AgencyId::parse("S35020000001");
const CaseId kCase = *CaseId::parse("0199a3c4-5e6f-7a1b-8c2d-3e4f5a6b7c8d");
constexpr const char* kPeerHex = "533335303230303030303031";
constexpr const char* kCaseHex = "0199a3c45e6f7a1b8c2d3e4f5a6b7c8d";

}  // namespace

// The bytes on disk. If one of these changes, stores of earlier versions are no longer read.
TEST_CASE("every key has the bytes that the table of layout.h gives") {
  const std::string peer = kPeerHex;
  const std::string id = kCaseHex;
  CHECK(to_hex(letter_counter_key(*Date::parse("2026-09-18"))) == "6c657474657201352836");
  CHECK(to_hex(certificate_key(20260918235959)) ==
        "43"
        "0000126d5cd59337");
  CHECK(to_hex(link_log_key(kPeer, Direction::kIn, 2, 259)) ==
        peer + "01" + "00000002" + "0000000000000103");
  CHECK(to_hex(link_key(kPeer, Direction::kOut)) == peer + "00");
  CHECK(parse_link_key(link_key(kPeer, Direction::kIn))->peer == kPeer);
  CHECK_FALSE(parse_link_key(std::string(AgencyId::kSize, '1') + '\0'));
  CHECK_FALSE(parse_link_key(kPeer.text()));
  CHECK(to_hex(case_key(kCase, false)) == "6f" + id);
  CHECK(to_hex(case_key(kCase, true)) == "63" + id);
  CHECK(parse_case_key(case_key(kCase, true)) == kCase);
  CHECK_FALSE(parse_case_key("x" + kCase.str()));
  CHECK(to_hex(timeline_key(kCase, 7)) == id + "00000007");
  CHECK(to_hex(timer_key(Instant{1'790'000'000'000}, kCase, 3)) == "000001a0c4506c00" + id + "03");
  CHECK(to_hex(account_key(kPeer, 9)) == "41" + peer + "09");
  CHECK(to_hex(letters_key("35020001260918000017")) == "4c" + to_hex("350200012609180000"));
  CHECK(to_hex(quarantine_key(kPeer, 1, 5)) == peer + "00000001" + "0000000000000005");
  Digest digest{};
  digest[31] = 0xab;
  CHECK(to_hex(bank_line_key(digest)) == "42" + std::string(62, '0') + "ab");
  PersonHash hash{};
  hash[0] = 0xcd;
  CHECK(to_hex(person_key(hash)) == "50cd" + std::string(30, '0'));
}

TEST_CASE("the keys of bank files, batches and exception queues have these bytes") {
  const std::string zeros(64, '0');
  CHECK(to_hex(bank_file_key(Digest{})) == "46" + zeros);
  CHECK(parse_bank_file_key(bank_file_key(Digest{1})) == Digest{1});
  CHECK_FALSE(parse_bank_file_key(bank_line_key(Digest{1})));
  CHECK_FALSE(parse_bank_file_key(staged_line_key(Digest{}, 1)));
  CHECK_FALSE(parse_bank_file_key(""));
  CHECK(to_hex(staged_line_key(Digest{}, 258)) == "53" + zeros + "0000000000000102");
  CHECK(incoming_batch_key("411328072611200000010") == "N411328072611200000010");
  CHECK(recovered_money_key(kCase) == "U" + std::string(kCase.bytes()));
  CHECK(to_hex(exception_key(5, Instant{1}, Digest{})) == "54050000000000000001" + zeros);
  CHECK(waiting_lines_key(kCase) == "W" + std::string(kCase.bytes()));
  CHECK(to_hex(missing_key(1, kCase)) == "4d0000000000000001" + to_hex(kCase.bytes()));
}

TEST_CASE("the keys of idempotency keys have these bytes") {
  const std::string zeros(64, '0');
  CHECK(to_hex(idempotency_key(Digest{})) == "4b" + zeros);
  CHECK(to_hex(idempotency_age_key(Instant{258}, Digest{})) == "420000000000000102" + zeros);
  CHECK(to_hex(idempotency_count_key(Digest{})) == "43" + zeros);
  const auto age = parse_idempotency_age_key(idempotency_age_key(Instant{7}, Digest{1}));
  REQUIRE(age);
  CHECK(age->done == Instant{7});
  CHECK(age->act == Digest{1});
  CHECK_FALSE(parse_idempotency_age_key(idempotency_key(Digest{1})));
}

TEST_CASE("the keys of daily comparisons have these bytes") {
  const Key comparison = comparison_key(kPeer, *Date::parse("2026-09-18"));
  CHECK(to_hex(comparison) == "43" + std::string(kPeerHex) + "01352836");
  CHECK(parse_comparison_key(comparison).value() == *Date::parse("2026-09-18"));
  CHECK_FALSE(parse_comparison_key(comparison.view().substr(1)));
  CHECK_FALSE(parse_comparison_key(payment_key(kCase, 2)));
  CHECK(comparison.view().starts_with(comparisons_prefix(kPeer)));
  const Key open = open_money_key(kPeer, kCase);
  CHECK(to_hex(open) == "5a" + std::string(kPeerHex) + kCaseHex);
  CHECK(parse_open_money_key(open) == kCase);
  CHECK_FALSE(is_sealed(Family::kFunds, comparison));
}

TEST_CASE("the keys of the journal, of payments and their batches have these bytes") {
  CHECK(to_hex(payment_key(kCase, 2)) == "49" + std::string(kCaseHex) + "00000002");
  const Key batch = remittance_batch_key("411328072611200000010");
  CHECK(batch == "R411328072611200000010");
  CHECK(parse_remittance_batch_key(batch) == "411328072611200000010");
  CHECK_FALSE(parse_remittance_batch_key("R41132807261120000001"));
  CHECK_FALSE(parse_remittance_batch_key(payment_file_key("411328072611200000010")));
  CHECK(payment_file_key("411328072611200000010") == "X411328072611200000010");
  CHECK(to_hex(case_journal_key(kCase, 7)) == "4a" + std::string(kCaseHex) + "00000007");
  CHECK(to_hex(line_journal_key(Digest{}, 1)) == "4b" + std::string(64, '0') + "00000001");
  CHECK(to_hex(payee_confirmation_key(kCase)) == "59" + std::string(kCaseHex));
  const Key waiting = waiting_payment_key(Instant{258}, kCase, 2);
  CHECK(to_hex(waiting) == "490000000000000102" + std::string(kCaseHex) + "00000002");
  const auto parsed = parse_waiting_payment_key(waiting);
  REQUIRE(parsed);
  CHECK(parsed->ordered.ms == 258);
  CHECK(parsed->id == kCase);
  CHECK(parsed->attempt == 2);
  CHECK_FALSE(parse_waiting_payment_key(waiting.view().substr(1)));
  CHECK_FALSE(parse_waiting_payment_key(payment_key(kCase, 2)));
  const Key exported = exported_payment_key(Instant{258}, kCase, 2);
  CHECK(exported == "E" + waiting.str().substr(1));
  CHECK(parse_exported_payment_key(exported)->ordered == Instant{258});
  CHECK_FALSE(parse_exported_payment_key(waiting));
  CHECK(twin_lines_key(Digest{}) == "D" + std::string(32, '\0'));
  CHECK(postponed_line_key(Digest{}) == "Q" + std::string(32, '\0'));
  CHECK(numbered_lines_key(Digest{}) == "G" + std::string(32, '\0'));
}

TEST_CASE("keys of attachments and of those that are to be fetched") {
  Digest file;
  file.fill(0xab);
  const Key key = attachment_key(kCase, file, 258);
  CHECK(to_hex(key) == std::string(kCaseHex) + to_hex(view(file)) + "00000102");
  CHECK(parse_attachment_key(key)->id == kCase);
  CHECK(parse_attachment_key(key)->file == file);
  CHECK(parse_attachment_key(key)->piece == 258);
  const std::string wanted = wanted_attachment_key(kPeer, kCase, 3).str();
  CHECK(to_hex(wanted) == "41" + to_hex(kPeer.text()) + std::string(kCaseHex) + "00000003");
  const auto parsed = parse_wanted_attachment_key(wanted);
  REQUIRE(parsed);
  CHECK(parsed->peer == kPeer);
  CHECK(parsed->id == kCase);
  CHECK(parsed->n == 3);
  CHECK_FALSE(parse_wanted_attachment_key(wanted.substr(1)));
  CHECK(wanted.starts_with(wanted_attachments_prefix(kPeer).view()));
  CHECK(wanted.starts_with(wanted_attachments_prefix(std::nullopt).view()));
}

TEST_CASE("a key gives back what it was made of") {
  const auto frame =
      parse_link_log_key(link_log_key(kPeer, Direction::kAside, 3, 0x0102030405060708));
  REQUIRE(frame);
  CHECK(frame->peer == kPeer);
  CHECK(frame->direction == Direction::kAside);
  CHECK(frame->epoch == 3);
  CHECK(frame->first_seq == 0x0102030405060708);
  CHECK(parse_link_key(link_key(kPeer, Direction::kIn))->direction == Direction::kIn);
  const auto timer = parse_timer_key(timer_key(Instant{1'790'000'000'123}, kCase, 200));
  REQUIRE(timer);
  CHECK(timer->due.ms == 1'790'000'000'123);
  CHECK(timer->id == kCase);
  CHECK(timer->kind == 200);
  CHECK(parse_case_journal_key(case_journal_key(kCase, 7))->n == 7);
  CHECK(parse_line_journal_key(line_journal_key(Digest{9}, 7))->line == Digest{9});
  CHECK(parse_line_journal_key(line_journal_key(Digest{9}, 7))->n == 7);
  CHECK(parse_bank_line_key(bank_line_key(Digest{9})).value() == Digest{9});
  CHECK(parse_bank_file_key(bank_file_key(Digest{9})).value() == Digest{9});
  CHECK(parse_postponed_line_key(postponed_line_key(Digest{9})).value() == Digest{9});
  CHECK(parse_missing_key(missing_key(5, kCase)).value() == kCase);
}

namespace {

template <class T>
std::string refusal_of(const Result<T>& parsed) {
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::kCorrupt);
  return parsed.error().text;
}

}  // namespace

TEST_CASE("bytes that are no key of a kind are an error that names the kind, and not the bytes") {
  CHECK(refusal_of(parse_timer_key("412728199001011234")) ==
        "family timer: a key of a timer is unreadable");
  CHECK(refusal_of(parse_timer_key(std::string(25, '\xff'))) ==  // a time before 1970
        "family timer: a key of a timer is unreadable");
  CHECK(refusal_of(parse_link_key(kPeer.str() + '\x03')) ==  // a direction that there is not
        "family link: a key of a link is unreadable");
  CHECK(refusal_of(parse_link_log_key(std::string(25, 'x'))) ==  // no agency
        "family link_log: a key of a frame is unreadable");
  CHECK(refusal_of(parse_case_key("")) == "family case: a key of a case is unreadable");
  // Too short, and of another kind.
  CHECK_FALSE(parse_account_key(account_key(kPeer, 1).view().substr(1)));
  CHECK_FALSE(parse_bank_line_key(bank_file_key(Digest{})));
  CHECK_FALSE(parse_bank_file_key(bank_line_key(Digest{})));
  CHECK_FALSE(parse_case_journal_key(payment_key(kCase, 1)));
  CHECK_FALSE(parse_line_journal_key(case_journal_key(kCase, 1)));
  CHECK_FALSE(parse_postponed_line_key(twin_lines_key(Digest{})));
  CHECK_FALSE(parse_missing_key(waiting_lines_key(kCase)));
  CHECK_FALSE(parse_open_money_key(waiting_lines_key(kCase)));
  CHECK_FALSE(parse_exception_key(postponed_line_key(Digest{})));
  CHECK_FALSE(parse_quarantine_key(link_log_key(kPeer, Direction::kIn, 1, 1)));
  CHECK_FALSE(parse_proposed_release_key(payment_key(kCase, 1)));
  CHECK_FALSE(parse_attachment_key(kCase.bytes()));
}

TEST_CASE("duties lie by their days, and those without a day come last") {
  const Date first{2026, 11, 20};
  const Date later{2027, 1, 4};
  CHECK(duty_key({{}, first, kCase, 9}) < duty_key({{}, later, kCase, 1}));
  CHECK(duty_key({{}, later, kCase, 9}) < duty_key({{}, std::nullopt, kCase, 1}));
  const auto read = parse_duty_key(duty_key({{7}, later, kCase, 3}));
  REQUIRE(read);
  CHECK(read->owner == OwnerHash{7});
  CHECK(read->due == later);
  CHECK(read->id == kCase);
  CHECK(read->kind == 3);
  CHECK_FALSE(parse_duty_key(Key("N").add(std::string(37, '\x01'))));  // no day
}

TEST_CASE("every key is one of its kind") {
  const std::string batch = "411328072611200000010";
  const Instant at{5};
  const RecordKey keys[] = {store_key(),
                            judged_key(),
                            letter_counter_key({2026, 11, 20}),
                            certificate_key(20261120080000),
                            link_log_key(kPeer, Direction::kIn, 1, 1),
                            link_key(kPeer, Direction::kIn),
                            case_key(kCase, false),
                            case_key(kCase, true),
                            timeline_key(kCase, 1),
                            timer_key(at, kCase, 1),
                            account_key(kPeer, 1),
                            bank_line_key(Digest{}),
                            bank_file_key(Digest{}),
                            staged_line_key(Digest{}, 1),
                            file_line_key(Digest{}, 1),
                            last_statement_key(Digest{}),
                            proposed_line_act_key(Digest{}),
                            incoming_batch_key(batch),
                            recovered_money_key(kCase),
                            case_journal_key(kCase, 1),
                            line_journal_key(Digest{}, 1),
                            payment_key(kCase, 1),
                            remittance_batch_key(batch),
                            payment_file_key(batch),
                            payee_confirmation_key(kCase),
                            comparison_key(kPeer, {2026, 11, 20}),
                            waiting_payment_key(at, kCase, 1),
                            exported_payment_key(at, kCase, 1),
                            proposed_release_key(kCase, 1),
                            twin_lines_key(Digest{}),
                            numbered_lines_key(Digest{}),
                            postponed_line_key(Digest{}),
                            exception_key(1, at, Digest{}),
                            waiting_lines_key(kCase),
                            missing_key(5, kCase),
                            open_money_key(kPeer, kCase),
                            person_key(PersonHash{}),
                            letters_key("35020001260918000017"),
                            wanted_attachment_key(kPeer, kCase, 1),
                            idempotency_key(Digest{}),
                            idempotency_age_key(at, Digest{}),
                            idempotency_count_key(Digest{}),
                            duty_key({{}, std::nullopt, kCase, 1}),
                            named_key({{}, kCase}),
                            quarantine_key(kPeer, 1, 1),
                            receipt_key(kPeer, 1),
                            changes_key({1, 1}),
                            attachment_key(kCase, Digest{}, 1)};
  std::set<Kind> seen;
  for (const RecordKey& key : keys) {
    const KindRow& row = row_of(key.kind());
    INFO(row.name);
    CHECK(key.view().size() == row.size);
    CHECK(key.view().starts_with(row.prefix));
    CHECK(is_sealed(row.family, key) == row.sealed);
    seen.insert(key.kind());
  }
  // The store and the checks of keys write the other two.
  CHECK(seen.size() + 2 == kinds().size());
}

TEST_CASE("no kind's keys can be taken for another's of the family") {
  for (const KindRow& row : kinds()) {
    for (const KindRow& other : kinds()) {
      if (row.kind == other.kind || row.family != other.family) continue;
      INFO(row.name << ", " << other.name);
      CHECK_FALSE(other.prefix.starts_with(row.prefix));
    }
  }
}

TEST_CASE("a record of ten letter numbers gives the cases of each, and nothing else is one") {
  const CaseId other = *CaseId::from_bytes(std::string(CaseId::kSize, '\x01'));
  const std::string seven = "35020001260918000017";
  const std::string eight = "35020001260918000025";
  CHECK(letters_key(seven) == letters_key(eight));
  std::string record;
  append_letter(seven, kCase, record);
  append_letter(eight, other, record);
  append_letter(seven, other, record);
  CHECK(cases_of_letter(seven, record) == std::vector<CaseId>{kCase, other});
  CHECK(cases_of_letter(eight, record) == std::vector<CaseId>{other});
  CHECK(cases_of_letter("35020001260918000077", record)->empty());
  CHECK(cases_of_letter(seven, "")->empty());
  CHECK(cases_of_letter(seven, record.substr(1)) == std::nullopt);
}

TEST_CASE("byte order is number order") {
  CHECK(link_log_key(kPeer, Direction::kOut, 1, 255) <
        link_log_key(kPeer, Direction::kOut, 1, 256));
  CHECK(link_log_key(kPeer, Direction::kOut, 1, ~Seq{0}) <
        link_log_key(kPeer, Direction::kOut, 2, 1));
  CHECK(timer_key(Instant{0xff}, kCase, 9) < timer_key(Instant{0x100}, kCase, 1));
  CHECK(timeline_key(kCase, 255) < timeline_key(kCase, 256));
}

TEST_CASE("what shows a person is sealed, and nothing else") {
  for (const Family family : {Family::kLinkLog, Family::kCase, Family::kTimeline,
                              Family::kQuarantine, Family::kAttachment}) {
    CHECK(is_sealed(family, "any"));
  }
  for (const Family family :
       {Family::kMeta, Family::kLink, Family::kTimer, Family::kIndex, Family::kAudit}) {
    CHECK(!is_sealed(family, "any"));
  }
  CHECK(is_sealed(Family::kFunds, bank_line_key(Digest{})));
  CHECK(is_sealed(Family::kFunds, staged_line_key(Digest{}, 0)));
  CHECK(is_sealed(Family::kFunds, payment_key(kCase, 1)));
  CHECK(is_sealed(Family::kFunds, payee_confirmation_key(kCase)));
  CHECK(is_sealed(Family::kFunds, remittance_batch_key("411328072611200000010")));
  CHECK(is_sealed(Family::kFunds, payment_file_key("411328072611200000010")));
  CHECK(!is_sealed(Family::kFunds, account_key(kPeer, 1)));
  CHECK(!is_sealed(Family::kFunds, case_journal_key(kCase, 1)));
  CHECK(!is_sealed(Family::kFunds, bank_file_key(Digest{})));
}

TEST_CASE("the end of a prefix is above all of its keys and not above the next prefix") {
  CHECK(prefix_end("ab") == "ac");
  CHECK(prefix_end(std::string("a\xff\xff", 3)) == "b");
  CHECK(prefix_end(std::string("\x00", 1)) == "\x01");
  const std::string upper = prefix_end(link_key(kPeer, Direction::kOut));
  CHECK(link_log_key(kPeer, Direction::kOut, ~Epoch{0}, ~Seq{0}) < upper);
  CHECK(upper <= link_log_key(kPeer, Direction::kIn, 0, 0));
}

TEST_CASE("the end of the empty prefix is above the longest key of highest bytes") {
  CHECK(std::string(Key::kSizeMax, '\xff') < prefix_end(""));
  CHECK(bank_line_key(Digest{}).view().size() <= Key::kSizeMax);
  CHECK(staged_line_key(Digest{}, 0).view().size() <= Key::kSizeMax);
  CHECK(exception_key(1, Instant{0}, Digest{}).view().size() <= Key::kSizeMax);
  CHECK(attachment_key(kCase, Digest{}, 0).view().size() == Key::kSizeMax);
}

}  // namespace jiexu::layout::layout_test
