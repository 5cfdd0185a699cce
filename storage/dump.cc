#include "storage/dump.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/text.h"
#include "daemon/base/time.h"
#include "jiexu/v1/link.pb.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu {
namespace {

namespace proto = google::protobuf;

// --- what keys are made of (layout.h) ---

enum class Form : uint8_t {
  kAgency,
  kCaseId,
  kDigest,  // 32 bytes
  kHash,    // 16 bytes
  kU8,
  kU32,
  kU64,
  kText,  // all that is left
};

struct Part {
  std::string_view name;
  Form form;
};

constexpr Part kPeer = {"peer", Form::kAgency};
constexpr Part kCase = {"case_id", Form::kCaseId};
constexpr Part kLine = {"line", Form::kDigest};
constexpr Part kFile = {"file", Form::kDigest};
constexpr Part kN = {"n", Form::kU32};
constexpr Part kAttempt = {"attempt", Form::kU32};
constexpr Part kDay = {"day", Form::kU32};
constexpr Part kOwner = {"owner", Form::kHash};
constexpr Part kLetterText = {"letter", Form::kText};
constexpr Part kBatch = {"batch", Form::kText};
constexpr Part kDirection = {"direction", Form::kU8};
constexpr Part kEpoch = {"epoch", Form::kU32};
constexpr Part kSeq = {"seq", Form::kU64};

// What a value is that is no message.
enum class Plain : uint8_t { kNothing, kNumber, kText, kBytes, kCaseIds, kDigests, kLetters };

// What a kind of key (kinds.h) looks like in the output.
struct Shape {
  layout::Kind kind;
  std::string_view name;
  std::span<const Part> parts;
  const proto::Message* message;  // an instance of the record's type; nullptr: it is `plain`
  Plain plain = Plain::kNothing;
};

template <class T>
const proto::Message* message() {
  return &T::default_instance();
}

// Keys by their parts.
namespace parts {
const Part kCaseN[] = {kCase, kN}, kCaseAttempt[] = {kCase, kAttempt}, kACase[] = {kCase};
const Part kACertificate[] = {{"issued", Form::kU64}};
const Part kALine[] = {kLine}, kLineN[] = {kLine, kN}, kAFile[] = {kFile};
const Part kFileN[] = {kFile, {"n", Form::kU64}}, kABatch[] = {kBatch}, kADay[] = {kDay};
const Part kFrame[] = {kPeer, kDirection, kEpoch, kSeq}, kLink[] = {kPeer, kDirection};
const Part kTimer[] = {{"due_ms", Form::kU64}, kCase, {"deadline", Form::kU8}};
const Part kAccount[] = {kPeer, {"account", Form::kU8}}, kPeerDay[] = {kPeer, kDay};
const Part kOrdered[] = {{"ordered_ms", Form::kU64}, kCase, kAttempt};
const Part kExported[] = {{"exported_ms", Form::kU64}, kCase, kAttempt};
const Part kSides[] = {{"sides", Form::kDigest}}, kNumber[] = {{"number", Form::kDigest}};
const Part kException[] = {{"outcome", Form::kU8}, {"since_ms", Form::kU64}, kLine};
const Part kMissing[] = {{"missing_fen", Form::kU64}, kCase};
const Part kPeerCase[] = {kPeer, kCase}, kPeerCaseN[] = {kPeer, kCase, kN};
const Part kPerson[] = {{"person_hash", Form::kHash}}, kLetter[] = {kLetterText},
           kOurs[] = {{"account", Form::kDigest}};
const Part kAside[] = {kPeer, kEpoch, kSeq}, kThrough[] = {kPeer, {"through", Form::kU64}};
const Part kAct[] = {{"act", Form::kDigest}}, kUser[] = {{"user", Form::kDigest}};
const Part kNamed[] = {{"name_hash", Form::kHash}, kCase},
           kDuty[] = {kOwner, {"due", Form::kU32}, kCase, {"deadline", Form::kU8}};
const Part kActAge[] = {{"done_ms", Form::kU64}, {"act", Form::kDigest}};
const Part kCommit[] = {kEpoch, {"lsn", Form::kU64}};
const Part kPiece[] = {kCase, kFile, {"piece", Form::kU32}};
}  // namespace parts

std::span<const Shape> shapes() {
  using K = layout::Kind;
  using namespace parts;
  static const std::span<const Part> kNone;
  static const Shape kAll[] = {
      {K::kStore, "store", kNone, message<v1::StoreRecord>()},
      {K::kLsn, "commit", kNone, nullptr, Plain::kNumber},
      {K::kJudged, "judged", kNone, message<v1::JudgedRecord>()},
      {K::kKeys, "keys", kNone, message<v1::KeysRecord>()},
      {K::kLetterCounter, "letter-counter", kADay, nullptr, Plain::kNumber},
      {K::kCertificate, "certificate", kACertificate, message<v1::CertificateRecord>()},
      {K::kLinkLog, "frame", kFrame, message<v1::LinkFrame>()},
      {K::kLink, "link", kLink, message<v1::LinkRecord>()},
      {K::kOpenCase, "open-case", kACase, message<v1::CaseRecord>()},
      {K::kClosedCase, "closed-case", kACase, message<v1::CaseRecord>()},
      {K::kTimeline, "timeline", kCaseN, message<v1::TimelineRecord>()},
      {K::kTimer, "timer", kTimer, nullptr},
      {K::kAccount, "account", kAccount, message<v1::AccountRecord>()},
      {K::kBankLine, "bank-line", kALine, message<v1::BankLineRecord>()},
      {K::kBankFile, "bank-file", kAFile, message<v1::BankFileRecord>()},
      {K::kStagedLine, "staged-line", kFileN, message<v1::BankLine>()},
      {K::kFileLine, "file-line", kFileN, message<v1::FileLineRecord>()},
      {K::kLastStatement, "last-statement", kOurs, message<v1::Statement>()},
      {K::kIncomingBatch, "incoming-batch", kABatch, message<v1::IncomingBatchRecord>()},
      {K::kRecoveredMoney, "recovered-money", kACase, message<v1::RecoveredMoneyRecord>()},
      {K::kCaseJournal, "case-journal", kCaseN, message<v1::JournalRecord>()},
      {K::kLineJournal, "line-journal", kLineN, message<v1::JournalRecord>()},
      {K::kPayment, "payment", kCaseAttempt, message<v1::PaymentRecord>()},
      {K::kRemittanceBatch, "batch", kABatch, message<v1::RemittanceBatchRecord>()},
      {K::kPaymentFile, "payment-file", kABatch, nullptr, Plain::kText},
      {K::kPayeeConfirmation, "payee-confirmation", kACase, message<v1::PayeeConfirmationRecord>()},
      {K::kComparison, "comparison", kPeerDay, message<v1::ComparisonRecord>()},
      {K::kWaitingPayment, "waiting-payment", kOrdered, nullptr},
      {K::kExportedPayment, "exported-payment", kExported, nullptr},
      {K::kProposedRelease, "proposed-release", kCaseAttempt, nullptr},
      {K::kProposedLineAct, "proposed-line-act", kALine, nullptr},
      {K::kTwinLines, "twin-lines", kSides, nullptr, Plain::kDigests},
      {K::kNumberedLines, "numbered-lines", kNumber, nullptr, Plain::kDigests},
      {K::kPostponedLine, "postponed-line", kALine, nullptr},
      {K::kException, "exception", kException, nullptr},
      {K::kWaitingLines, "waiting-lines", kACase, nullptr, Plain::kDigests},
      {K::kMissing, "missing", kMissing, nullptr},
      {K::kOpenMoney, "open-money", kPeerCase, nullptr},
      {K::kPerson, "person", kPerson, nullptr, Plain::kCaseIds},
      {K::kLetters, "letters", kLetter, nullptr, Plain::kLetters},
      {K::kWantedAttachment, "wanted-attachment", kPeerCaseN, nullptr},
      {K::kIdempotencyKey, "idempotency-key", kAct, message<v1::IdempotencyRecord>()},
      {K::kIdempotencyAge, "idempotency-age", kActAge, nullptr, Plain::kDigests},
      {K::kIdempotencyCount, "idempotency-count", kUser, nullptr, Plain::kNumber},
      {K::kDuty, "duty", kDuty, nullptr},
      {K::kNamed, "named", kNamed, nullptr},
      {K::kQuarantine, "quarantine", kAside, message<v1::QuarantineRecord>()},
      {K::kReceipt, "receipt", kThrough, message<v1::LinkFrame>()},
      {K::kChanges, "changes", kCommit, nullptr, Plain::kBytes},
      {K::kAttachment, "piece", kPiece, nullptr, Plain::kBytes},
  };
  return kAll;
}

// --- JSON ---

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<uint8_t>(c) < 0x20) {
      out += "\\u00";
      append_hex({&c, 1}, out);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_name(std::string_view name, std::string& out) {
  if (out.size() > 1) out += ", ";
  append_quoted(name, out);
  out += ": ";
}

void append_field(std::string_view name, std::string_view text, std::string& out) {
  append_name(name, out);
  append_quoted(text, out);
}

void append_field(std::string_view name, uint64_t number, std::string& out) {
  append_name(name, out);
  out += std::to_string(number);
}

// --- keys ---

size_t size_of(Form form, std::string_view left) {
  switch (form) {
    case Form::kAgency: return AgencyId::kSize;
    case Form::kCaseId:
    case Form::kHash: return CaseId::kSize;
    case Form::kDigest: return kDigestSize;
    case Form::kU8: return 1;
    case Form::kU32: return 4;
    case Form::kU64: return 8;
    case Form::kText: return left.size();
  }
  return left.size();
}

void append_part(const Part& part, std::string_view bytes, std::string& out) {
  switch (part.form) {
    case Form::kAgency:
    case Form::kText: return append_field(part.name, bytes, out);
    case Form::kCaseId: return append_field(part.name, CaseId::from_bytes(bytes)->str(), out);
    case Form::kHash:
    case Form::kDigest: return append_field(part.name, to_hex(bytes), out);
    case Form::kU8: return append_field(part.name, static_cast<uint8_t>(bytes[0]), out);
    case Form::kU32: return append_field(part.name, read_u32(bytes), out);
    case Form::kU64: return append_field(part.name, read_u64(bytes), out);
  }
}

// Adds the parts of the key; false if it is none of this kind.
bool append_parts(const Shape& shape, std::string_view key, std::string& out) {
  const std::string_view prefix = layout::row_of(shape.kind).prefix;
  if (!key.starts_with(prefix)) return false;
  key.remove_prefix(prefix.size());
  for (const Part& part : shape.parts) {
    const size_t size = size_of(part.form, key);
    const std::string_view bytes = key.substr(0, size);
    const bool text = part.form == Form::kAgency || part.form == Form::kText;
    if (bytes.size() != size || (text && !is_utf8(bytes))) return false;
    append_part(part, bytes, out);
    key.remove_prefix(size);
  }
  return key.empty();
}

// --- values ---

constexpr std::string_view kNoRecord = "the record is none of its kind";

// Each of a list of entries of `size` bytes; an error if they do not come out even.
template <class Append>
std::string_view append_list(std::string_view value, size_t size, std::string& out,
                             const Append& append) {
  if (value.size() % size != 0) return kNoRecord;
  append_name("value", out);
  out += '[';
  for (size_t at = 0; at < value.size(); at += size) {
    if (at > 0) out += ", ";
    append_quoted(append(value.substr(at, size)), out);
  }
  out += ']';
  return "";
}

std::string case_text(std::string_view bytes) {
  return CaseId::from_bytes(bytes)->str();
}

// What is wrong; empty: nothing.
std::string_view append_plain(Plain plain, std::string_view value, std::string& out) {
  constexpr size_t kLetterEnd = 2;
  switch (plain) {
    case Plain::kNothing: return value.empty() ? "" : kNoRecord;
    case Plain::kNumber:
      if (value.size() != 4 && value.size() != 8) return kNoRecord;
      append_field("value", value.size() == 4 ? read_u32(value) : read_u64(value), out);
      return "";
    case Plain::kText:
      if (!is_utf8(value)) return append_plain(Plain::kBytes, value, out);
      append_field("value", value, out);
      return "";
    case Plain::kBytes: append_field("value", to_hex(value), out); return "";
    case Plain::kCaseIds: return append_list(value, CaseId::kSize, out, case_text);
    case Plain::kDigests:
      return append_list(value, kDigestSize, out, [](auto bytes) { return to_hex(bytes); });
    case Plain::kLetters:
      return append_list(value, kLetterEnd + CaseId::kSize, out, [](std::string_view entry) {
        return std::string(entry.substr(0, kLetterEnd)) + " " + case_text(entry.substr(kLetterEnd));
      });
  }
  return kNoRecord;
}

std::string_view append_message(const proto::Message& type, std::string_view value,
                                std::string& out) {
  const std::unique_ptr<proto::Message> record(type.New());
  if (!record->ParseFromArray(value.data(), static_cast<int>(value.size()))) return kNoRecord;
  proto::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!proto::util::MessageToJsonString(*record, &text, options).ok()) return kNoRecord;
  append_name("record", out);
  out += text;
  return "";
}

// --- records ---

// A Reader of the one record that a walk has come to, so that Records opens it.
class OneRecord final : public Reader {
 public:
  std::string_view value;

  Result<std::optional<std::string>> get(Family, std::string_view) const override {
    return std::string(value);
  }
  Result<void> scan(Family, std::string_view, std::string_view, const Visitor&) const override {
    return {};
  }
  Result<void> scan_back(Family, std::string_view, std::string_view,
                         const Visitor&) const override {
    return {};
  }
};

// The line for a record, and whether the record could be read.
class Lines {
 public:
  explicit Lines(const Vault& vault) : records_(one_, vault) {}

  bool make(Family family, std::string_view key, std::string_view value, std::string& line) {
    const Shape* shape = begin(family, key, line);
    std::string wrong = shape == nullptr ? "no kind of record has this key" : "";
    one_.value = value;
    const auto plain = records_.get(family, key);
    if (shape != nullptr && !plain) wrong = plain.error().text;
    if (wrong.empty()) {
      wrong = shape->message != nullptr ? append_message(*shape->message, **plain, line)
                                        : append_plain(shape->plain, **plain, line);
    }
    if (!wrong.empty()) append_field("error", wrong, line);
    line += '}';
    return wrong.empty();
  }

 private:
  static const Shape* begin(Family family, std::string_view key, std::string& line) {
    for (const Shape& shape : shapes()) {
      if (layout::row_of(shape.kind).family != family) continue;
      begin(family, shape.name, key, line);
      if (append_parts(shape, key, line)) return &shape;
    }
    begin(family, "unknown", key, line);
    return nullptr;
  }
  static void begin(Family family, std::string_view kind, std::string_view key, std::string& line) {
    line = "{";
    append_field("family", layout::family_name(family), line);
    append_field("kind", kind, line);
    append_field("key", to_hex(key), line);
  }

  OneRecord one_;
  Records records_;
};

}  // namespace

Result<DumpCounts> dump(const Reader& reader, const Vault& vault, const DumpChoice& choice,
                        const DumpLine& line) {
  const proto::LogSilencer quiet;  // what does not parse is counted, and told in its line
  DumpCounts counts;
  Lines lines(vault);
  std::string text;
  bool more = true;
  for (size_t i = 0; i < kFamilyCount && more; ++i) {
    const auto family = static_cast<Family>(i);
    if (choice.family && *choice.family != family) continue;
    const auto done = reader.scan(family, choice.key_prefix, layout::prefix_end(choice.key_prefix),
                                  [&](std::string_view key, std::string_view value) {
                                    counts.records += 1;
                                    if (!lines.make(family, key, value, text))
                                      counts.unreadable += 1;
                                    return more = line(text);
                                  });
    if (!done) return tl::unexpected(done.error());
  }
  return counts;
}

std::vector<std::string_view> dump_kinds() {
  std::vector<std::string_view> out;
  for (const Shape& shape : shapes()) out.push_back(shape.name);
  return out;
}

std::optional<Family> family_of(std::string_view name) {
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    if (layout::family_name(family) == name) return family;
  }
  return std::nullopt;
}

}  // namespace jiexu
