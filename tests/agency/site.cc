#include "tests/agency/site.h"

#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr std::string_view kFirstAccount = "41001500000000000001";

Agency agency_of(AgencyId id, char fill) {
  Agency agency;
  agency.id = id;
  agency.name = "Agency " + id.str();
  agency.endpoint = "tcp://127.0.0.1:7401";
  agency.transport_key = std::string(32, fill);
  agency.signing_keys = {signer_of(id)->public_key()};
  // As sample_letter() names it.
  agency.bank = {"南阳市医疗保障基金财政专户",
                 std::string(id == third_site() ? kThirdAccount : kFirstAccount),
                 "中国建设银行南阳分行", "105100000017"};
  agency.contact = {"", "0377-00000000", "An address", "473000"};
  return agency;
}

std::unique_ptr<Vault> make_vault() {
  VaultKeys keys;
  keys.ring.push_back({1, SecretKey()});
  keys.ring.back().key.fill(0x11);
  keys.current = 1;
  keys.person_key.fill(0x77);
  auto vault = Vault::create(keys);
  REQUIRE(vault);
  return std::move(*vault);
}

std::string kind_of(const std::string& bytes) {
  v1::LinkFrame frame;
  REQUIRE(frame.ParseFromString(bytes));
  const auto* field = v1::LinkFrame::descriptor()->FindFieldByNumber(frame.body_case());
  return std::string(field->name());
}

constexpr Family kFamilies[] = {
    Family::kMeta,  Family::kLinkLog, Family::kLink,  Family::kCase,       Family::kTimeline,
    Family::kTimer, Family::kFunds,   Family::kIndex, Family::kQuarantine, Family::kAttachment};

std::string comparable(Family family, std::string value) {
  if (family != Family::kLink) return value;
  v1::LinkRecord record;
  REQUIRE(record.ParseFromString(value));
  record.clear_receipt();
  record.clear_receipted_seq();
  record.clear_receipted_at_ms();
  return record.SerializeAsString();
}

}  // namespace

AgencyId in_site() {
  return *AgencyId::parse("S41132810207");
}
AgencyId out_site() {
  return *AgencyId::parse("S35050000101");
}
AgencyId third_site() {
  return *AgencyId::parse("S11010000203");
}

std::shared_ptr<const Signer> signer_of(AgencyId agency) {
  static auto* const kSigners = new std::map<AgencyId, std::shared_ptr<const Signer>>;
  auto& signer = (*kSigners)[agency];
  if (!signer) signer = *make_signer(SuiteId::kEd25519, std::string(32, agency.text()[1]));
  return signer;
}

std::shared_ptr<const Directory> test_directory() {
  static const auto* const kDirectory = [] {
    auto made = Directory::make(
        {agency_of(in_site(), 'a'), agency_of(out_site(), 'b'), agency_of(third_site(), 'c')});
    REQUIRE(made);
    return new std::shared_ptr<const Directory>(*made);
  }();
  return *kDirectory;
}

std::shared_ptr<const Directory> directory_by_mail(AgencyId agency) {
  std::vector<Agency> agencies = test_directory()->agencies();
  for (Agency& entry : agencies) {
    if (entry.id != agency) continue;
    entry.by_mail = true;
    entry.endpoint.clear();
    entry.transport_key.clear();
    entry.signing_keys.clear();
    entry.contact.address = "1 Example Road";
  }
  return Directory::make(std::move(agencies)).value();
}

Site::Site(AgencyId id, Instant at)
    : self(id), now(at), store(std::make_unique<MemoryStore>()), vault(make_vault()) {
  v1::StoreRecord record;
  record.set_format(layout::kFormat);
  record.set_agency(id.str());
  record.set_epoch(1);
  Batch batch;
  Records writer(*store, *vault);
  writer.put_message(batch, Family::kMeta, layout::kStoreKey, record);
  REQUIRE(store->commit(batch));
  restart();
}

namespace {

// The next frame of a link in its first epoch; `seq` and `head` go on with it.
std::string sign_frame(const LinkName& link, const std::vector<std::string>& messages, Seq& seq,
                       Digest& head) {
  const auto signer = signer_of(link.sender);
  v1::LinkFrame frame;
  v1::Batch& batch = *frame.mutable_batch();
  const Seq first = seq + 1;
  const Digest before = head;
  for (const std::string& message : messages) {
    head = chain_next(head, ++seq, message);
    batch.add_messages(message);
  }
  batch.set_sender(link.sender.str());
  batch.set_receiver(link.receiver.str());
  batch.set_epoch(1);
  batch.set_first_seq(first);
  batch.set_prev_head(std::string(view(before)));
  batch.set_head(std::string(view(head)));
  batch.set_key_id(std::string(view(key_id(signer->public_key()))));
  batch.set_signature(signer->sign(batch_signing_bytes(link, 1, first, seq, before, head)));
  return frame.SerializeAsString();
}

}  // namespace

void Site::restart() {
  engine.reset();
  standing_.clear();
  EngineOptions options;
  options.self = self;
  options.seed = 7;
  options.store_complete = store_complete;
  options.store_copied = store_copied;
  options.store_proved = store_proved;
  options.batch_rules = batch_rules;
  options.four_eyes = four_eyes;
  options.trusted_submitters = {"core"};
  const auto signer = signer_of(self);
  const EngineWorld world{*store, *vault, *signer, numbers, *this, *this, {}, &feed};
  auto opened = Engine::open(options, world, directory, at(now));
  REQUIRE(opened);
  engine = std::move(*opened);
}

void Site::log_unreadable(AgencyId to) {
  const LinkName link{self, to};
  auto state = read_outgoing(records(), link, 1);
  REQUIRE(state);
  SenderMark& mark = state->mark;
  const Seq first = mark.last_seq + 1;
  const std::string frame = sign_frame(link, {"\xff\xff"}, mark.last_seq, mark.head);
  v1::LinkRecord record = to_record(mark, false, 0);
  *record.mutable_said() = state->said.to_record();
  Batch batch;
  Records writes(*store, *vault);
  writes.put(batch, Family::kLinkLog, layout::link_log_key(to, layout::Direction::kOut, 1, first),
             frame);
  writes.put_message(batch, Family::kLink, layout::link_key(to, layout::Direction::kOut), record);
  REQUIRE(store->commit(batch));
  restart();
}

void Site::post(decltype(Asking::what) what) {
  Asking command;
  command.user = user;
  command.what = std::move(what);
  command.done = [this](const Answer& answer) {
    trace.push_back("answer");
    answers.push_back(answer);
  };
  REQUIRE(engine->kernel().handle(to_command(std::move(command)), at(now)));
}

Answer Site::act(EventKind action, const CaseId& id, v1::ActionInput input) {
  const size_t before = answers.size();
  post(ActionCommand{action, id, std::make_shared<const v1::ActionInput>(std::move(input))});
  while (answers.size() == before) REQUIRE(commit());
  return answers.back();
}

Answer Site::bank(std::vector<v1::BankLine> lines) {
  const size_t before = answers.size();
  post(BankCommand{std::move(lines)});
  while (answers.size() == before) REQUIRE(commit());
  return answers.back();
}

Answer Site::decide(SettleLineCommand act) {
  const auto answered = [&](decltype(Asking::what) what) {
    const size_t before = answers.size();
    post(std::move(what));
    while (answers.size() == before) REQUIRE(commit());
    return answers.back();
  };
  const Digest line = act.line;
  const Answer proposed = answered(std::move(act));
  if (proposed.rejection) return proposed;
  const std::string first = std::exchange(user, "reviewer");
  const Answer approved = answered(DecideLineCommand{line, proposed.bank.results(0).content()});
  user = first;
  return approved;
}

void Site::hear(AgencyId from, Lane lane, const std::string& bytes) {
  auto frame = take_in(self, from, lane, bytes, *test_directory());
  REQUIRE(frame);
  REQUIRE(engine->kernel().handle(*frame, at(now)));
}

bool Site::commit() {
  // Lazy commits wait in real life; here their time has come.
  const Instant later = now.plus_ms(EngineOptions().lazy_commit_ms);
  if (!engine->kernel().wants_commit(at(later))) return false;
  REQUIRE(store->commit(engine->kernel().begin_commit()));
  trace.push_back("commit");
  engine->kernel().commit_done(at(now));
  return true;
}

void Site::wake() {
  REQUIRE(engine->kernel().wake(at(now)));
}

Case Site::subject(const CaseId& id) const {
  const auto found = read_case(records(), id);
  REQUIRE(found);
  REQUIRE(*found);
  return **found;
}

std::vector<v1::TimelineRecord> Site::timeline(const CaseId& id) const {
  const auto entries = read_timeline(records(), id);
  REQUIRE(entries);
  return *entries;
}

std::vector<v1::QuarantineRecord> Site::quarantine() const {
  std::vector<v1::QuarantineRecord> out;
  REQUIRE(records().scan(Family::kQuarantine, "", layout::prefix_end(""),
                         [&](std::string_view, std::string_view value) {
                           return out.emplace_back().ParseFromArray(value.data(),
                                                                    static_cast<int>(value.size()));
                         }));
  return out;
}

int64_t Site::balance(AgencyId peer, LedgerAccount account) const {
  const auto record = records().get_message<v1::AccountRecord>(
      Family::kFunds, layout::account_key(peer, static_cast<uint8_t>(account)));
  REQUIRE(record);
  return *record ? (*record)->balance_fen() : 0;
}

int64_t Site::ledger_sum() const {
  int64_t sum = 0;
  for (const AgencyId peer : {in_site(), out_site(), third_site()}) {
    for (int account = 1; account <= 14; ++account) {
      sum += balance(peer, static_cast<LedgerAccount>(account));
    }
  }
  return sum;
}

std::map<std::string, std::string> Site::contents() const {
  std::map<std::string, std::string> out;
  for (const Family family : kFamilies) {
    const std::string prefix(layout::family_name(family));
    REQUIRE(records().scan(
        family, "", layout::prefix_end(""), [&](std::string_view key, std::string_view value) {
          if (key == layout::kLsnKey) return true;
          if (family == Family::kAudit && layout::parse_changes_key(key)) return true;
          out[prefix + " " + to_hex(key)] = to_hex(comparable(family, std::string(value)));
          return true;
        }));
  }
  return out;
}

void Site::send(AgencyId peer, Lane lane, FrameBytes frame) {
  trace.push_back("send " + kind_of(*frame));
  sent.push_back({peer, lane, *frame});
}

void Site::alarm(AgencyId, std::string_view text) {
  alarms.emplace_back(text);
}

void Site::alarm_changed(AgencyId peer, AlarmKind kind, std::optional<std::string> text, Instant) {
  // Each begins once and ends once.
  if (text) {
    standing_.insert_or_assign({kind, peer}, std::move(*text));
  } else {
    REQUIRE(standing_.erase({kind, peer}) == 1);
  }
}

void Forger::deliver(const std::vector<std::string>& messages) {
  const ReceiverMark& mark = site_.peer(self_).receiver().ahead();
  Seq seq = mark.through;
  Digest head = mark.head;
  site_.hear(self_, Lane::kForward, sign_frame({self_, site_.self}, messages, seq, head));
}

void Forger::receipt(Instant received_at) {
  const LinkName link{site_.self, self_};
  const SenderMark& mark = site_.peer(self_).sender().mark();
  Receipt word = make_receipt(link, 1, mark.last_seq, mark.head, received_at, *signer_of(self_));
  // As the answer to the site's last Open; if it is flowing, as a receipt.
  for (auto it = site_.sent.rbegin(); it != site_.sent.rend(); ++it) {
    const auto frame = decode_frame(std::make_shared<const std::string>(it->bytes));
    REQUIRE(frame);
    const auto* open = std::get_if<OpenFrame>(&*frame);
    if (open == nullptr || it->peer != self_) continue;
    site_.hear(self_, Lane::kReply, encode(OpenedFrame{open->session, word, 1 << 20}));
    break;
  }
  word.session = site_.peer(self_).sender().session();
  site_.hear(self_, Lane::kReply, encode(word));
}

void settle(std::vector<Site*> sites) {
  for (bool busy = true; busy;) {
    busy = false;
    for (Site* site : sites) {
      site->wake();
      busy |= site->commit();
      while (!site->sent.empty()) {
        const SentFrame frame = site->sent.front();
        site->sent.pop_front();
        for (Site* other : sites) {
          if (other->self != frame.peer) continue;
          other->hear(site->self, frame.lane, frame.bytes);
          busy = true;
        }
      }
    }
  }
}

v1::BankLine bank_line(const std::string& letter_number, int64_t fen, const std::string& sequence) {
  v1::BankLine line;
  line.set_account_number("41001500000000000001");
  line.set_host_sequence(sequence);
  line.set_amount_fen(fen);
  line.set_booked_on(20261120);
  line.set_counterparty_account("35001600000000000001");
  line.set_counterparty_name("Origin fund");
  line.set_remark("医保转移 " + letter_number + " 个账");
  return line;
}

CaseId case_number(int n) {
  const CaseId first = *CaseId::parse("019a0000-0000-7000-8000-000000000000");
  return *CaseId::from_bytes(std::string(first.bytes().substr(0, 15)) + static_cast<char>(n));
}

}  // namespace jiexu
