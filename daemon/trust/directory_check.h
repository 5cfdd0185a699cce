// The rules that agencies of one directory must meet, and the collection of what breaks them.
// Internal to the directory; the same rules hold for a file and for agencies made in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/trust/directory.h"

namespace jiexu {

// Where a problem is. `label` is how a person finds it ("agencies.toml:3:1"); line and column order
// the list, and are 0 for agencies made in memory.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
  std::string label;
};

class DirectoryProblems {
 public:
  // The place of a field of the agency with this index. Fields are named as in the file, such as
  // "bank.cnaps" or "signing_keys[1]"; empty is the agency itself.
  using Locate = std::function<Place(size_t agency, const std::string& field)>;

  explicit DirectoryProblems(Locate locate) : locate_(std::move(locate)) {}

  // Only the first problem of a field is kept: what follows from it helps nobody.
  void add(size_t agency, const std::string& field, const std::string& text);
  void add_at(Place place, const std::string& text);

  bool empty() const { return found_.empty(); }
  // One problem a line, in the order of the file.
  std::string text() const;

 private:
  Locate locate_;
  std::set<std::pair<size_t, std::string>> fields_;
  std::vector<std::pair<Place, std::string>> found_;
};

void check_agencies(const std::vector<Agency>& agencies, DirectoryProblems& problems);

}  // namespace jiexu
