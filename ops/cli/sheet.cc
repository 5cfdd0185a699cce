#include "ops/cli/sheet.h"

#include <algorithm>
#include <vector>

#include "daemon/base/columns.h"
#include "daemon/base/html.h"
#include "daemon/base/text.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

constexpr size_t kSheetColumns = 78;
constexpr size_t kSheetLines = 60;  // of a page, with the two of its foot
constexpr size_t kHashGroup = 8;
constexpr size_t kSealIndent = 40;

using Lines = std::vector<std::string>;

std::string grouped(const std::string& hash) {
  std::string out;
  for (size_t at = 0; at < hash.size(); at += kHashGroup) {
    out += (at == 0 ? "" : " ") + hash.substr(at, kHashGroup);
  }
  return out;
}

std::string agency_text(const std::string& name, const std::string& code) {
  return name.empty() ? code : name + " (" + code + ")";
}

// What stands above the text: number, from whom, to whom, when.
std::vector<std::pair<std::string, std::string>> head_of(const v1::PaperView& paper,
                                                         const SheetNames& names) {
  std::vector<std::pair<std::string, std::string>> head = {
      {say("Number"), paper.number()},
      {say("From"), agency_text(names.from, paper.from_agency())},
      {say("To"), agency_text(names.to, paper.to_agency())},
      {say("Written"), day_and_time(paper.written_at())}};
  if (!paper.paper_number().empty()) head.emplace_back(say("Your number"), paper.paper_number());
  return head;
}

std::string centred(const std::string& text) {
  const size_t used = columns_of(text);
  return std::string(used < kSheetColumns ? (kSheetColumns - used) / 2 : 0, ' ') + text;
}

void add_text(const std::string& text, Lines& lines) {
  for (const std::string& line : wrapped(text, kSheetColumns)) lines.push_back(line);
}

// A long value goes on below itself, and not below its name.
void add_field(const std::string& name, const std::string& value, size_t widest, Lines& lines) {
  std::string head = padded("  " + name, widest + 4);
  for (const std::string& line : wrapped(value, kSheetColumns - widest - 4)) {
    lines.push_back(head + line);
    head = std::string(widest + 4, ' ');
  }
}

void add_fields(const std::vector<std::pair<std::string, std::string>>& fields, Lines& lines) {
  size_t widest = 0;
  for (const auto& [name, value] : fields) widest = std::max(widest, columns_of(name));
  for (const auto& [name, value] : fields) add_field(name, value, widest, lines);
}

// A row as lines of fields: a table of many columns fits no page.
void add_rows(const Section& section, Lines& lines) {
  for (const auto& row : section.rows) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i == 0) text = row[i] + ".";
      if (i > 0 && row[i] != "-") text += "  " + section.titles[i] + " " + row[i];
    }
    for (const std::string& line : wrapped(text, kSheetColumns - 4)) lines.push_back("  " + line);
  }
}

void add_seal(Lines& lines) {
  const std::string indent(kSealIndent, ' ');
  lines.emplace_back();
  lines.push_back(indent + say("(Seal of the agency)"));
  lines.emplace_back();
  lines.emplace_back();
  lines.push_back(indent + say("Handled by:"));
  lines.push_back(indent + say("Reviewed by:"));
  lines.push_back(indent + say("Date:"));
}

Lines lines_of(const Sheet& sheet) {
  Lines lines = {centred(say("Transfer of basic medical insurance")), centred(sheet.title), ""};
  add_fields(sheet.head, lines);
  for (const Section& section : sheet.sections) {
    lines.emplace_back();
    if (!section.title.empty()) lines.push_back(section.title);
    add_fields(section.fields, lines);
    add_rows(section, lines);
  }
  add_seal(lines);
  if (!sheet.foot.empty()) {
    lines.emplace_back();
    add_text(sheet.foot, lines);
  }
  if (sheet.sha256.empty()) return lines;
  lines.emplace_back();
  add_text(say("SHA-256 of the electronic message, which may follow:"), lines);
  add_text("  " + grouped(sheet.sha256), lines);
  return lines;
}

std::string escaped(const std::string& text) {
  return html_escaped(show_hidden(text, false));
}

std::string html_fields(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out = "<table>\n";
  for (const auto& [name, value] : fields) {
    out += "<tr><th>" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>\n";
  }
  return out + "</table>\n";
}

std::string html_row(const std::vector<std::string>& cells, const std::string& element) {
  std::string out = "<tr>";
  for (const std::string& cell : cells) {
    out += "<" + element + ">" + escaped(cell) + "</" + element + ">";
  }
  return out + "</tr>\n";
}

std::string html_section(const Section& section) {
  std::string out;
  if (!section.title.empty()) out += "<h2>" + escaped(section.title) + "</h2>\n";
  if (section.titles.empty()) return out + html_fields(section.fields);
  out += "<table class=\"rows\">\n<thead>" + html_row(section.titles, "th") + "</thead>\n<tbody>\n";
  for (const auto& row : section.rows) out += html_row(row, "td");
  return out + "</tbody></table>\n";
}

constexpr const char* kStyle =
    "article+article{break-before:page}"
    "@page{size:A4;margin:18mm 16mm;@bottom-center{content:counter(page) \" / \" counter(pages)}}"
    "body{font-family:SimSun,\"Noto Serif CJK SC\",serif;font-size:11pt;max-width:180mm;"
    "margin:0 auto}h1{text-align:center;font-size:18pt;margin:6mm 0}h2{font-size:12pt;"
    "margin:5mm 0 1mm}table{width:100%;border-collapse:collapse}th,td{border:1px solid #000;"
    "padding:1.2mm 2mm;text-align:left;vertical-align:top}table:not(.rows) th{width:34%;"
    "font-weight:normal}.rows{font-size:8.5pt}thead{display:table-header-group}"
    "tr{break-inside:avoid}.seal{margin:10mm 0 6mm auto;width:70mm;line-height:9mm}"
    ".hash{font-family:monospace;font-size:8.5pt;word-break:break-all}";

}  // namespace

Sheet sheet_of(const v1::PaperView& paper, const SheetNames& names) {
  return {paper_title(paper.kind()),
          paper.number(),
          head_of(paper, names),
          sections_of(paper),
          "",
          paper.sha256()};
}

std::string sheet_text(const Sheet& sheet) {
  const Lines lines = lines_of(sheet);
  const size_t body = kSheetLines - 2;
  const size_t pages = (lines.size() + body - 1) / body;
  std::string out;
  for (size_t page = 0; page < pages; ++page) {
    const size_t end = std::min((page + 1) * body, lines.size());
    for (size_t i = page * body; i < end; ++i) out += show_hidden(lines[i], false) + "\n";
    out += "\n" +
           centred(say("Page {n} of {all}",
                       {{"n", std::to_string(page + 1)}, {"all", std::to_string(pages)}})) +
           "\n";
    if (page + 1 < pages) out += "\f";
  }
  return out;
}

namespace {

std::string article(const Sheet& sheet) {
  std::string out = "<article>\n<h1><small>" + escaped(say("Transfer of basic medical insurance")) +
                    "</small><br>" + escaped(sheet.title) + "</h1>\n" + html_fields(sheet.head);
  for (const Section& section : sheet.sections) out += html_section(section);
  out += "<div class=\"seal\">" + escaped(say("(Seal of the agency)")) + "<br><br>" +
         escaped(say("Handled by:")) + "<br>" + escaped(say("Reviewed by:")) + "<br>" +
         escaped(say("Date:")) + "</div>\n";
  if (!sheet.foot.empty()) out += "<p>" + escaped(sheet.foot) + "</p>\n";
  if (!sheet.sha256.empty()) {
    out += "<div class=\"hash\">" +
           escaped(say("SHA-256 of the electronic message, which may follow:")) + "<br>" +
           grouped(sheet.sha256) + "</div>\n";
  }
  return out + "</article>\n";
}

// Of one sheet its own; of several the first, as a file has one.
std::string title_of(const std::vector<Sheet>& sheets) {
  if (sheets.empty()) return say("Transfer of basic medical insurance");
  return sheets.front().title + " " + sheets.front().number;
}

}  // namespace

std::string sheets_html(const std::vector<Sheet>& sheets) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"" + std::string(tag(language())) +
                    "\">\n<head><meta charset=\"utf-8\"><title>" + escaped(title_of(sheets)) +
                    "</title>\n<style>" + kStyle + "</style></head>\n<body>\n";
  for (const Sheet& sheet : sheets) out += article(sheet);
  return out + "</body>\n</html>\n";
}

}  // namespace jiexu::cli
