// A connection to PostgreSQL and arrays in its binary form.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace jiexu::bench {

struct PgClear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, PgClear>;

// int8[] or bytea[], one dimension, built element by element.
class PgArray {
 public:
  enum class Of : uint32_t { kBytea = 17, kInt8 = 20 };  // OIDs

  explicit PgArray(Of type);
  void append(std::string_view element);
  uint32_t size() const { return count_; }
  std::string_view bytes() const { return bytes_; }
  void clear();

 private:
  Of type_;
  uint32_t count_ = 0;
  std::string bytes_;
};

class PgConnection {
 public:
  explicit PgConnection(const std::string& where) : connection_(PQconnectdb(where.c_str())) {}
  ~PgConnection() { PQfinish(connection_); }
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  bool good() const { return PQstatus(connection_) == CONNECTION_OK; }
  // Null and a line on standard error if the server refuses. Parameters and results are binary;
  // plans of prepared texts are kept.
  PgResult ask(const char* text, std::initializer_list<std::string_view> parameters = {});
  bool prepare(const char* name, const char* text);
  PgResult run(const char* name, std::initializer_list<std::string_view> parameters = {});

 private:
  PgResult checked(PGresult* result);

  PGconn* connection_;
};

// A column of a binary result.
std::string_view pg_bytes(const PGresult* result, int row, int column);
int64_t pg_int8(const PGresult* result, int row, int column);
// As a parameter of type int8.
std::string pg_bytes(int64_t value);

}  // namespace jiexu::bench
