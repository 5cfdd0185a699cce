// A folder that lives as long as the object.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace jiexu {

struct TempFolder {
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "jiexu-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::filesystem::path path;
};

}  // namespace jiexu
