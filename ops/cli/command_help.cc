#include "ops/cli/command_help.h"

#include <algorithm>

#include "daemon/base/columns.h"
#include "daemon/base/edits.h"
#include "ops/cli/layout.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

constexpr size_t kNamesMax = 30;  // columns of names before what they mean
constexpr size_t kHelpColumns = 100;
constexpr size_t kNearest = 3;  // so many are named

// "  name      what it means", over several lines if need be.
std::string row(const std::string& name, const std::string& text) {
  const size_t there = terminal_columns();
  const size_t columns = there == 0 ? kHelpColumns : std::min(there, kHelpColumns);
  const std::string head = "  " + name;
  const bool beside = columns_of(head) + 2 <= kNamesMax;
  std::string out = beside ? padded(head, kNamesMax) : head + "\n" + std::string(kNamesMax, ' ');
  bool first = true;
  for (const std::string& line : wrapped(text, columns - kNamesMax)) {
    out += (first ? "" : std::string(kNamesMax, ' ')) + line + "\n";
    first = false;
  }
  return out;
}

std::string section(const std::string& title, const std::string& rows) {
  return rows.empty() ? "" : "\n" + say(title) + ":\n" + rows;
}

std::string options_text(const std::vector<const CLI::Option*>& options) {
  std::string out;
  for (const CLI::Option* option : options) {
    std::string text = say(option->get_description());
    if (!option->get_default_str().empty()) {
      text += say(" (default: {value})", {{"value", option->get_default_str()}});
    }
    if (!option->get_envname().empty()) {
      text += say(" (or in {variable})", {{"variable", option->get_envname()}});
    }
    if (option->get_required() && option->nonpositional()) text += say(" (must be given)");
    out += row(option_usage(*option), text);
  }
  return out;
}

std::string example_text(const std::string& example) {
  const std::string title = say("Example:") + "  ";
  std::string out = title;
  for (const char c : example) {
    out += c;
    if (c == '\n') out += std::string(columns_of(title), ' ');
  }
  return out + "\n\n";
}

// The nearest of the names; those that begin so are nearer than any misspelling.
std::string nearest(const std::string& to, const std::vector<std::string>& names) {
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& name : names) {
    const bool begins = to.size() > 1 && name.starts_with(to);
    const size_t distance = begins ? 0 : edits_between(to, name);
    if (distance <= std::max<size_t>(to.size() / 3, 1) + 1 && distance < name.size()) {
      near.emplace_back(distance, name);
    }
  }
  std::ranges::stable_sort(near, {}, &std::pair<size_t, std::string>::first);
  std::string out;
  for (size_t i = 0; i < near.size() && i < kNearest; ++i) {
    if (near[i].first > near[0].first) break;
    out += (out.empty() ? "" : ", ") + near[i].second;
  }
  return out;
}

std::string with_nearest(std::string text, const std::string& word,
                         const std::vector<std::string>& names, const std::string& help) {
  const std::string near = nearest(word, names);
  if (!near.empty()) return text + say("; did you mean {names}?", {{"names", near}});
  return text + say("; see: {command}", {{"command", help}});
}

// Options of a command and of all above it, which may stand anywhere.
std::vector<const CLI::Option*> options_in_reach(const CLI::App& app) {
  std::vector<const CLI::Option*> out;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : options_of(*at)) out.push_back(option);
  }
  return out;
}

const CLI::App* find_command(const CLI::App& app, const std::string& word) {
  const auto all = commands_of(app);
  const auto found = std::ranges::find(all, word, &CLI::App::get_name);
  return found == all.end() ? nullptr : *found;
}

// Where a command line leads, as far as its words are known.
struct Walk {
  const CLI::App* at = nullptr;
  std::string unknown_command;
  std::string unknown_option;
  std::string too_many;  // an argument that has no place
};

bool looks_like_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && word != "-";
}

// Takes an option, and the values behind it. False: there is no such option.
bool take_option(const CLI::App& app, const std::vector<std::string>& words, size_t& i) {
  const std::string name = words[i].substr(0, words[i].find('='));
  const auto reach = options_in_reach(app);
  const auto known = std::ranges::find_if(
      reach, [&](const CLI::Option* option) { return option->check_name(name); });
  if (known == reach.end()) return false;
  if (name != words[i] || is_flag(**known)) return true;
  const bool many = (*known)->get_expected_max() > 1;
  if (i + 1 < words.size()) ++i;
  while (many && i + 1 < words.size() && !looks_like_option(words[i + 1])) ++i;
  return true;
}

Walk walk(const CLI::App& root, const std::vector<std::string>& words) {
  Walk walk{&root, "", "", ""};
  size_t placed = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") break;
    if (looks_like_option(words[i])) {
      if (take_option(*walk.at, words, i)) continue;
      walk.unknown_option = words[i].substr(0, words[i].find('='));
      return walk;
    }
    const CLI::App* below = find_command(*walk.at, words[i]);
    const auto places = places_of(*walk.at);
    const bool has_place =
        placed < places.size() || (!places.empty() && places.back()->get_expected_max() > 1);
    if (below != nullptr && placed == 0) {
      walk.at = below;
    } else if (!has_place) {
      (commands_of(*walk.at).empty() ? walk.too_many : walk.unknown_command) = words[i];
      return walk;
    } else {
      ++placed;
    }
  }
  return walk;
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> names_of(const std::vector<const CLI::Option*>& options) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// A value that is none of the option's type.
std::string misfit(const CLI::App& app, const std::string& text, const std::string& name) {
  constexpr std::string_view kNoNumber = "Could not convert: ";
  constexpr std::string_view kOverride = " was given a disallowed flag override";
  if (text.starts_with(kNoNumber)) {
    const std::string rest = text.substr(kNoNumber.size());
    const size_t between = std::min(rest.find(" = "), rest.size());
    const std::string option = rest.substr(0, between);
    for (const CLI::Option* known : options_in_reach(app)) {
      if (is_flag(*known) && known->check_name(option)) {
        return say("{name} takes no value", {{"name", option}});
      }
    }
    return say("{name}: {value} is no number that fits",
               {{"name", option}, {"value", rest.substr(std::min(between + 3, rest.size()))}});
  }
  if (text.ends_with(kOverride)) {
    return say("{name} takes no value", {{"name", text.substr(0, text.size() - kOverride.size())}});
  }
  const bool flag = text.ends_with(": too many inputs for a flag") ||
                    text.ends_with(": Should be true/false or a number");
  return flag ? say("{name} takes no value", {{"name", name}}) : text;
}

// What CLI11 says is wrong with the values of options that exist, in our words.
std::string value_complaint(const CLI::App& app, const std::string& text) {
  constexpr std::string_view kRequired = " is required";
  constexpr std::string_view kExcludes = " excludes ";
  constexpr std::string_view kRequires = " requires ";
  if (text.ends_with(kRequired)) {
    return say("{name} is missing", {{"name", text.substr(0, text.size() - kRequired.size())}});
  }
  for (const auto& [between, sentence] :
       {std::pair{kExcludes, "{name} and {other} cannot stand together"},
        std::pair{kRequires, "{name} needs {other} beside it"}}) {
    const size_t at = text.find(between);
    if (at == text.npos) continue;
    return say(sentence,
               {{"name", text.substr(0, at)}, {"other", text.substr(at + between.size())}});
  }
  const std::string name = text.substr(0, text.find(':'));
  const size_t required = text.find(" required ");
  if (text.ends_with(" missing") && required != text.npos) {
    return say("{name} needs a value", {{"name", name}});
  }
  if (text.find(": At Most ") != text.npos) return say("{name} is given twice", {{"name", name}});
  return misfit(app, text, name);
}

std::string commands_text(const CLI::App& app) {
  std::string out;
  for (const CLI::App* command : commands_of(app)) {
    out += row(command->get_name(), say(command->get_description()));
  }
  return out;
}

}  // namespace

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) {
    return option->nonpositional() && !option->get_group().empty();
  });
}

std::vector<const CLI::Option*> places_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

bool is_flag(const CLI::Option& option) {
  return option.nonpositional() && option.get_type_name().empty();
}

std::string option_usage(const CLI::Option& option) {
  std::string out = option.get_name(option.get_positional(), !option.get_positional());
  return is_flag(option) || option.get_positional() ? out : out + " " + option.get_type_name();
}

std::string path_of(const CLI::App& app) {
  const CLI::App* above = app.get_parent();
  return (above == nullptr ? "" : path_of(*above) + " ") + app.get_name();
}

std::string usage_of(const CLI::App& app) {
  std::string out = path_of(app);
  if (!options_of(app).empty()) out += " [OPTIONS]";
  for (const CLI::Option* place : places_of(app)) {
    const std::string many = place->get_expected_max() > 1 ? "..." : "";
    const std::string name = place->get_name(true) + many;
    out += place->get_required() ? " " + name : " [" + name + "]";
  }
  if (commands_of(app).empty()) return out;
  return out + (app.get_require_subcommand_min() == 0 ? " [SUBCOMMAND]" : " SUBCOMMAND");
}

std::string ExampleFirst::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  std::string out;
  if (!app->get_footer().empty()) out += example_text(app->get_footer());
  for (const std::string& line : wrapped(say(app->get_description()), kHelpColumns)) {
    out += line + "\n";
  }
  out += say("Usage:") + " " + usage_of(*app) + "\n";
  out += section("Positionals", options_text(places_of(*app)));
  out += section("Options", options_text(options_of(*app)));
  if (app->get_parent() != nullptr) {
    auto everywhere = options_in_reach(*app->get_parent());
    std::erase_if(everywhere,
                  [](const CLI::Option* option) { return option->check_name("--help"); });
    out += section("Options of every command", options_text(everywhere));
  }
  return out + section("Subcommands", commands_text(*app));
}

size_t first_word(const CLI::App& root, const std::vector<std::string>& words) {
  size_t i = 0;
  while (i < words.size() && looks_like_option(words[i]) && take_option(root, words, i)) ++i;
  return i;
}

std::string wrong_word(const CLI::App& root, const std::vector<std::string>& words) {
  const Walk found = walk(root, words);
  const std::string help = path_of(*found.at) + " --help";
  if (!found.unknown_option.empty()) {
    return with_nearest(say("there is no option {name} of {command}",
                            {{"name", found.unknown_option}, {"command", path_of(*found.at)}}),
                        found.unknown_option, names_of(options_in_reach(*found.at)), help);
  }
  if (!found.unknown_command.empty()) {
    return with_nearest(say("there is no command {name}",
                            {{"name", path_of(*found.at) + " " + found.unknown_command}}),
                        found.unknown_command, names_of(commands_of(*found.at)), help);
  }
  if (found.too_many.empty()) return "";
  return say("{word} has no place: {usage}",
             {{"word", found.too_many}, {"usage", usage_of(*found.at)}});
}

std::string complaint(const CLI::App& root, const std::vector<std::string>& words,
                      const CLI::ParseError& error) {
  if (std::string wrong = wrong_word(root, words); !wrong.empty()) return wrong;
  const CLI::App& at = *walk(root, words).at;
  const std::string help = path_of(at) + " --help";
  if (at.get_require_subcommand_min() > 0 && at.get_subcommands().empty()) {
    return say("{command} needs one of its commands:", {{"command", path_of(at)}}) + "\n" +
           commands_text(at) + say("See: {command}", {{"command", help}});
  }
  return value_complaint(at, error.what()) + say("; see: {command}", {{"command", help}});
}

}  // namespace jiexu::cli
