# Writes the files of a folder into a C++ source, byte for byte and in order of names:
#   cmake -DFOLDER=… -DOUTPUT=… -DHEADER=… -DNAMESPACE=… -DFUNCTION=… -P embed.cmake
file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
set(source "// Written by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
string(APPEND source "const std::vector<std::pair<std::string_view, std::string_view>>& ${FUNCTION}() {\n")
string(APPEND source "  static const auto& files = *new std::vector<std::pair<std::string_view, std::string_view>>{\n")
foreach(name ${files})
  file(READ ${FOLDER}/${name} text)
  string(APPEND source "      {\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
string(APPEND source "  };\n  return files;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${source}")
