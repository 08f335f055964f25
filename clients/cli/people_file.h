// People to be set up, as a CSV lists them: one a line, below a line that names the columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::clients::cli {

struct Person {
  std::size_t line = 0;  // of the file, from 1
  std::string user_id;
  std::string display_name;
  std::string email;
  std::string usage_location;
  std::vector<std::string> skus;  // in the order of their names, each once
  std::string number;             // in E.164; empty: none
  std::string location;           // a whole name; empty: none
};

struct People {
  std::string digest;  // SHA-256 of the file, in hexadecimal digits
  std::vector<Person> rows;
};

// Columns in any order: user_id and usage_location, and if need be display_name, email, skus (with
// | or ; between them), number and location, which may be a short name of `org`. The error says in
// which line and column what is wrong. Formats that only the server knows are not looked at.
tl::expected<People, std::string> ReadPeople(std::string_view text, const std::string& org);

// Of any bytes, in hexadecimal digits.
std::string Sha256(std::string_view bytes);

}  // namespace dialtone::clients::cli
