#include "tests/bench/brokers/pg.h"

#include <endian.h>

#include <cstring>
#include <iostream>
#include <vector>

namespace jiexu::bench {
namespace {

constexpr size_t kHeaderBytes = 20;

void put_u32(char* at, uint32_t value) {
  const uint32_t big = htobe32(value);
  std::memcpy(at, &big, sizeof big);
}

}  // namespace

PgArray::PgArray(Of type) : type_(type) {
  clear();
}

// Dimensions, whether there are nulls, element type, length, lower bound.
void PgArray::clear() {
  count_ = 0;
  bytes_.assign(kHeaderBytes, '\0');
  put_u32(&bytes_[0], 1);
  put_u32(&bytes_[8], static_cast<uint32_t>(type_));
  put_u32(&bytes_[16], 1);
}

void PgArray::append(std::string_view element) {
  char size[4];
  put_u32(size, static_cast<uint32_t>(element.size()));
  bytes_.append(size, sizeof size).append(element);
  put_u32(&bytes_[12], ++count_);
}

PgResult PgConnection::checked(PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return PgResult(result);
  std::cerr << "postgresql: " << PQerrorMessage(connection_);
  PQclear(result);
  return nullptr;
}

namespace {

struct Parameters {
  std::vector<const char*> values;
  std::vector<int> sizes, binary;
  explicit Parameters(std::initializer_list<std::string_view> all) {
    for (const std::string_view one : all) {
      values.push_back(one.data());
      sizes.push_back(static_cast<int>(one.size()));
      binary.push_back(1);
    }
  }
  int count() const { return static_cast<int>(values.size()); }
};

}  // namespace

PgResult PgConnection::ask(const char* text, std::initializer_list<std::string_view> parameters) {
  const Parameters of(parameters);
  return checked(PQexecParams(connection_, text, of.count(), nullptr, of.values.data(),
                              of.sizes.data(), of.binary.data(), 1));
}

bool PgConnection::prepare(const char* name, const char* text) {
  return checked(PQprepare(connection_, name, text, 0, nullptr)) != nullptr;
}

PgResult PgConnection::run(const char* name, std::initializer_list<std::string_view> parameters) {
  const Parameters of(parameters);
  return checked(PQexecPrepared(connection_, name, of.count(), of.values.data(), of.sizes.data(),
                                of.binary.data(), 1));
}

std::string_view pg_bytes(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column))};
}

int64_t pg_int8(const PGresult* result, int row, int column) {
  uint64_t big = 0;
  std::memcpy(&big, PQgetvalue(result, row, column), sizeof big);
  return static_cast<int64_t>(be64toh(big));
}

std::string pg_bytes(int64_t value) {
  const uint64_t big = htobe64(static_cast<uint64_t>(value));
  return {reinterpret_cast<const char*>(&big), sizeof big};
}

}  // namespace jiexu::bench
