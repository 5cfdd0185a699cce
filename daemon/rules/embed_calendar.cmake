# Writes OUT, a source file that holds the text of each of FILES (separated by '|') as a literal.
# Run by CMake when the library is built, so that the daemon needs no file to know its calendar.
string(REPLACE "|" ";" FILES "${FILES}")
set(SOURCE "#include \"daemon/rules/calendar_data.h\"\n\nnamespace jiexu {\n\n")
string(APPEND SOURCE "std::vector<std::string_view> shipped_calendar_texts() {\n  return {\n")
foreach(FILE IN LISTS FILES)
  file(READ "${FILE}" TEXT)
  string(APPEND SOURCE "      R\"calendar(${TEXT})calendar\",\n")
endforeach()
string(APPEND SOURCE "  };\n}\n\n}  // namespace jiexu\n")
file(WRITE "${OUT}" "${SOURCE}")
