// A streaming reader of XML that comes from outside, over libxml2's push parser. Bounded whatever
// comes: no document type (so no entities but the five of XML), depth, text and size limited, and
// nothing is fetched. Memory is that of the element in hand.
//
// The declared encoding is UTF-8 (also if none is declared) or one of GBK, GB2312, GB18030; bytes
// that are not what is declared are refused, UTF-8 that is said to be GBK too, and so is any other
// encoding. Every refusal names the
// line. Elements are known by their path of local names, whatever their prefix. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

struct XmlElement {
  std::string_view path;      // "Document/BkToCstmrStmt/Stmt"
  std::string_view text;      // ended(): its characters; empty if it has child elements
  std::string_view currency;  // attribute Ccy, at started() and of a leaf at ended()
  uint64_t line = 0;
};

// Whether the path ends with the elements of `tail`: some banks put an envelope around a document.
inline bool ends_in(std::string_view path, std::string_view tail) {
  return path.ends_with(tail) &&
         (path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/');
}
// What stands below a path of that size; empty for what does not, and if the size is 0.
inline std::string_view path_below(std::string_view path, size_t size) {
  return size > 0 && path.size() > size + 1 ? path.substr(size + 1) : std::string_view();
}

// What the reader of a format does with elements. An error ends the reading and is returned as it
// is, with the line in front.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual Result<void> started(const XmlElement& element) = 0;
  virtual Result<void> ended(const XmlElement& element) = 0;
};

class XmlStream {
 public:
  // `handler` must outlive the stream.
  explicit XmlStream(XmlHandler& handler);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  // Errors kInvalid, for good: nothing more is handed on after the first.
  Result<void> feed(std::string_view bytes);
  Result<void> finish();

  // In started(): the text from this element's '<' on is to be kept for kept().
  void keep();
  // In ended(): what was written since keep(), in UTF-8. Ends the keeping.
  std::string kept();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace jiexu
