#include "daemon/api/openapi.h"

#include <algorithm>
#include <set>

#include "daemon/api/http/http_fields.h"
#include "daemon/api/router.h"
#include "daemon/api/schema.h"
#include "daemon/api/table/examples.h"
#include "daemon/api/table/path_parameters.h"
#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {
namespace {

// The API's, which is final: what is added to it later has the same first number.
constexpr std::string_view kVersion = "1.0.0";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProblem = "application/problem+json";

// What a status says, as a sentence of the catalogue.
std::string_view meaning_of(int status) {
  switch (status) {
    case 200: return "Done";
    case 201: return "It is made; Location says where it is";
    case 202: return "Proposed: it waits for a second person";
    case 204: return "Done; there is nothing to say";
    case 303: return "It is where Location says";
    case 304: return "Nothing has changed since If-None-Match";
    case 400: return "Something in the request is wrong; `findings` says what";
    case 401: return "A token is missing or wrong";
    case 403: return "The user may not do this";
    case 404: return "What the address names is not there";
    case 406: return "What there is has none of the types of Accept";
    case 409: return "Not as things stand now; `allowed` says what may be done in the case";
    case 410: return "It was good once, or for a time that is over";
    case 411: return "Content-Length is missing";
    case 412: return "The case is not as If-Match says";
    case 413: return "The body is too large";
    case 415: return "The body has a type that is not taken here";
    case 429: return "Too much at once; Retry-After says when to ask again";
    case 500: return "The daemon or its store has failed";
    case 503: return "Not now; Retry-After says when to ask again";
    case 507: return "The disk has too little room";
    default: CHECK(false && "a status without a meaning");
  }
}

class Document {
 public:
  explicit Document(Language language) : language_(language), schemas_(language) {
    schemas_.add_output(*v1::Problem::descriptor());
  }
  std::string text();

 private:
  std::string words(std::string_view sentence) const {
    return std::string(word(sentence, language_));
  }
  void add_row(const RouteTable& table, const Route& route);
  Json operation(const RouteTable& table, const Route& route);
  std::string description(const Route& route) const;
  Json parameters(const Route& route) const;
  Json path_parameter(std::string_view name, const std::string& example) const;
  Json query_parameter(const QueryParameter& parameter, const Query& example) const;
  Json body(const Route& route);
  Json responses(const Route& route);
  Json done(const Route& route, int status);
  Json content(std::string_view types, const Json& schema) const;
  Json components();
  Json head() const;

  Language language_;
  Schemas schemas_;
  Json paths_ = Json::object();
  std::set<int> refusals_;
};

std::vector<std::string> braces_of(std::string_view pattern) {
  std::vector<std::string> out;
  while (!pattern.empty()) {
    const std::string_view part = cut(pattern, '/');
    if (part.starts_with('{')) out.emplace_back(part.substr(1, part.size() - 2));
  }
  return out;
}

// What stands in the braces and the query of the route's example.
struct ExampleParts {
  std::vector<std::string> args;
  Query query;
};
ExampleParts parts_of_example(const Route& route) {
  const RouteExample* example = example_of(route.shape.name);
  if (example == nullptr) return {};
  const std::optional<Target> target = parse_target(example->target);
  CHECK(target);
  Match found = match({&route, 1}, route.method, *target);
  CHECK(found.route != nullptr);
  return {std::move(found.args), target->query};
}

Json type_of(const QueryParameter& parameter) {
  using Type = QueryParameter::Type;
  switch (parameter.type) {
    case Type::kText:
    case Type::kCursor: return {{"type", "string"}, {"maxLength", parameter.most}};
    case Type::kFlag: return {{"type", "string"}, {"enum", {"0", "1"}}};
    case Type::kNumber:
      return {{"type", "integer"}, {"minimum", parameter.least}, {"maximum", parameter.most}};
    case Type::kDay: return {{"type", "string"}, {"format", "date"}};
    case Type::kAgency: return {{"type", "string"}, {"pattern", "^S[0-9]{11}$"}};
    case Type::kHex: return {{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}};
    case Type::kChoice: return {{"type", "string"}, {"enum", parameter.choices()}};
    case Type::kChoices:
      return {{"type", "array"}, {"items", {{"type", "string"}, {"enum", parameter.choices()}}}};
  }
  return {};
}

Json bytes_schema(std::string_view type) {
  const bool text = type.starts_with("text/") || type == "application/xml";
  if (text) return {{"type", "string"}};
  return {{"type", "string"},
          {"contentMediaType", type == "*/*" ? "application/octet-stream" : type}};
}

Json component(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

bool is_json(std::string_view type) {
  return type == kJson || type == "application/x-ndjson";
}

std::string Document::description(const Route& route) const {
  if (route.right == Right::kNone) return words("Without a token.");
  std::string roles;
  for (const Role role : roles_with(route.right).all()) {
    if (!roles.empty()) roles += language_ == Language::kChinese ? "、" : ", ";
    roles += word_of("role.", name(role), language_);
  }
  return filled(word("Needs the right {right}, which these roles have: {roles}.", language_),
                {{"right", word_of("right.", name(route.right), language_)}, {"roles", roles}});
}

Json Document::path_parameter(std::string_view name, const std::string& example) const {
  const auto known = std::ranges::find(path_parameters(), name, &PathParameter::name);
  CHECK(known != path_parameters().end());
  Json schema = {{"type", "string"}};
  if (known->choices != nullptr) {
    schema["enum"] = known->choices();
  } else {
    schema["pattern"] = known->pattern;
  }
  return {{"name", known->name},
          {"in", "path"},
          {"required", true},
          {"description", words(known->meaning)},
          {"schema", std::move(schema)},
          {"example", example}};
}

Json Document::query_parameter(const QueryParameter& parameter, const Query& example) const {
  Json out = {{"name", parameter.name},
              {"in", "query"},
              {"description", words(parameter.meaning)},
              {"schema", type_of(parameter)}};
  if (parameter.type == QueryParameter::Type::kChoices) out["explode"] = false;  // with commas
  const std::string value = text_of(example, parameter.name);
  const bool number = parameter.type == QueryParameter::Type::kNumber;
  if (!value.empty()) out["example"] = number ? Json::parse(value) : Json(value);
  return out;
}

Json Document::parameters(const Route& route) const {
  Json out = Json::array();
  const ExampleParts example = parts_of_example(route);
  size_t nth = 0;
  for (const std::string& name : braces_of(route.pattern)) {
    out.push_back(path_parameter(name, example.args[nth++]));
  }
  for (const QueryParameter& one : route.shape.query) {
    out.push_back(query_parameter(one, example.query));
  }
  const std::vector<int> statuses = statuses_of(route);
  const auto answers = [&](int status) {
    return std::ranges::find(statuses, status) != statuses.end();
  };
  out.push_back(component("parameters", "AcceptLanguage"));
  if (answers(304)) out.push_back(component("parameters", "IfNoneMatch"));
  if (answers(412)) out.push_back(component("parameters", "IfMatch"));
  if (route.method == "POST") out.push_back(component("parameters", "IdempotencyKey"));
  return out;
}

// JSON of ours has the schema; everything else is bytes to the reader of the document.
Json Document::content(std::string_view types, const Json& schema) const {
  Json out = Json::object();
  while (!types.empty()) {
    const std::string_view type = trimmed(cut(types, ','));
    out[std::string(type)] = {{"schema", is_json(type) ? schema : bytes_schema(type)}};
  }
  return out;
}

Json Document::body(const Route& route) {
  Json schema = {{"type", "object"}};
  if (route.shape.input != nullptr) {
    const auto& type = *route.shape.input();
    schemas_.add_input(type);
    schema = Schemas::reference(type.name());
  }
  Json out = {{"required", !route.shape.may_be_empty},
              {"content", content(route.shape.takes, schema)}};
  const RouteExample* example = example_of(route.shape.name);
  if (example == nullptr || example->body.empty()) return out;
  const bool ours = out["content"].contains(kJson);
  Json& shown = ours ? out["content"][std::string(kJson)] : out["content"].front();
  shown["example"] = ours ? Json::parse(example->body) : Json(example->body);
  return out;
}

Json Document::done(const Route& route, int status) {
  Json schemas = Json::array();
  for (const BodyType type : route.shape.output) {
    if (type == nullptr) continue;
    schemas_.add_output(*type());
    schemas.push_back(Schemas::reference(type()->name()));
  }
  Json schema = schemas.size() == 1 ? schemas[0] : Json{{"anyOf", schemas}};
  if (schemas.empty()) schema = {{"type", "object"}};
  Json out = {{"description", words(meaning_of(status))}};
  if (status == 201) out["headers"]["Location"] = component("headers", "Location");
  if (route.method == "GET" && route.shape.gives == kJson) {
    out["headers"]["ETag"] = component("headers", "ETag");
  }
  if (!route.shape.gives.empty()) out["content"] = content(route.shape.gives, schema);
  return out;
}

Json Document::responses(const Route& route) {
  Json out = Json::object();
  for (const int status : statuses_of(route)) {
    const std::string number = std::to_string(status);
    if (status < 300) {
      out[number] = done(route, status);
    } else {
      refusals_.insert(status);
      out[number] = component("responses", "Status" + number);
    }
  }
  return out;
}

Json Document::operation(const RouteTable& table, const Route& route) {
  Json out = {{"operationId", route.shape.name},
              {"tags", {table.tag}},
              {"summary", words(route.shape.summary)},
              {"description", description(route)},
              {"x-jiexu-right", name(route.right)}};
  if (route.right == Right::kNone) out["security"] = Json::array();
  if (route.right == Right::kNone && !route.shape.query.empty()) {  // with a token it says more
    out["security"] = Json::array({Json::object(), {{"token", Json::array()}}});
  }
  out["parameters"] = parameters(route);
  if (has_body(route)) out["requestBody"] = body(route);
  out["responses"] = responses(route);
  return out;
}

void Document::add_row(const RouteTable& table, const Route& route) {
  std::string method(route.method);
  std::ranges::transform(method, method.begin(),
                         [](char c) { return static_cast<char>(c | 0x20); });
  paths_[std::string(route.pattern)][method] = operation(table, route);
}

Json Document::head() const {
  Json tags = Json::array();
  for (const RouteTable& table : route_tables()) {
    tags.push_back({{"name", table.tag}, {"description", words(table.meaning)}});
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", words("Jiexu, the local API of an agency")},
            {"description", words("For the agency's own people and systems. Money is in fen.")},
            {"version", kVersion},
            {"contact", {{"name", words("The operator of the agency's daemon")}}}}},
          {"servers", {{{"url", "/"}}}},
          {"security", {{{"token", Json::array()}}}},
          {"tags", std::move(tags)}};
}

Json Document::components() {
  const auto text = [] { return Json{{"type", "string"}}; };
  const auto header = [&](std::string_view name, std::string_view meaning) {
    return Json{
        {"name", name}, {"in", "header"}, {"description", words(meaning)}, {"schema", text()}};
  };
  const auto field = [&](std::string_view meaning) {
    return Json{{"description", words(meaning)}, {"schema", text()}};
  };
  Json refusals = Json::object();
  for (const int status : refusals_) {
    Json& out = refusals["Status" + std::to_string(status)];
    out["description"] = words(meaning_of(status));
    if (status < 400) {
      const char* told = status == 304 ? "ETag" : "Location";
      out["headers"][told] = component("headers", told);
      continue;
    }
    if (status == 429 || status == 503 || status == 507) {
      out["headers"]["Retry-After"] = component("headers", "RetryAfter");
    }
    out["content"][std::string(kProblem)]["schema"] = Schemas::reference("Problem");
  }
  return {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
          {"parameters",
           {{"AcceptLanguage", header("Accept-Language", "zh or en: the language of words")},
            {"IfNoneMatch", header("If-None-Match", "The ETag of what the client has already")},
            {"IfMatch", header("If-Match", "The ETag of the case as it was seen")},
            {"IdempotencyKey",
             header("Idempotency-Key",
                    "The request is done once, however often it is sent with this")}}},
          {"headers",
           {{"ETag", field("Changes when the answer does")},
            {"Location", field("Where it is")},
            {"RetryAfter", field("Seconds")}}},
          {"responses", std::move(refusals)},
          {"schemas", schemas_.take()}};
}

// Members of the members in `deep` have a line each, so that a change shows as what it is.
void write_lines(const Json& object, size_t deep, std::string& out) {
  if (deep == 0 || !object.is_object() || object.empty()) {
    out += object.dump();
    return;
  }
  out += "{\n";
  for (auto member = object.begin(); member != object.end(); ++member) {
    if (member != object.begin()) out += ",\n";
    out += Json(member.key()).dump() + ": ";
    write_lines(member.value(), deep - 1, out);
  }
  out += "\n}";
}

std::string Document::text() {
  for (const RouteTable& table : route_tables()) {
    for (const Route& route : table.rows) add_row(table, route);
  }
  Json out = head();
  out["paths"] = std::move(paths_);
  out["components"] = components();
  std::string text;
  write_lines(out, 3, text);
  return text + "\n";
}

}  // namespace

const std::string& openapi_document(Language language) {
  static const std::string kEnglish = Document(Language::kEnglish).text();
  static const std::string kChinese = Document(Language::kChinese).text();
  return language == Language::kChinese ? kChinese : kEnglish;
}

}  // namespace jiexu
