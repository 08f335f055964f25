// Every refusal that this binary can give, by reason: built at start from the `(refusal)` options
// of all linked enums.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/support/status_code_enum.h>

#include <string>
#include <string_view>
#include <vector>

namespace dialtone::edge {

// Every linked .proto of Dialtone, by name.
std::vector<const google::protobuf::FileDescriptor*> FilesOfDialtone();

struct KnownRefusal {
  std::string reason;
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string remedy;
  std::string origin;  // the enum's full name
};

class RefusalCatalogue {
 public:
  // Ends the process if two enums give the same reason, or a code is none.
  static const RefusalCatalogue& OfThisBinary();

  // Null: no enum of this binary has it.
  const KnownRefusal* Find(std::string_view reason) const;
  // In the order of the enums' names, then of their values.
  const std::vector<KnownRefusal>& all() const { return all_; }
  // The catalogue as a page for people: `dialtoned --print-refusals` prints it.
  std::string Markdown() const;

 private:
  RefusalCatalogue();

  std::vector<KnownRefusal> all_;
  absl::flat_hash_map<std::string, std::size_t> by_reason_;
};

}  // namespace dialtone::edge
