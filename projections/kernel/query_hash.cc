#include "projections/kernel/query_hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>
#include <string>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::projections {

namespace {

using google::protobuf::Message;

std::string SortedBytes(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

const google::protobuf::FieldDescriptor& FieldOf(const Message& request, const char* name) {
  const auto* const field = request.GetDescriptor()->FindFieldByName(name);
  DIALTONE_CHECK(field != nullptr, request.GetTypeName() + " has no field " + name);
  return *field;
}

std::uint64_t QueryHash(const Message& request, std::initializer_list<const char*> without) {
  const std::unique_ptr<Message> query(request.New());
  query->CopyFrom(request);
  for (const char* const name : without)
    query->GetReflection()->ClearField(query.get(), &FieldOf(request, name));
  return KeyHash(request.GetTypeName() + "\n" + SortedBytes(*query));
}

}  // namespace dialtone::projections
