#include "tests/sim/survey.h"

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/casework/case_store.h"
#include "daemon/engine/change.h"
#include "daemon/reconciliation/ledger_check.h"
#include "daemon/trust/digest.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

const std::string kEnd(Key::kSizeMax + 1, '\xff');

template <class T>
bool parse(std::string_view bytes, T& out) {
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

AgencyId peer_of(std::string_view key, size_t at = 0) {
  return AgencyId::parse(key.substr(at, AgencyId::kSize)).value_or(AgencyId());
}

LinkSide link_side(std::string_view key) {
  return {peer_of(key), static_cast<layout::Direction>(key[AgencyId::kSize])};
}

// Reads whole families; remembers the first record that is unreadable.
class Reading {
 public:
  Reading(const MemoryStore& store, const Vault& vault, Survey& out)
      : records_(store, vault), out_(out) {}

  Result<void> run() {
    cases();
    each(Family::kFunds, [&](auto key, auto value) { return funds(key, value); });
    each(Family::kLinkLog, [&](auto key, auto value) { return frame(key, value); });
    each(Family::kLink,
         [&](auto key, auto value) { return parse(value, out_.links[link_side(key)]); });
    each(Family::kAudit, [&](std::string_view key, std::string_view value) {
      return key.starts_with(layout::kAllChanges) ? changed(value) : receipt(value);
    });
    check_told();
    each(Family::kQuarantine,
         [&](auto, auto value) { return parse(value, out_.quarantine.emplace_back()); });
    each(Family::kTimer, [&](auto key, auto) {
      const auto timer = layout::parse_timer_key(key);
      if (timer) out_.timers.push_back(*timer);
      return timer.has_value();
    });
    files();
    if (result_) check_books();
    return result_;
  }

 private:
  void check_books() {
    auto books = check_ledger(records_, out_.agency);
    if (books) out_.books = std::move(*books);
    if (!books) result_ = tl::unexpected(books.error());
  }

  template <class Visit>
  void each(Family family, Visit visit) {
    if (!result_) return;
    bool readable = true;
    auto done = records_.scan(family, "", kEnd, [&](std::string_view key, std::string_view value) {
      return readable = visit(key, value);
    });
    const std::string what(layout::family_name(family));
    if (!done) result_ = tl::unexpected(done.error());
    if (!readable) result_ = fail(Errc::kCorrupt, "an unreadable record of family " + what);
  }

  void cases() {
    each(Family::kCase, [&](std::string_view key, std::string_view value) {
      v1::CaseRecord record;
      const auto id = layout::parse_case_key(key);
      if (!id || !parse(value, record)) return false;
      auto subject = decode_case(*id, record);
      if (!subject) return false;
      // Under the one key that belongs to its state, or it would be found twice.
      const bool known_before = out_.cases.contains(*id);
      if (known_before || key != layout::case_key(*id, subject->closed())) return false;
      out_.cases[*id].subject = std::move(*subject);
      return true;
    });
    each(Family::kTimeline, [&](std::string_view key, std::string_view value) {
      CaseFile& file = out_.cases[*CaseId::from_bytes(key.substr(0, CaseId::kSize))];
      return parse(value, file.timeline.emplace_back());
    });
    for (auto& [id, file] : out_.cases) {
      const bool read = parse(file.subject.newest_entries, file.timeline.emplace_back());
      if (!read && result_) result_ = fail(Errc::kCorrupt, "a case without its newest entries");
    }
  }

  // Keys of one file's pieces follow one another.
  void files() {
    std::pair<CaseId, Digest> name;
    std::unique_ptr<Sha256> hash;
    const auto close = [&] {
      if (hash) out_.files[name] = hash->digest();
    };
    each(Family::kAttachment, [&](std::string_view key, std::string_view value) {
      const std::pair next{*CaseId::from_bytes(key.substr(0, CaseId::kSize)),
                           *to_array<32>(key.substr(CaseId::kSize, 32))};
      if (!hash || next != name) {
        close();
        name = next;
        hash = std::make_unique<Sha256>();
      }
      hash->add(value);
      return true;
    });
    close();
  }

  bool bank_line(std::string_view value) {
    v1::BankLineRecord record;
    if (!parse(value, record)) return false;
    const auto outcome = static_cast<BankOutcome>(record.outcome());
    const bool again = outcome == BankOutcome::kMayRepeat || outcome == BankOutcome::kReportedAgain;
    (again ? out_.told_again : out_.bank_lines).push_back(std::move(record));
    return true;
  }

  bool funds(std::string_view key, std::string_view value) {
    if (key[0] == 'B') return bank_line(value);
    if (key[0] == 'I') return payment(key.substr(1), value);
    if (const auto day = layout::parse_comparison_key(key)) {
      return parse(value, out_.comparisons[{peer_of(key, 1), *day}]);
    }
    if (key[0] != 'A') return true;  // files, batches, recovered money: not money of an account
    v1::AccountRecord record;
    if (!parse(value, record)) return false;
    const auto account = static_cast<LedgerAccount>(key.back());
    out_.balances[{peer_of(key, 1), account}] = record.balance_fen();
    return true;
  }

  bool payment(std::string_view place, std::string_view value) {
    const auto id = CaseId::from_bytes(place.substr(0, CaseId::kSize));
    const uint32_t attempt = read_u32(place.substr(CaseId::kSize));
    return id && parse(value, out_.payments[{*id, attempt}]);
  }

  bool frame(std::string_view key, std::string_view value) {
    auto batch = decode_batch(std::make_shared<const std::string>(value));
    const auto place = layout::parse_link_log_key(key);
    if (!batch || !place || batch->first_seq != place->first_seq) return false;
    out_.logs[link_side(key)].push_back(std::move(*batch));
    return true;
  }

  // What was told of follows on one another without holes.
  bool changed(std::string_view value) {
    const auto changes = ChangesView::parse(value);
    if (!changes || (told_next_ && changes->before() != *told_next_)) return false;
    if (!told_next_) told_from_ = changes->before();
    told_next_ = changes->before() + changes->size();
    for (uint32_t n = 0; n < changes->size(); ++n) {
      const auto change = (*changes)[n];
      if (!change) return false;
      if (change->topic == Topic::kCase) told_[change->subject] = change->what;
    }
    return true;
  }

  // The last that was told of a case is what it did last.
  void check_told() {
    for (const auto& [id, file] : out_.cases) {
      const auto told = told_.find(subject_of(id.bytes()));
      if (told == told_.end() && told_from_ > 0) continue;  // deleted
      const bool agrees = told != told_.end() && told->second == file.timeline.back().event();
      if (!agrees && result_) {
        result_ = fail(Errc::kCorrupt, "what was told of case " + id.str() + " is not what it did");
      }
    }
  }

  bool receipt(std::string_view value) {
    auto frame = decode_frame(std::make_shared<const std::string>(value));
    if (!frame) return false;
    const auto* receipt = std::get_if<Receipt>(&*frame);
    if (receipt != nullptr) out_.receipts.push_back(*receipt);
    return receipt != nullptr;
  }

  Records records_;
  Survey& out_;
  Result<void> result_;
  std::map<Change::Subject, uint8_t> told_;  // what each case did last
  std::optional<uint64_t> told_next_;
  uint64_t told_from_ = 0;
};

}  // namespace

Result<Survey> take_survey(const MemoryStore& store, const Vault& vault, AgencyId agency,
                           Instant now) {
  Survey out;
  out.agency = agency;
  out.now = now;
  TRY_DO(Reading(store, vault, out).run());
  return out;
}

}  // namespace jiexu::sim
