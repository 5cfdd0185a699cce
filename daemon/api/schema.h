// The JSON Schemas (2020-12) of messages, as json.h writes and reads them. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "daemon/words/words.h"

namespace jiexu {

using Json = nlohmann::ordered_json;

// Gathers the schemas of messages and of all that they hold, each under its name.
class Schemas {
 public:
  explicit Schemas(Language language) : language_(language) {}

  // What comes in may leave out every field; what goes out has all that json.h writes always.
  void add_input(const google::protobuf::Descriptor& type) { add(type, {.input = true}); }
  void add_output(const google::protobuf::Descriptor& type) { add(type, {}); }
  // Reference to the schema of a message that was added, or of an enum that one of these holds.
  static Json reference(const std::string& name);
  // By name.
  Json take() const;

 private:
  struct Use {
    bool input = false;
    bool in_list = false;
  };
  struct Entry {
    const google::protobuf::Descriptor* type = nullptr;
    Use use;
  };

  void add(const google::protobuf::Descriptor& type, Use use);
  Json object(const Entry& entry) const;
  Json field(const google::protobuf::FieldDescriptor& field) const;

  Language language_;
  std::map<std::string, Entry> messages_;
  std::map<std::string, const google::protobuf::EnumDescriptor*> enums_;
};

}  // namespace jiexu
