#include "daemon/api/reference.h"

#include "daemon/api/openapi.h"
#include "daemon/api/schema.h"
#include "daemon/base/html.h"

namespace jiexu {
namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
    "color-scheme:light dark}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.2em .6em;border-bottom:1px solid}"
    "pre{overflow:auto;padding:.6em;border:1px solid}h3{margin-top:2.5em}";

std::string text_at(const Json& of, const char* name) {
  const auto found = of.find(name);
  return found != of.end() && found->is_string() ? html_escaped(found->get<std::string>()) : "";
}

std::string example_text(const Json& example) {
  return html_escaped(example.is_string() ? example.get<std::string>() : example.dump(2));
}

class ReferencePage {
 public:
  explicit ReferencePage(Language language)
      : language_(language), document_(Json::parse(openapi_document(language))) {}
  std::string html();

 private:
  std::string words(std::string_view sentence) const {
    return html_escaped(word(sentence, language_));
  }
  void add_routes(const std::string& tag);
  void add_route(const std::string& path, const std::string& method, const Json& route);
  void add_parameters(const Json& route);
  void add_body(const Json& route);
  void add_answers(const Json& route);
  void add_schema(const std::string& name, const Json& schema);
  std::string type(const Json& schema) const;
  std::string types(const Json& content) const;
  // What a reference leads to; anything else as it is.
  const Json& behind(const Json& at) const;
  void row(std::initializer_list<std::string> cells);
  void begin_table(std::initializer_list<std::string_view> titles);

  Language language_;
  const Json document_;
  std::string out_;
};

const Json& ReferencePage::behind(const Json& at) const {
  const auto reference = at.find("$ref");
  if (reference == at.end()) return at;
  return document_.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

void ReferencePage::row(std::initializer_list<std::string> cells) {
  out_ += "<tr>";
  for (const std::string& cell : cells) out_ += "<td>" + cell + "</td>";
  out_ += "</tr>\n";
}

void ReferencePage::begin_table(std::initializer_list<std::string_view> titles) {
  out_ += "<table><thead><tr>";
  for (const std::string_view title : titles) {
    out_ += "<th scope=\"col\">" + words(title) + "</th>";
  }
  out_ += "</tr></thead><tbody>\n";
}

std::string ReferencePage::type(const Json& schema) const {
  if (const auto reference = schema.find("$ref"); reference != schema.end()) {
    const auto text = reference->get<std::string>();
    const std::string name = text.substr(text.rfind('/') + 1);
    return "<a href=\"#schema-" + name + "\">" + name + "</a>";
  }
  if (const auto items = schema.find("items"); items != schema.end()) return type(*items) + " […]";
  if (const auto any = schema.find("anyOf"); any != schema.end()) {
    std::string out;
    for (const Json& one : *any) out += (out.empty() ? "" : " | ") + type(one);
    return out;
  }
  if (const auto values = schema.find("enum"); values != schema.end()) {
    std::string out;
    for (const Json& value : *values) {
      out += (out.empty() ? "" : " | ") + html_escaped(value.get<std::string>());
    }
    return out;
  }
  std::string out = text_at(schema, "type");
  if (const std::string pattern = text_at(schema, "pattern"); !pattern.empty()) {
    out += " <code>" + pattern + "</code>";
  }
  const bool bounded = schema.contains("maximum");
  if (bounded) out += " " + schema["minimum"].dump() + " … " + schema["maximum"].dump();
  return out;
}

std::string ReferencePage::types(const Json& content) const {
  std::string out;
  for (const auto& [media, one] : content.items()) {
    out += (out.empty() ? "" : "<br>") + html_escaped(media) + ": " + type(one["schema"]);
  }
  return out;
}

void ReferencePage::add_parameters(const Json& route) {
  begin_table({"Parameter", "In", "Values", "Meaning", "Example"});
  for (const Json& one : route["parameters"]) {
    const Json& parameter = behind(one);
    const auto example = parameter.find("example");
    row({"<code>" + text_at(parameter, "name") + "</code>", text_at(parameter, "in"),
         type(parameter["schema"]), text_at(parameter, "description"),
         example == parameter.end() ? "" : "<code>" + example_text(*example) + "</code>"});
  }
  out_ += "</tbody></table>\n";
}

void ReferencePage::add_body(const Json& route) {
  const auto body = route.find("requestBody");
  if (body == route.end()) return;
  out_ += "<p>" + words("Body") + ": " + types((*body)["content"]) + "</p>\n";
  for (const Json& one : (*body)["content"]) {
    const auto example = one.find("example");
    if (example != one.end()) out_ += "<pre>" + example_text(*example) + "</pre>\n";
  }
}

void ReferencePage::add_answers(const Json& route) {
  begin_table({"Status", "Meaning", "Content"});
  for (const auto& [status, one] : route["responses"].items()) {
    const Json& answer = behind(one);
    const auto content = answer.find("content");
    row({status, text_at(answer, "description"), content == answer.end() ? "" : types(*content)});
  }
  out_ += "</tbody></table>\n";
}

void ReferencePage::add_route(const std::string& path, const std::string& method,
                              const Json& route) {
  out_ += "<h3 id=\"" + text_at(route, "operationId") + "\"><code>";
  for (const char c : method) out_ += static_cast<char>(c & ~0x20);
  out_ += " " + html_escaped(path) + "</code></h3>\n<p>" + text_at(route, "summary") + ". " +
          text_at(route, "description") + "</p>\n";
  add_parameters(route);
  add_body(route);
  add_answers(route);
}

void ReferencePage::add_routes(const std::string& tag) {
  for (const auto& [path, methods] : document_["paths"].items()) {
    for (const auto& [method, route] : methods.items()) {
      if (route["tags"][0] == tag) add_route(path, method, route);
    }
  }
}

void ReferencePage::add_schema(const std::string& name, const Json& schema) {
  out_ += "<h3 id=\"schema-" + name + "\">" + name + "</h3>\n";
  if (!schema.contains("properties")) {
    out_ += "<p>" + type(schema) + "</p>\n";
    return;
  }
  begin_table({"Field", "Values", "Meaning"});
  for (const auto& [field, one] : schema["properties"].items()) {
    row({"<code>" + field + "</code>", type(one), text_at(one, "description")});
  }
  out_ += "</tbody></table>\n";
}

std::string ReferencePage::html() {
  const std::string title = text_at(document_["info"], "title");
  out_ = "<!doctype html>\n<html lang=\"" + std::string(tag(language_)) +
         "\"><head><meta charset=\"utf-8\"><title>" + title +
         "</title><meta name=\"viewport\" content=\"width=device-width\"><style>" +
         std::string(kStyle) + "</style></head><body><main>\n<h1>" + title + "</h1>\n<p>" +
         text_at(document_["info"], "description") +
         " <a href=\"/openapi.json\">OpenAPI 3.1</a></p>\n";
  for (const Json& one : document_["tags"]) {
    out_ += "<h2>" + text_at(one, "description") + "</h2>\n";
    add_routes(one["name"]);
  }
  out_ += "<h2>" + words("Types") + "</h2>\n";
  for (const auto& [name, schema] : document_["components"]["schemas"].items()) {
    add_schema(name, schema);
  }
  return std::move(out_) + "</main></body></html>\n";
}

}  // namespace

const std::string& reference_page(Language language) {
  static const std::string kEnglish = ReferencePage(Language::kEnglish).html();
  static const std::string kChinese = ReferencePage(Language::kChinese).html();
  return language == Language::kChinese ? kChinese : kEnglish;
}

}  // namespace jiexu
