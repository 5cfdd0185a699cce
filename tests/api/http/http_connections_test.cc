// Who goes when another connection comes, and whose turn it is.
#include "daemon/api/http/http_connections.h"

#include <catch2/catch.hpp>
#include <future>
#include <memory>

#include "daemon/api/http/http_gzip.h"
#include "daemon/api/http/http_workers.h"

namespace jiexu::http_connections_test {
namespace {

using Does = HttpConnections::Does;

// Connections that go when they are told to.
struct House {
  HttpConnections all{{.strangers = 3, .users = 4, .of_one_user = 2}};
  std::vector<std::unique_ptr<HttpConnections::Place>> places;
  std::vector<size_t> closed;

  bool come() {
    if (!all.admits_stranger()) return false;
    const size_t n = places.size();
    places.push_back(nullptr);
    places[n] = std::make_unique<HttpConnections::Place>(all, [this, n] { closed.push_back(n); });
    return true;
  }
  void settle() {
    for (const size_t n : closed) places[n] = nullptr;
  }
};

TEST_CASE("the newest stranger has a place, and the one that waits for longest makes room") {
  House house;
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(house.come());
    house.settle();
    CHECK(house.all.count() <= 3);
  }
  CHECK(house.closed.size() == 997);
  CHECK(house.closed.front() == 0);
  CHECK(house.closed.back() == 996);
}

TEST_CASE("who is worked for stays, and who is written to goes after all that wait") {
  House house;
  for (int i = 0; i < 3; ++i) house.come();
  house.places[0]->does(Does::kWork);
  house.places[1]->does(Does::kWrite);
  house.come();
  CHECK(house.closed == std::vector<size_t>{2});
  house.settle();
  house.places[3]->does(Does::kWork);
  house.come();
  CHECK(house.closed == std::vector<size_t>{2, 1});
  house.settle();
  house.places[4]->does(Does::kWork);
  CHECK_FALSE(house.come());
}

TEST_CASE("strangers take no place of users, and one user leaves places to others") {
  House house;
  const auto user = [&](const std::string& name) {
    REQUIRE(house.come());
    return house.places.back()->belongs_to(name);
  };
  CHECK(user("wang"));
  CHECK(user("wang"));
  CHECK(user("li"));
  CHECK(user("wang"));
  CHECK(house.closed == std::vector<size_t>{0});
  house.settle();
  for (int i = 0; i < 10; ++i) house.come();
  house.settle();
  CHECK(house.places[1] != nullptr);
  CHECK(house.places[2] != nullptr);
  for (const size_t n : {1u, 3u}) house.places[n]->does(Does::kWork);
  CHECK_FALSE(user("wang"));
  CHECK(user("zhao"));
}

TEST_CASE("what goes on holds up nothing that begins") {
  HttpWorkers workers(1);
  std::promise<void> begun;
  std::promise<bool> went_on;
  workers.go_on([&] {
    begun.get_future().get();
    went_on.set_value(workers.is_here());
  });
  workers.post([&] { begun.set_value(); });
  CHECK(went_on.get_future().get());
}

TEST_CASE("a worker knows that it is one") {
  HttpWorkers workers(2);
  HttpWorkers others(1);
  std::promise<bool> mine;
  workers.post([&] { mine.set_value(workers.is_here() && !others.is_here()); });
  CHECK(mine.get_future().get());
  CHECK_FALSE(workers.is_here());
}

std::string unpacked(const std::string& packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(4 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

TEST_CASE("a body is packed in turns, and unpacks to itself") {
  for (const size_t size :
       {size_t{0}, size_t{1}, Gzip::kTurnBytes, Gzip::kTurnBytes + 1, 10 * Gzip::kTurnBytes}) {
    std::string plain(size, ' ');
    for (size_t i = 0; i < size; ++i) plain[i] = static_cast<char>(i * i % 251);
    Gzip gzip(plain);
    size_t turns = 1;
    while (gzip.turn()) ++turns;
    CHECK(turns == std::max<size_t>(1, (size + Gzip::kTurnBytes - 1) / Gzip::kTurnBytes));
    CHECK(unpacked(gzip.take()) == plain);
  }
}

}  // namespace
}  // namespace jiexu::http_connections_test
