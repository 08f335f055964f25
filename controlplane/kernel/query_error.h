// What a question to a read model may come to, other than its answer. Views give it; the door turns
// it into a status.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/kernel/position.h"

namespace dialtone {

struct QueryError {
  enum class Kind : std::uint8_t {
    kNotFound,  // `what` is the resource's name
    kBadField,  // `what` is the field's path
    kBehind,    // the view is at `reached`, and the question's token asks for more
  };

  static QueryError NotFound(std::string name) {
    return {Kind::kNotFound, std::move(name), "There is no such resource.", {}};
  }
  static QueryError BadField(std::string path, std::string message) {
    return {Kind::kBadField, std::move(path), std::move(message), {}};
  }
  static QueryError Behind(std::vector<Position> reached) {
    return {Kind::kBehind, "", "The view has not yet seen what the token names.",
            std::move(reached)};
  }

  Kind kind = Kind::kNotFound;
  std::string what;
  std::string message;  // a sentence
  std::vector<Position> reached;
};

}  // namespace dialtone
