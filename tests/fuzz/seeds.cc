// Writes the first inputs of every target: one sound example of each kind, made by the code itself,
// so that no corpus is kept. Usage: fuzz_seeds FOLDER
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "daemon/casework/case_store.h"
#include "daemon/config.h"
#include "daemon/rules/letter_number.h"
#include "tests/cases/party.h"
#include "tests/fuzz/world.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace {

namespace fs = std::filesystem;

// Writes the inputs of one target, numbered.
class Seeds {
 public:
  Seeds(const fs::path& root, const char* target) : folder_(root / target) {
    fs::create_directories(folder_);
  }
  void add(const std::string& bytes) {
    std::ofstream(folder_ / ("seed-" + std::to_string(count_++)), std::ios::binary) << bytes;
  }
  void add(char kind, const std::string& bytes) { add(kind + bytes); }

 private:
  fs::path folder_;
  int count_ = 0;
};

v1::Message sample_statement() {
  v1::Message message;
  message.set_case_id(std::string(16, '\0'));
  v1::DailyStatement& statement = *message.mutable_daily_statement();
  statement.set_day(20261121);
  statement.set_part(1);
  statement.set_last(true);
  statement.set_sent_head(std::string(32, 'h'));
  statement.set_received_head(std::string(32, 'h'));
  for (const char n : {'1', '2'}) {
    v1::StatementRow* row = statement.add_rows();
    row->set_case_id(std::string(16, n));
    row->set_sent_case_seq(2);
    row->set_form_version(1);
    row->set_due_fen(123'456);
  }
  v1::KindCount* count = statement.add_counts();
  count->set_kind(v1::Message::kLetter);
  count->set_count(2);
  v1::AccountBalance* balance = statement.add_accounts();
  balance->set_account(2);
  balance->set_balance_fen(-123'456);
  return message;
}

std::string sample_batch(Seq first) {
  const FuzzWorld& world = fuzz_world();
  FrameWriter writer(world.link, 1, first, chain_start(world.link));
  const Case subject = case_in(Side::kIn, Relationship::kLetterAccepted, Funds::kUnknown);
  writer.add(sound_message(subject, EventKind::kInfoFormIn));
  writer.add(sound_message(subject, EventKind::kRemitNoticeIn));
  writer.add(sample_statement());
  return writer.close(*world.sender);
}

Receipt sample_receipt() {
  const FuzzWorld& world = fuzz_world();
  return make_receipt(world.link, 1, 5, chain_start(world.link), kNow, *world.receiver);
}

void frames(const fs::path& root) {
  Seeds seeds(root, "fuzz_frames");
  const LinkName link = fuzz_world().link;
  const Digest head = chain_start(link);
  FetchedFrame fetched;
  fetched.batch = decode_batch(shared(sample_batch(1))).value();
  std::string long_text = "a";
  for (int i = 0; i < 100; ++i) long_text += "满";
  OpenFrame announced{kProtocolVersion, link, 7, 1, 5, head, 4, {}, "signed"};
  announced.announcement = announce(link, 7, kNow, *fuzz_world().sender);
  const std::string frames[] = {
      sample_batch(1),
      encode(OpenFrame{kProtocolVersion, link, 7, 1, 5, head, 4, {}, "signed", sample_receipt()}),
      encode(OpenedFrame{7, sample_receipt(), 1 << 20, BatchProof{1, 4, head, {}, "signed"}}),
      encode(sample_receipt()),
      encode(GapFrame{1, 5}),
      encode(RefuseFrame{v1::REFUSE_REASON_BUSY, 1, 5, head, "磁盘空间不足"}),
      encode(RefuseFrame{v1::REFUSE_REASON_BUSY, 1, 5, head, long_text}),
      encode(FetchFrame{1, 5}),
      encode(WantFrame{CaseId(), head, 1}),
      encode(PieceFrame{CaseId(), head, 1, "content"}),
      encode(fetched),
      encode(FetchedFrame{}),
      encode(make_probe(link, 7, kNow, *fuzz_world().sender)),
      encode(make_alive(link, 7, kNow, *fuzz_world().sender)),
      encode(announced),
      encode(make_receipt(link, 1, 5, head, kNow, *fuzz_world().receiver, head)),
  };
  for (const std::string& frame : frames) seeds.add('\0', frame);
  for (int i = 0; i < 8; ++i) seeds.add('\1', sample_batch(1).substr(20 * i, 400));
}

void cases(const fs::path& root) {
  Seeds seeds(root, "fuzz_cases");
  // Numbers are taken from the end of the input: any bytes are a run of events.
  for (uint32_t i = 0; i < 64; ++i) {
    std::string bytes;
    for (uint32_t n = 0; n < 16 + 8 * i; ++n) {
      bytes.push_back(static_cast<char>((n * 2654435761u ^ i * 40503u) >> 13));
    }
    seeds.add(bytes);
  }
}

std::string case_record() {
  Case subject = case_in(Side::kOut, Relationship::kFormIssued, Funds::kComputed);
  subject.deadlines = {{DeadlineKind::kFormDue, {2026, 11, 20}, Date{2026, 12, 4}, false}};
  subject.letter_place = LogPlace{false, 1, 3};
  v1::CaseRecord record;
  encode_case(subject, &record);
  return record.SerializeAsString();
}

void store(const fs::path& root) {
  Seeds seeds(root, "fuzz_store");
  v1::TimelineRecord entry;
  entry.set_at_ms(kNow.ms);
  entry.set_actor("clerk");
  entry.mutable_received()->set_seq(3);
  v1::LinkRecord link;
  link.set_epoch(1);
  link.set_last_seq(5);
  link.set_head(std::string(32, 'h'));
  link.set_receipt(encode(sample_receipt()));
  seeds.add('\0', case_record());
  seeds.add('\1', entry.SerializeAsString());
  seeds.add('\2', link.SerializeAsString());
  seeds.add('\3', sample_batch(3));
  seeds.add('\4', encode(sample_receipt()));
  seeds.add('\5', std::string(16, 'c'));
  seeds.add('\6', std::string(300, 'k'));
  seeds.add('\7', std::string(8192, '\0'));
  seeds.add('\10', std::string(64, 'k'));
}

std::string json(const google::protobuf::Message& message) {
  std::string out;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(message, &out, options).ok()) out.clear();
  return out;
}

void http(const fs::path& root) {
  Seeds seeds(root, "fuzz_http");
  seeds.add('\0', "/v1/cases/019a0000-0000-7000-8000-000000000001/actions/send-letter?a=b%20c&d");
  seeds.add('\0', "/v1/cases?open=true&limit=10");
  v1::ActionInput apply;
  *apply.mutable_application() = sample_application();
  v1::ActionInput form;
  *form.mutable_form() = sample_form();
  form.mutable_form()->clear_issued_on();
  v1::BankLineInput lines;
  lines.add_lines()->set_remark("医保 41132807261120000071");
  lines.mutable_lines(0)->set_amount_fen(123'456);
  seeds.add('\1', json(apply));
  seeds.add('\1', json(form));
  seeds.add('\2', json(lines));
  for (const char kind : {'\3', '\4', '\5'}) seeds.add(kind, case_record());
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void files(const fs::path& root) {
  Seeds seeds(root, "fuzz_files");
  seeds.add('\0', example_config());
  seeds.add('\0',
            "agency = \"S41132810207\"\nlisten = \"tcp://127.0.0.1:7401\"\n[api]\nport = 7501\n");
  std::string directory;
  for (const Agency& agency : fuzz_world().directory->agencies()) directory += to_toml(agency);
  seeds.add('\1', directory);
  seeds.add('\2', "[[user]]\nname = \"wang\"\nrole = \"clerk\"\ntoken_sha256 = \"" +
                      std::string(64, 'a') + "\"\n");
  seeds.add('\3', text_of(fs::path(JIEXU_ROOT) / "ops/calendar/2026.txt"));
  seeds.add('\4', "ed25519:" + std::string(64, 'a'));
  seeds.add('\4', "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
}

void remarks(const fs::path& root) {
  Seeds seeds(root, "fuzz_remarks");
  const std::string number = LetterNumber::make(in_agency(), {2026, 11, 20}, 7)->text();
  seeds.add("医保转移 " + number + "/1");
  seeds.add("１２３" + number + "　４５６");
  seeds.add("4113280726112000007141132807");
  seeds.add("2026-11-20");
  seeds.add("1234.56");
  seeds.add("102100099996");
  seeds.add("S41132810207");
  seeds.add("11010519491231002X");
  seeds.add("阿卜杜拉·买买提•ａｂｃ");
}

void statements(const fs::path& root) {
  Seeds seeds(root, "fuzz_statements");
  for (const char kind : {'\0', '\1'}) {
    seeds.add(kind, sample_statement().daily_statement().SerializeAsString());
  }
}

void bank(const fs::path& root) {
  Seeds seeds(root, "fuzz_bank");
  for (const auto& entry : fs::directory_iterator(JIEXU_ROOT "/tests/bankfiles/files")) {
    if (entry.path().extension() == ".golden") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    seeds.add('\0', text);
  }
  seeds.add('\1', "E1|paid\nE2|\xe5\xa4\xb1\xe8\xb4\xa5|x\n");
  seeds.add('\1',
            "<Document xmlns='p'><CstmrPmtStsRpt><OrgnlPmtInfAndSts><OrgnlPmtInfId>B"
            "</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
            "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>");
  const std::string number = LetterNumber::make(in_agency(), {2026, 11, 20}, 7)->text();
  seeds.add('\2', "医保转移 " + number + "-1");
  seeds.add('\2', number + "-1");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 64;
  }
  const fs::path root = argv[1];
  frames(root);
  cases(root);
  store(root);
  http(root);
  files(root);
  remarks(root);
  bank(root);
  statements(root);
  return 0;
}
