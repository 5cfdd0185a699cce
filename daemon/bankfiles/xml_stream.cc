#include "daemon/bankfiles/xml_stream.h"

#include <libxml/parser.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include "daemon/base/check.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr size_t kPrologBytes = 256;  // an XML declaration is shorter
constexpr size_t kFeedBytes = 64 << 10;

std::string_view view(const xmlChar* text, size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

std::string_view view(const xmlChar* text) {
  return reinterpret_cast<const char*>(text);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// The encoding that the declaration names, upper case; empty if there is none.
std::string declared_encoding(std::string_view prolog) {
  if (!prolog.starts_with("<?xml")) return "";
  const std::string_view declaration = prolog.substr(0, prolog.find("?>"));
  const size_t at = declaration.find("encoding");
  if (at == declaration.npos) return "";
  const size_t open = declaration.find_first_of("\"'", at);
  if (open == declaration.npos) return "";
  const size_t close = declaration.find(declaration[open], open + 1);
  if (close == declaration.npos) return "";
  return upper(declaration.substr(open + 1, close - open - 1));
}

// Whether bytes that come in pieces are UTF-8 with Chinese characters: text of GBK is that by
// chance only if there is next to none of it.
class Utf8Watch {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) feed(static_cast<uint8_t>(c));
  }
  bool is_utf8() const { return good_ && open_ == 0 && chinese_; }

 private:
  void feed(uint8_t byte) {
    const bool inner = byte >= 0x80 && byte < 0xc0;
    good_ &= inner == (open_ > 0) && byte < 0xf5;
    if (inner && open_ > 0) --open_;
    if (inner || byte < 0x80) return;
    open_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    chinese_ |= open_ > 1;
  }

  bool good_ = true;
  bool chinese_ = false;
  int open_ = 0;  // bytes of a character that are still to come
};

}  // namespace

class XmlStream::Parser {
 public:
  explicit Parser(XmlHandler& handler) : handler_(handler) {}
  ~Parser() {
    if (context_ != nullptr) xmlFreeParserCtxt(context_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  Result<void> feed(std::string_view bytes);
  Result<void> finish();
  void keep() { keep_from_ = tag_start(); }
  std::string kept();

 private:
  static Parser& self(void* context) {
    return *static_cast<Parser*>(static_cast<xmlParserCtxtPtr>(context)->_private);
  }
  static void on_start(void* context, const xmlChar* name, const xmlChar* prefix,
                       const xmlChar* uri, int namespaces, const xmlChar** namespace_list,
                       int attributes, int defaulted, const xmlChar** attribute_list);
  static void on_end(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri);
  static void on_text(void* context, const xmlChar* text, int size);
  static void on_doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*);
  static void on_error(void*, xmlErrorPtr) {}  // read from the context instead

  Result<void> begin();
  void open();
  Result<void> push(std::string_view utf8, bool last);
  void started(std::string_view name, std::string_view currency);
  void ended();
  void stop(std::string why);
  uint64_t line() const;
  size_t consumed() const;
  size_t tag_start() const;
  void trim_window();

  XmlHandler& handler_;
  xmlParserCtxtPtr context_ = nullptr;
  std::string prolog_;
  std::optional<GbkDecoder> gbk_;
  Utf8Watch watch_;  // of what is said to be GBK
  std::string decoded_;
  std::optional<Error> error_;
  uint64_t bytes_ = 0;

  std::string path_;
  std::vector<size_t> parents_;  // length of path_ before each open element
  std::string text_;
  std::string currency_;
  bool leaf_ = false;

  std::string window_;  // what was pushed, from window_from_ on
  size_t window_from_ = 0;
  std::optional<size_t> keep_from_;
};

void XmlStream::Parser::stop(std::string why) {
  if (error_) return;
  error_ = Error{Errc::kInvalid, "line " + std::to_string(line()) + ": " + std::move(why)};
  xmlStopParser(context_);
}

uint64_t XmlStream::Parser::line() const {
  const bool known = context_ != nullptr && context_->input != nullptr;
  return known ? static_cast<uint64_t>(std::max(context_->input->line, 1)) : 1;
}

size_t XmlStream::Parser::consumed() const {
  return static_cast<size_t>(std::max(xmlByteConsumed(context_), 0L));
}

// Where the tag begins that the parser has read, counted from the start of the document.
size_t XmlStream::Parser::tag_start() const {
  const size_t end = std::min(consumed() - window_from_, window_.size());
  const size_t at = end == 0 ? window_.npos : window_.rfind('<', end - 1);
  return window_from_ + (at == window_.npos ? end : at);
}

std::string XmlStream::Parser::kept() {
  if (!keep_from_) return "";
  const size_t from = std::min(*keep_from_ - window_from_, window_.size());
  const size_t end = std::min(consumed() - window_from_, window_.size());
  keep_from_.reset();
  return window_.substr(from, std::max(end, from) - from);
}

void XmlStream::Parser::trim_window() {
  // The tag that is being read may have begun in what was pushed before.
  const size_t from = keep_from_.value_or(std::min(consumed(), window_from_ + window_.size()));
  const size_t done = std::min(from - window_from_, window_.size());
  window_.erase(0, done);
  window_from_ += done;
}

void XmlStream::Parser::started(std::string_view name, std::string_view currency) {
  if (error_) return;
  if (parents_.size() == limits::kXmlDepthMax) return stop("elements nested too deeply");
  parents_.push_back(path_.size());
  if (!path_.empty()) path_ += '/';
  path_ += name;
  text_.clear();
  currency_ = currency;
  leaf_ = true;
  if (auto done = handler_.started({path_, {}, currency_, line()}); !done) stop(done.error().text);
}

void XmlStream::Parser::ended() {
  if (error_) return;
  const XmlElement element{path_, leaf_ ? std::string_view(text_) : std::string_view(), currency_,
                           line()};
  auto done = handler_.ended(element);
  if (!done) return stop(done.error().text);
  path_.resize(parents_.back());
  parents_.pop_back();
  leaf_ = false;
}

void XmlStream::Parser::on_start(void* context, const xmlChar* name, const xmlChar*, const xmlChar*,
                                 int, const xmlChar**, int attributes, int, const xmlChar** list) {
  std::string_view currency;
  for (int i = 0; i < attributes; ++i) {
    const xmlChar** attribute = list + static_cast<ptrdiff_t>(i) * 5;
    if (view(attribute[0]) != "Ccy") continue;
    currency = view(attribute[3], static_cast<size_t>(attribute[4] - attribute[3]));
  }
  self(context).started(view(name), currency);
}

void XmlStream::Parser::on_end(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  self(context).ended();
}

void XmlStream::Parser::on_text(void* context, const xmlChar* text, int size) {
  Parser& parser = self(context);
  if (!parser.leaf_ || parser.error_) return;
  if (parser.text_.size() + static_cast<size_t>(size) > limits::kXmlTextBytesMax) {
    return parser.stop("a text of more than " + std::to_string(limits::kXmlTextBytesMax) +
                       " bytes");
  }
  parser.text_.append(view(text, static_cast<size_t>(size)));
}

void XmlStream::Parser::on_doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  self(context).stop("a document type (DOCTYPE) is not allowed");
}

void XmlStream::Parser::open() {
  xmlSAXHandler sax;
  std::memset(&sax, 0, sizeof sax);
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.cdataBlock = on_text;
  sax.ignorableWhitespace = on_text;
  sax.internalSubset = on_doctype;
  sax.serror = on_error;
  context_ = xmlCreatePushParserCtxt(&sax, nullptr, nullptr, 0, nullptr);
  if (context_ == nullptr) throw std::bad_alloc();
  context_->_private = this;
  // The text has been decoded by the time it comes here.
  xmlCtxtUseOptions(context_, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
}

Result<void> XmlStream::Parser::begin() {
  open();
  std::string_view text = prolog_;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") ||
      text.find('\0') != text.npos) {
    stop("the file is in UTF-16 or UTF-32; ask for UTF-8 or GBK");
    return tl::unexpected(*error_);
  }
  // Else libxml2 would look for still other encodings, such as EBCDIC.
  if (!text.starts_with('<')) {
    stop("not XML: does not begin with '<'");
    return tl::unexpected(*error_);
  }
  const std::string encoding = declared_encoding(text);
  if (encoding == "GBK" || encoding == "GB2312" || encoding == "GB18030") {
    gbk_.emplace();
  } else if (!encoding.empty() && encoding != "UTF-8" && encoding != "UTF8") {
    stop("the declared encoding is neither UTF-8 nor GBK");
    return tl::unexpected(*error_);
  }
  const std::string first(text);
  prolog_.clear();
  prolog_.shrink_to_fit();
  return feed(first);
}

Result<void> XmlStream::Parser::feed(std::string_view bytes) {
  if (error_) return tl::unexpected(*error_);
  if (context_ == nullptr) {
    prolog_.append(bytes);
    return prolog_.size() < kPrologBytes ? Result<void>() : begin();
  }
  bytes_ += bytes.size();
  if (bytes_ > limits::kBankFileBytesMax) stop("the file is too large; ask for smaller ones");
  while (!bytes.empty() && !error_) {
    const std::string_view piece = bytes.substr(0, kFeedBytes);
    bytes.remove_prefix(piece.size());
    if (!gbk_) {
      TRY_DO(push(piece, false));
      continue;
    }
    decoded_.clear();
    watch_.feed(piece);
    if (auto done = gbk_->feed(piece, decoded_); !done) {
      error_ = done.error();
      break;
    }
    TRY_DO(push(decoded_, false));
  }
  if (error_) return tl::unexpected(*error_);
  return {};
}

Result<void> XmlStream::Parser::push(std::string_view utf8, bool last) {
  window_.append(utf8);
  if (window_.size() > limits::kXmlEntryBytesMax + 2 * kFeedBytes) {
    stop("one entry is larger than " + std::to_string(limits::kXmlEntryBytesMax) + " bytes");
    return tl::unexpected(*error_);
  }
  const int wrong = xmlParseChunk(context_, utf8.data(), static_cast<int>(utf8.size()), last);
  if (error_) return tl::unexpected(*error_);
  if (wrong != XML_ERR_OK && context_->wellFormed == 0) {
    const xmlError* why = xmlCtxtGetLastError(context_);
    const char* said = why != nullptr ? why->message : nullptr;
    stop(std::string("not XML") + ": " + (said != nullptr ? trim(said) : "unreadable"));
    return tl::unexpected(*error_);
  }
  trim_window();
  return {};
}

Result<void> XmlStream::Parser::finish() {
  if (!error_ && context_ == nullptr) {
    TRY_DO(begin());
  }
  if (!error_ && gbk_) {
    if (auto done = gbk_->finish(); !done) error_ = done.error();
    if (watch_.is_utf8()) stop("the file says that it is in GBK, and is in UTF-8");
  }
  if (error_) return tl::unexpected(*error_);
  return push("", true);
}

XmlStream::XmlStream(XmlHandler& handler) : parser_(std::make_unique<Parser>(handler)) {}
XmlStream::~XmlStream() = default;

Result<void> XmlStream::feed(std::string_view bytes) {
  return parser_->feed(bytes);
}
Result<void> XmlStream::finish() {
  return parser_->finish();
}
void XmlStream::keep() {
  parser_->keep();
}
std::string XmlStream::kept() {
  return parser_->kept();
}

}  // namespace jiexu
