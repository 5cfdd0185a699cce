// Heads of requests that two programs could read in two ways, or that a foreign page has sent.
#include "daemon/api/http/http_head.h"

#include <catch2/catch.hpp>

#include "daemon/api/http/http_fields.h"

namespace jiexu::http_head_test {
namespace {

using State = HeadEnd::State;
using namespace std::string_view_literals;

TEST_CASE("a head ends with an empty line, wherever its bytes are cut") {
  const auto head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"sv;
  for (size_t size = 0; size < head.size(); ++size) {
    INFO(size);
    CHECK(find_head_end(head.substr(0, size)).state == State::kMore);
  }
  const HeadEnd end = find_head_end("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /\n"sv);
  CHECK(end.state == State::kWhole);
  CHECK(end.size == head.size());
}

TEST_CASE("line ends are CRLF, and no line goes on in the next one") {
  for (const auto bytes :
       {"GET / HTTP/1.1\nHost: x\n\n"sv, "GET / HTTP/1.1\r\nHost: x\n\r\n"sv,
        "GET / HTTP/1.1\r\nA: x\ry\r\n\r\n"sv, "GET / HTTP/1.1\r\nA: x\r\r\n\r\n"sv,
        "GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n"sv, "GET / HTTP/1.1\r\nA: x\r\n\ty\r\n\r\n"sv,
        "GET / HTTP/1.1\r\n A: x\r\n\r\n"sv, "GET / HTTP/1.1\r\nA: \0\r\n\r\n"sv, "\n"sv,
        "GET / HTTP/1.1\r\n\n"sv}) {
    INFO(bytes);
    const HeadEnd end = find_head_end(bytes);
    CHECK(end.state == State::kBroken);
    CHECK_FALSE(end.why.empty());
  }
}

TEST_CASE("empty lines before a request mean nothing") {
  CHECK(empty_lines("\r\n\r\nGET") == 4);
  CHECK(empty_lines("\r") == 0);
  CHECK(empty_lines("GET\r\n") == 0);
}

const HostNames kNames({"jiexu.example.cn"});

HeadFacts facts(std::string_view method = "GET", std::string_view target = "/") {
  HeadFacts head;
  head.method = method;
  head.target = target;
  head.hosts = {"localhost:7501"};
  return head;
}

int status_of(const HeadFacts& head) {
  const auto refused = refuse_head(head, kNames);
  return refused ? refused->status : 200;
}

TEST_CASE("a body has one length") {
  HeadFacts head = facts("POST");
  head.transfer_encodings = {"chunked"};
  CHECK(status_of(head) == 200);
  head.transfer_encodings = {"Chunked"};
  CHECK(status_of(head) == 200);
  head.has_length = true;
  CHECK(status_of(head) == 400);
  head.has_length = false;
  head.version = 10;
  CHECK(status_of(head) == 400);
  head.version = 11;
  for (const auto odd : {"gzip"sv, "gzip, chunked"sv, "chunked, chunked"sv, "identity"sv, ""sv,
                         "\x0b"
                         "chunked"sv,
                         "xchunked"sv}) {
    head.transfer_encodings = {odd};
    CHECK(status_of(head) == 501);
  }
  head.transfer_encodings = {"chunked", "chunked"};
  CHECK(status_of(head) == 501);
}

TEST_CASE("a request names one host, and it is one of ours") {
  HeadFacts head = facts();
  for (const auto ours :
       {"localhost"sv, "LOCALHOST:1"sv, "127.0.0.1"sv, "127.0.0.1:7501"sv, "127.9.9.9"sv, "[::1]"sv,
        "[::1]:7501"sv, "jiexu.example.cn"sv, "Jiexu.Example.CN:443"sv}) {
    head.hosts = {ours};
    INFO(ours);
    CHECK(status_of(head) == 200);
  }
  for (const auto other :
       {"evil.example"sv, "localhost.evil.example"sv, "127.0.0.1.evil.example"sv, ""sv, ":80"sv,
        "localhost:80:80"sv, "localhost:x"sv, "[::1"sv, "[::1]x"sv, "user@localhost"sv,
        "10.0.0.1"sv, "[::2]"sv, "localhost:123456"sv}) {
    head.hosts = {other};
    INFO(other);
    CHECK(status_of(head) == 421);
  }
  head.hosts = {"localhost", "localhost"};
  CHECK(status_of(head) == 400);
  head.hosts = {};
  CHECK(status_of(head) == 400);
  head.version = 10;  // which had none
  CHECK(status_of(head) == 200);
}

TEST_CASE("a target is a path, or a URL of ours whose name counts instead of Host") {
  std::optional<std::string_view> authority;
  CHECK(path_of_target("/v1?a=b", authority) == "/v1?a=b");
  CHECK_FALSE(authority);
  CHECK(path_of_target("http://localhost:7501/v1", authority) == "/v1");
  CHECK(authority == "localhost:7501");
  CHECK(path_of_target("HTTPS://[::1]", authority) == "/");
  for (const auto odd : {"*"sv, ""sv, "localhost:80"sv, "ftp://localhost/"sv, "http:/x"sv,
                         "v1/cases"sv, "http://localhost?x"sv}) {
    CHECK_FALSE(path_of_target(odd, authority));
    CHECK(status_of(facts("GET", odd)) == 400);
  }
  CHECK(status_of(facts("GET", "http://jiexu.example.cn/")) == 200);
  CHECK(status_of(facts("GET", "http://evil.example/")) == 421);
  CHECK(status_of(facts("GET", "http://localhost@evil.example/")) == 421);
}

TEST_CASE("methods that nobody knows are 501, and so are expectations 417") {
  for (const auto odd : {"CONNECT"sv, "TRACE"sv, "get"sv, "BREW"sv, "PROPFIND"sv}) {
    CHECK(status_of(facts(odd)) == 501);
  }
  for (const auto known : {"HEAD"sv, "DELETE"sv, "PATCH"sv, "OPTIONS"sv}) {
    CHECK(status_of(facts(known)) == 200);
  }
  HeadFacts head = facts("POST");
  head.expect = "100-Continue";
  CHECK(status_of(head) == 200);
  head.expect = "payment";
  CHECK(status_of(head) == 417);
}

TEST_CASE("a page of another site may not write") {
  HeadFacts head = facts("POST");
  for (const auto ours : {"http://localhost:7501"sv, "HTTP://LOCALHOST:7501"sv,
                          "https://jiexu.example.cn"sv, "https://jiexu.example.cn:8443"sv}) {
    head.origins = {ours};
    CHECK(status_of(head) == 200);
  }
  for (const auto foreign :
       {"http://localhost:3000"sv, "http://evil.example"sv, "null"sv, ""sv, "file://"sv,
        "http://localhost:7501.evil.example"sv, "https://jiexu.example.cn.evil"sv}) {
    INFO(foreign);
    head.origins = {foreign};
    CHECK(status_of(head) == 403);
    head.method = "GET";
    CHECK(status_of(head) == 200);
    head.method = "POST";
  }
  head.origins = {"http://localhost:7501", "http://localhost:7501"};
  CHECK(status_of(head) == 403);
}

TEST_CASE("weights of ranges") {
  CHECK(is_forbidden("q=0"));
  CHECK(is_forbidden(" q=0.000"));
  CHECK(is_forbidden("level=1; Q=0"));
  CHECK_FALSE(is_forbidden(""));
  CHECK_FALSE(is_forbidden("q=0.001"));
  CHECK_FALSE(is_forbidden("q=1"));
  CHECK_FALSE(is_forbidden("v=0"));
}

}  // namespace
}  // namespace jiexu::http_head_test
