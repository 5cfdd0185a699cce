#include "ops/cli/command_scripts.h"

#include <functional>

#include "ops/cli/command_help.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

using Visit = std::function<void(const CLI::App& app, const std::string& path)>;

// Each command with the words that lead to it, "" for the program, "case show".
void visit_all(const CLI::App& app, const std::string& path, const Visit& visit) {
  visit(app, path);
  for (const CLI::App* below : commands_of(app)) {
    visit_all(*below, path.empty() ? below->get_name() : path + " " + below->get_name(), visit);
  }
}

std::string long_names(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : options_of(app)) {
    for (const std::string& name : option->get_lnames()) out += " --" + name;
  }
  return out;
}

// Options that a file's name follows, and those that any value follows.
bool takes_file(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return option.check_name("--file") || option.check_name("--out") || type == "FILE" ||
         type == "FOLDER";
}

// Quoted for the shells: nothing in it means anything to them.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// "|case|case show|": every command with a bar on both sides.
std::string known_paths(const CLI::App& root) {
  std::string out = "|";
  visit_all(root, "", [&](const CLI::App&, const std::string& path) {
    if (!path.empty()) out += path + "|";
  });
  return out;
}

std::string words_of_commands(const CLI::App& app) {
  std::string out;
  for (const CLI::App* below : commands_of(app)) out += " " + below->get_name();
  return out;
}

// A line of groff that begins with no control character, and whose minus is one.
std::string groff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  const bool control = out.starts_with('.') || out.starts_with('\'');
  return control ? "\\&" + out : out;
}

void add_options(const std::vector<const CLI::Option*>& options, std::string& out) {
  for (const CLI::Option* option : options) {
    out += ".TP\n.B " + groff(option_usage(*option)) + "\n" +
           groff(say(option->get_description())) + "\n";
  }
}

void add_example(const CLI::App& app, std::string& out) {
  if (app.get_footer().empty()) return;
  out += ".PP\n.nf\n.RS\n";
  const std::string& text = app.get_footer();
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    out += groff(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  out += ".RE\n.fi\n";
}

constexpr std::pair<int, const char*> kExitCodes[] = {
    {0, "Done."},
    {1, "The books differ (ledger compare)."},
    {64, "The command line is wrong."},
    {65, "What was given is wrong, or was refused."},
    {66, "There is no such thing."},
    {69, "The daemon has failed."},
    {70, "This program has failed."},
    {73, "It exists already, or cannot be made."},
    {74, "Something could not be read or written."},
    {75, "No answer, or busy: try again."},
    {76, "Something else than the daemon has answered."},
    {77, "Not allowed."},
    {78, "The configuration is wrong."},
};

}  // namespace

// One function that looks for the longest known beginning of the line.
std::string bash_completion(const CLI::App& root) {
  const std::string name = root.get_name();
  std::string cases;
  visit_all(root, "", [&](const CLI::App& app, const std::string& path) {
    cases += "    " + quoted(path) +
             ") words=" + quoted(words_of_commands(app) + long_names(app) + long_names(root)) +
             " ;;\n";
  });
  std::string files;
  visit_all(root, "", [&](const CLI::App& app, const std::string&) {
    for (const CLI::Option* option : options_of(app)) {
      const std::string known = option->get_lnames().empty() ? "" : option->get_lnames()[0];
      const std::string pattern = "--" + known;
      const bool listed = (files + "|").find(pattern + "|") != std::string::npos;
      if (!known.empty() && takes_file(*option) && !listed) {
        files += (files.empty() ? "" : "|") + pattern;
      }
    }
  });
  return "# bash completion of " + name + ", made by `" + name + " completion bash`\n_" + name +
         "() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word "
         "words=\n"
         "  local known=" +
         quoted(known_paths(root)) +
         "\n"
         "  COMPREPLY=()\n"
         "  case $prev in\n    " +
         files +
         ") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
         "  esac\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    [[ $known == *\"|${path:+$path }$word|\"* ]] && path=\"${path:+$path }$word\"\n"
         "  done\n"
         "  case $path in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "}\n"
         "complete -o filenames -F _" +
         name + " " + name + "\n";
}

std::string zsh_completion(const CLI::App& root) {
  const std::string name = root.get_name();
  std::string cases;
  visit_all(root, "", [&](const CLI::App& app, const std::string& path) {
    std::string described;
    for (const CLI::App* below : commands_of(app)) {
      described += " " + quoted(below->get_name() + ":" + say(below->get_description()));
    }
    for (const CLI::App* at : {&app, &root}) {
      for (const CLI::Option* option : options_of(*at)) {
        for (const std::string& known : option->get_lnames()) {
          described += " " + quoted("--" + known + ":" + say(option->get_description()));
        }
      }
      if (at == &root || &app == &root) break;
    }
    cases += "    " + quoted(path) + ") known=(" + described + ") ;;\n";
  });
  return "#compdef " + name + "\n# made by `" + name + " completion zsh`\n_" + name +
         "() {\n"
         "  local place= word paths=" +
         quoted(known_paths(root)) +
         "\n"
         "  local -a known\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    [[ $paths == *\"|${place:+$place }$word|\"* ]] && place=\"${place:+$place }$word\"\n"
         "  done\n"
         "  case $place in\n" +
         cases +
         "  esac\n"
         "  _describe command known\n"
         "  _files\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _" +
         name + " ]; then _" + name + "; else compdef _" + name + " " + name + "; fi\n";
}

std::string fish_completion(const CLI::App& root) {
  const std::string name = root.get_name();
  std::string out = "# fish completion of " + name + ", made by `" + name +
                    " completion fish`\n"
                    "function __" +
                    name +
                    "_at\n"
                    "  set -l path\n"
                    "  for word in (commandline -opc)[2..-1]\n"
                    "    set -l next (string trim -- \"$path $word\")\n"
                    "    string match -q -- \"*|$next|*\" " +
                    quoted(known_paths(root)) +
                    "; and set path $next\n"
                    "  end\n"
                    "  test \"$path\" = \"$argv\"\n"
                    "end\n";
  visit_all(root, "", [&](const CLI::App& app, const std::string& path) {
    const std::string when =
        "complete -c " + name + " -n " + quoted("__" + name + "_at " + path) + " ";
    for (const CLI::App* below : commands_of(app)) {
      out += when + "-f -a " + quoted(below->get_name()) + " -d " +
             quoted(say(below->get_description())) + "\n";
    }
    for (const CLI::Option* option : options_of(app)) {
      const bool anywhere = &app == &root;
      for (const std::string& known : option->get_lnames()) {
        out += (anywhere ? "complete -c " + name + " " : when) + "-l " + quoted(known) +
               (is_flag(*option) ? "" : " -r") + " -d " + quoted(say(option->get_description())) +
               "\n";
      }
    }
  });
  return out;
}

std::string manual_page(const CLI::App& root) {
  const std::string name = root.get_name();
  std::string out = ".TH " + name + " 1\n.SH " + say("NAME") + "\n" + groff(name) + " \\- " +
                    groff(say(root.get_description())) + "\n.SH " + say("SYNOPSIS") + "\n.B " +
                    groff(usage_of(root)) + "\n";
  add_example(root, out);
  out += ".SH " + say("OPTIONS OF EVERY COMMAND") + "\n";
  add_options(options_of(root), out);
  out += ".SH " + say("COMMANDS") + "\n";
  visit_all(root, "", [&](const CLI::App& app, const std::string& path) {
    if (path.empty()) return;
    out += ".SS " + groff(usage_of(app)) + "\n" + groff(say(app.get_description())) + "\n";
    std::vector<const CLI::Option*> own = places_of(app);
    for (const CLI::Option* option : options_of(app)) {
      if (!option->check_name("--help")) own.push_back(option);
    }
    add_options(own, out);
    add_example(app, out);
  });
  out += ".SH " + say("EXIT STATUS") + "\n";
  for (const auto& [code, means] : kExitCodes) {
    out += ".TP\n.B " + std::to_string(code) + "\n" + groff(say(means)) + "\n";
  }
  return out;
}

}  // namespace jiexu::cli
