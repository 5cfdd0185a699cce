// Files of bank lines: whole or not at all, once, across restarts.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"
#include "tests/agency/site.h"

using namespace jiexu;

namespace bank_file_test {
namespace {

constexpr Instant kNow{1'795'140'000'000};

struct File {
  Digest digest = sha256("a file");
  uint64_t lines = 3;
  int64_t credited = 0;

  explicit File(uint64_t count) : lines(count) {
    for (uint64_t n = 0; n < count; ++n) credited += amount(n);
  }
  static int64_t amount(uint64_t n) { return static_cast<int64_t>(n % 97 + 1); }

  BankFileCommand part(uint64_t first, uint64_t count) const {
    auto input = std::make_shared<v1::BankFileInput>();
    input->set_name("statement.xml");
    input->set_lines_total(lines);
    input->set_credited_fen(credited);
    input->set_first(first);
    for (uint64_t n = first; n < first + count; ++n) {
      *input->add_lines() = bank_line("nothing", amount(n), "H" + std::to_string(n));
    }
    return {digest, std::move(input)};
  }
};

v1::BankFileView send(Site& site, BankFileCommand part) {
  site.post(std::move(part));
  site.commit();
  return site.answers.back().bank_file;
}

size_t count(const Site& site, const char* first, const char* end) {
  size_t found = 0;
  REQUIRE(site.records().scan(Family::kFunds, first, end, [&](std::string_view, std::string_view) {
    ++found;
    return true;
  }));
  return found;
}

size_t booked(const Site& site) {
  return count(site, "B", "C");
}

// Lets the site book until it has nothing to book.
void book_all(Site& site) {
  for (int i = 0; i < 100; ++i) {
    site.wake();
    if (!site.commit()) return;
  }
}

v1::BankFileRecord record(const Site& site, const File& file) {
  return **site.records().get_message<v1::BankFileRecord>(Family::kFunds,
                                                          layout::bank_file_key(file.digest));
}

}  // namespace

TEST_CASE("a file that comes whole is booked, and counted by outcome") {
  Site site(in_site(), kNow);
  const File file(3);
  const v1::BankFileView view = send(site, file.part(0, 3));
  CHECK(view.state() == "booking");
  book_all(site);
  CHECK(booked(site) == 3);
  CHECK(record(site, file).booked() == 3);
  CHECK(record(site, file).outcomes(static_cast<int>(BankOutcome::kNoCase)) == 3);
  CHECK(count(site, "S", "T") == 0);
  CHECK(site.balance(in_site(), LedgerAccount::kBank) == file.credited);
}

TEST_CASE("no line of a file is booked before its last part is here") {
  Site site(in_site(), kNow);
  const File file(4);
  CHECK(send(site, file.part(0, 3)).state() == "staging");
  book_all(site);
  CHECK(booked(site) == 0);
  site.restart();
  book_all(site);
  CHECK(booked(site) == 0);
  CHECK(send(site, file.part(3, 1)).state() == "booking");
  book_all(site);
  CHECK(booked(site) == 4);
}

TEST_CASE("a part that does not begin where the last one ended is not taken") {
  Site site(in_site(), kNow);
  const File file(4);
  CHECK(send(site, file.part(1, 2)).staged() == 0);
  CHECK(send(site, file.part(0, 2)).staged() == 2);
  CHECK(send(site, file.part(0, 2)).staged() == 2);
  CHECK(send(site, file.part(3, 1)).staged() == 2);
  CHECK(send(site, file.part(2, 2)).staged() == 4);
}

TEST_CASE("the same file again changes nothing") {
  Site site(in_site(), kNow);
  const File file(3);
  send(site, file.part(0, 3));
  book_all(site);
  const auto before = site.contents();
  CHECK(send(site, file.part(0, 3)).state() == "done");
  book_all(site);
  CHECK(site.contents() == before);
}

TEST_CASE("the same lines in another file are duplicates (X30)") {
  Site site(in_site(), kNow);
  File file(3);
  send(site, file.part(0, 3));
  book_all(site);
  file.digest = sha256("another file");
  send(site, file.part(0, 3));
  book_all(site);
  CHECK(record(site, file).outcomes(static_cast<int>(BankOutcome::kDuplicate)) == 3);
  CHECK(booked(site) == 3);
  CHECK(site.balance(in_site(), LedgerAccount::kBank) == file.credited);
}

TEST_CASE("a file whose lines do not add up to its sums is refused and forgotten") {
  Site site(in_site(), kNow);
  File file(3);
  file.credited += 1;
  CHECK(send(site, file.part(0, 2)).state() == "staging");
  CHECK(send(site, file.part(2, 1)).state() == "refused");
  book_all(site);
  CHECK(booked(site) == 0);
  CHECK(count(site, "S", "T") == 0);
  CHECK(count(site, "F", "G") == 0);
  file.credited -= 1;
  CHECK(send(site, file.part(0, 3)).state() == "booking");
}

TEST_CASE("booking goes on after a restart, wherever it was, and books each line once") {
  const uint64_t lines = 3 * limits::kBankChunkLinesMax + 7;
  Site site(in_site(), kNow);
  const File file(lines);
  for (uint64_t first = 0; first < lines; first += limits::kBankChunkLinesMax) {
    send(site, file.part(first, std::min<uint64_t>(limits::kBankChunkLinesMax, lines - first)));
  }
  for (int restarts = 0; restarts < 3; ++restarts) {
    site.wake();
    site.commit();
    site.restart();
  }
  CHECK(booked(site) < lines);
  book_all(site);
  CHECK(booked(site) == lines);
  CHECK(record(site, file).booked() == lines);
  CHECK(site.balance(in_site(), LedgerAccount::kBank) == file.credited);
  CHECK(site.ledger_sum() == 0);
}

}  // namespace bank_file_test
