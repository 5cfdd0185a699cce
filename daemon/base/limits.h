// Every limit of the daemon, with its reason. What is over a limit is refused early, by name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiexu::limits {

// One message inside a frame. The largest information form (480 monthly rows, about 60 kB) fits
// sixteen times over; attachments travel in chunks below this.
inline constexpr size_t kMessageBytesMax = 1 << 20;

// What a person enters for one action, as bytes. Some of it goes into a message as it is, together
// with what the case adds.
inline constexpr size_t kInputBytesMax = kMessageBytesMax / 2;

// Findings about a form that a case keeps and a query sends: more than a clerk reads, and few
// enough that a form of nothing but errors cannot blow up the case.
inline constexpr size_t kFindingsMax = 200;

// A frame is closed when it would grow past this, so that one commit can hold several for a peer.
// Large enough for 256 letters of 1 KiB, which is where signing cost per message stops mattering.
inline constexpr size_t kFrameBytesTarget = 384 << 10;

// Hard bound of one ZeroMQ message part (ZMQ_MAXMSGSIZE) and of one stored frame.
inline constexpr size_t kFrameBytesMax = 2 << 20;
static_assert(kFrameBytesTarget + kMessageBytesMax < kFrameBytesMax);

// Messages in one frame: bounds what a hostile peer makes us do for one signature.
inline constexpr size_t kFrameMessagesMax = 1024;

// What a sender may have sent and not yet seen receipted, by link. Bounds the receiver's memory
// and the work that a reconnect repeats.
inline constexpr size_t kWindowBytes = 4 << 20;
inline constexpr size_t kWindowMessages = 8192;
// Also in frames, so that ZeroMQ's queues (twice this) never overflow and drop what was sent.
inline constexpr size_t kWindowFrames = 64;
static_assert(kWindowBytes >= kFrameBytesMax);

// Bytes that have come in on one connection and are not read as whole messages yet, in libzmq's
// memory and the kernel's: an honest peer has a window on its way, and what it sent again after
// short breaks. More is a message that never ends.
inline constexpr uint64_t kUnreadBytesMax = 32 << 20;
static_assert(kUnreadBytesMax >= 8 * kWindowBytes);
// The same of all connections together.
inline constexpr uint64_t kUnreadBytesSumMax = 256 << 20;
// Connections that have not brought a whole message yet. Far more than agencies that connect at
// once, far fewer than descriptors.
inline constexpr size_t kStrangersMax = 2048;

// Frames that a sender asks back at once after a loss, and bytes that are handed over for it: half
// of what the carrier's queues hold.
inline constexpr uint32_t kFetchFrames = 32;
inline constexpr size_t kFetchBytes = kWindowBytes;
static_assert(kFetchFrames <= kWindowFrames);

// Messages that were set aside and that two people decide on at once: what one commit bears.
inline constexpr size_t kQuarantineListMax = 500;

// How far a peer's word may move our epoch in one run. It rises by one with each recovery: nobody
// has had so many since the backup, and a number of 32 bits must not run out by a lie.
inline constexpr uint32_t kEpochLeapMax = 1000;

// Free disk, in MiB: the defaults of store.*_mib in the configuration.
// Below this, messages of peers stay with the peers. The write-ahead log and with it everything in
// memory can still be written to tables, some tables merged, and receipts come and go for days.
inline constexpr uint64_t kFramesFreeMib = 512;
// Below this no new work begins: some minutes of the fastest exchange before the next stage.
inline constexpr uint64_t kWorkFreeMib = 1024;
static_assert(kWorkFreeMib > kFramesFreeMib);
// Held for the time when another program has filled the disk: all memtables once, and 64 MiB.
inline constexpr uint64_t kBallastMib = 128;

// Kinds of frames, and of messages, that an announcement may name: four times as many as there are.
inline constexpr size_t kAnnouncedKindsMax = 256;

// Nesting of a protobuf message from outside (protobuf's default is 100).
inline constexpr int kProtoDepthMax = 20;

// Events waiting for the engine, in bytes. When full, sockets are not read and the API answers 429.
inline constexpr size_t kInboxBytesMax = 64 << 20;
inline constexpr size_t kInboxEventsMax = 65536;
// Of one peer: what it has on its way and sent again after a break, with receipts and other
// answers. What comes on top of that is not looked at.
inline constexpr size_t kInboxPeerBytesMax = 12 << 20;
inline constexpr size_t kInboxPeerEventsMax = 256;
static_assert(kInboxPeerBytesMax >= 2 * (kWindowBytes + kFrameBytesMax));
static_assert(kInboxPeerEventsMax >= 4 * kWindowFrames);
static_assert(kInboxPeerBytesMax <= kInboxBytesMax / 4);

// Decoded cases kept in memory. At about 1 kB each this is some 16 MB.
inline constexpr size_t kCaseCacheMax = 16384;

// HTTP: header, body (an application with 480 rows is below 256 kB), connections, patience.
inline constexpr size_t kHttpHeaderBytesMax = 16 << 10;
inline constexpr size_t kHttpBodyBytesMax = 1 << 20;
inline constexpr size_t kHttpConnectionsMax = 256;
inline constexpr int kHttpIdleSeconds = 60;
inline constexpr size_t kPageSizeMax = 500;
// Reports that are computed side by side, each on a thread of its own. One that takes minutes, such
// as the check of the books, leaves room for others; more would take the engine's processors.
inline constexpr size_t kReportsAtOnceMax = 3;

// Applications in one submission: some 15 ms of the engine's thread, which serves everybody.
inline constexpr size_t kSubmitMax = 1000;

// Idempotency keys of one user that are kept at a time, each for a day: twelve acts a second, all
// day, and about 1 GB on the disk.
inline constexpr uint64_t kIdempotencyKeysMax = 1'000'000;
inline constexpr size_t kIdempotencyKeyBytesMax = 128;
// The body of an answer that is kept with a key: the outcomes of a full submission.
inline constexpr size_t kIdempotencyBodyBytesMax = 1 << 20;

// Attachments: a sealed copy of a form has 0.1 to 0.5 MB, a bad scan of many pages some MB.
inline constexpr uint64_t kAttachmentBytesMax = 20 << 20;
// Of one letter or form; of one case in its life. The case record names them all.
inline constexpr size_t kAttachmentsMax = 8;
inline constexpr size_t kAttachmentsOfCaseMax = 64;
// Payments of a case that have not come back whole: a balance is paid in one sum and a few top-ups.
// The case record and each row of a daily statement name them all; a part of a statement whose rows
// all do so fits a message.
inline constexpr size_t kPaymentsOfCaseMax = 64;
// A piece as it is stored, sent and uploaded. At 2 Mbit/s it takes half a second, so that what is
// asked for at once (below) holds up a receipt on the same connection by two, less than a sender's
// patience of three. The number is part of the protocol.
inline constexpr size_t kPieceBytes = 128 << 10;
inline constexpr uint32_t kPiecesAsked = 4;
// Peers from which attachments are fetched at once: bounds memory, and what letters share the line
// with.
inline constexpr size_t kFetchingPeersMax = 8;
static_assert(kPieceBytes < kMessageBytesMax);

// Forms (domain: field lists of the live screens).
inline constexpr size_t kNameCharsMax = 50;
inline constexpr size_t kHistoryRowsMax = 480;

// A bank's file. A statement of a million entries has about 800 MB; entries nest 12 deep in ISO
// 20022 and are a few kB long.
inline constexpr uint64_t kBankFileBytesMax = 4ull << 30;
inline constexpr size_t kXmlDepthMax = 32;
inline constexpr size_t kXmlTextBytesMax = 16 << 10;
inline constexpr size_t kXmlEntryBytesMax = 256 << 10;
inline constexpr size_t kNoticeLineBytesMax = 8 << 10;

// Cases that one transfer pays for: one commit at either end writes them all.
inline constexpr size_t kBatchLinesMax = 500;

// Money, in fen. Whatever comes from outside is held against these before it is money of ours, so
// that no sum of amounts leaves 64 bits.
//
// One amount of a form, payment, notice or action: what an amount field of the live screens can
// hold, 9,999,999,999.99 yuan.
inline constexpr int64_t kAmountFenMax = 999'999'999'999;
// A batch, and one line of a bank, which may pay a whole batch in one transfer.
inline constexpr int64_t kBatchFenMax = kAmountFenMax * static_cast<int64_t>(kBatchLinesMax);
inline constexpr int64_t kBankLineFenMax = kBatchFenMax;
// What one case's payments may add up to. No honest case comes near.
inline constexpr int64_t kCaseFenMax = 1000 * kAmountFenMax;
// The balance of an account of the ledger: forty times what China makes in a year, in yuan
// 5,000,000,000,000,000. What would lead beyond it is refused.
inline constexpr int64_t kAccountFenMax = 500'000'000'000'000'000;
static_assert(kBankLineFenMax < kCaseFenMax);
// A few postings of one step on top of a full account.
static_assert(kAccountFenMax + 1000 * kCaseFenMax < INT64_MAX);
// The ten accounts with one agency come to 0 together, so that a running sum over all agencies
// never holds more than those of one.
static_assert(kAccountFenMax <= INT64_MAX / 16);

// Lines of one bank's file. A file that does not add up is forgotten with one commit, of some 100
// bytes a line. More than a month of the largest agency; the table of pending writes has room for
// eight times as many.
inline constexpr uint64_t kBankFileLinesMax = 2'000'000;
// Statements of one: a year of days of 27 accounts. They are in the file's record.
inline constexpr size_t kBankFileStatementsMax = 10'000;

// How far a booking day may lie from the day on which its file comes: ahead, where the bank is past
// a midnight that we are before; back, for statements that were asked for late. A day of value may
// lie behind a week of holidays. And how far from the days of its statement.
inline constexpr int32_t kBookedAheadDaysMax = 1;
inline constexpr int32_t kValuedAheadDaysMax = 31;
inline constexpr int32_t kBookedAgoDaysMax = 366;
inline constexpr int32_t kBookedOffStatementDaysMax = 31;
// Gaps between statements of one account that are alarmed, and for how long by the days of later
// ones: until the next quarter's books are closed.
inline constexpr size_t kStatementGapsMax = 16;
inline constexpr int32_t kStatementGapDaysMax = 92;

// Lines of a bank's file in one request and in one step of booking it.
inline constexpr size_t kBankChunkLinesMax = 500;

// Payments that one step of collecting looks at: some 20 ms of the engine's thread.
inline constexpr size_t kPaymentsPerStep = 500;

// Lines of one payment report: one commit holds them all.
inline constexpr size_t kPaymentReportLinesMax = 5000;

// Bank lines between the same two accounts with the same amount among which a reversal is looked
// for, the newest; banks reverse within days.
inline constexpr size_t kTwinLinesMax = 64;
// Lines of one bank's number and amount that a new one is compared with, besides those that agree
// with it in day and payment: some banks begin their numbers anew each day.
inline constexpr size_t kNumberedLinesMax = 64;
// Lines of one amount and day that one without a number of the bank's is compared with: their
// digests are 32 kB, written again with each.
inline constexpr size_t kLinesOfDayMax = 1024;

// Batches in one page of a list: each payment of each is looked up.
inline constexpr size_t kBatchPageMax = 50;

// Differences of the ledger that one answer names: more than anybody looks at one by one.
inline constexpr size_t kLedgerDifferencesMax = 200;

// Cases in one part of a daily statement: some 60 kB, and some 10 ms of the engine's thread at
// either end. And parts that are written before others have their turn.
inline constexpr size_t kStatementRowsMax = 1000;
inline constexpr int kStatementPartsPerWake = 4;

// An amount in a daily statement: the sum of a thousand payments of the largest kind. More is no
// case's money, and sums of such could overflow.
inline constexpr int64_t kStatementFenMax = 1'000'000'000'000'000;
static_assert(kCaseFenMax <= kStatementFenMax);

// What one comparison of two agencies' books names, and how long comparisons are kept: the year
// that is audited, and some weeks to do it in.
inline constexpr size_t kComparisonDifferencesMax = 200;
inline constexpr int32_t kComparisonDaysMax = 400;

// Messages set aside that are named one by one in a day's comparison.
inline constexpr size_t kSetAsideNamedMax = 20;

// Bytes of a bank's remark (附言) that survive on the way, in GBK.
inline constexpr size_t kRemarkBytesMax = 60;

// What a wall clock may say, in milliseconds: 2020-01-01 to 2098-12-31 in China Standard Time. The
// calendar of working days begins with 2020. Letter and batch numbers say the year with two digits,
// to 2099; the year between is for a clock that goes on while the machine's is wrong.
inline constexpr int64_t kWallClockMsMin = 1'577'808'000'000;
inline constexpr int64_t kWallClockMsMax = 4'070'880'000'000 - 1;

// How long ago an insurance may have ended, or a person been paid at origin: 25 years. The schemes
// began in those of 国发〔1998〕44号; a day before is a slip.
inline constexpr int32_t kActDaysBackMax = 25 * 366;

// How far ahead a day may lie that somebody expects: a year.
inline constexpr int32_t kExpectedDaysMax = 366;

// A peer whose clock is further ahead of ours keeps its messages until the clocks agree; up to this
// its dates and times count as ours.
inline constexpr int64_t kClockSkewMsMax = 300'000;

// Who follows what changes (GET /v1/events): an office's pages share a stream for each browser, and
// a system needs one or two. Each costs a connection and some 100 kB while a piece is written.
inline constexpr size_t kEventStreamsMax = 64;
inline constexpr size_t kEventStreamsOfUserMax = 16;
// Changes that are kept for those who come back: a week, in which a system that stood still is
// mended, or a day of the largest agency at 100 a second; some 300 MB on the disk.
inline constexpr int64_t kChangesKeptMs = int64_t{7} * 86'400'000;
inline constexpr uint64_t kChangesKeptMax = 10'000'000;

}  // namespace jiexu::limits
