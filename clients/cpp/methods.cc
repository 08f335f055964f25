#include "clients/cpp/methods.h"

#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <cstdlib>

namespace dialtone::clients {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

const std::vector<const FileDescriptor*>& LinkedFiles() {
  static const auto& files = *[] {
    std::vector<std::string> names;
    DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
    std::sort(names.begin(), names.end());
    auto* const found = new std::vector<const FileDescriptor*>;
    for (const std::string& name : names) {
      if (name.rfind("dialtone/", 0) == 0)
        found->push_back(DescriptorPool::generated_pool()->FindFileByName(name));
    }
    return found;
  }();
  return files;
}

const std::vector<const MethodDescriptor*>& LinkedMethods() {
  static const auto& methods = *[] {
    auto* const found = new std::vector<const MethodDescriptor*>;
    for (const FileDescriptor* const file : LinkedFiles()) {
      for (int i = 0; i < file->service_count(); ++i) {
        for (int j = 0; j < file->service(i)->method_count(); ++j)
          found->push_back(file->service(i)->method(j));
      }
    }
    return found;
  }();
  return methods;
}

const MethodDescriptor* FindMethod(std::string_view name) {
  for (const MethodDescriptor* const method : LinkedMethods()) {
    const std::string short_name = method->service()->name() + "." + method->name();
    if (short_name == name || method->full_name() == name) return method;
  }
  return nullptr;
}

const MethodDescriptor& MethodOf(const Descriptor& request) {
  const auto& all = LinkedMethods();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto* m) { return m->input_type() == &request; });
  if (found == all.end()) std::abort();
  return **found;
}

std::string PathOf(const MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace dialtone::clients
