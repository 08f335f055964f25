#include "controlplane/edge/rpc/form.h"

#include "controlplane/edge/rpc/field_form.h"
#include "controlplane/edge/rpc/value_form.h"

namespace dialtone::edge {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Form::Form() = default;
Form::~Form() = default;

std::vector<Violation> Form::Check(const Message& message) const {
  Violations violations;
  CheckInto(message, nullptr, violations);
  return violations.Take();
}

void Form::CheckInto(const Message& message, const Place* around, Violations& violations) const {
  for (const FieldForm& field : fields_) field.Check(message, around, violations);
}

void Form::ClearServerOnly(Message& message) const {
  if (!has_server_only_) return;
  for (const FieldForm& field : fields_) field.ClearServerOnly(message);
}

const Form& FormBook::Of(const Descriptor* type) {
  if (const auto found = forms_.find(type); found != forms_.end()) return *found->second;
  Form& form = *(forms_[type] = std::unique_ptr<Form>(new Form));
  if (IsValueType(type)) return form;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    form.fields_.emplace_back(field, is_message ? &Of(field->message_type()) : nullptr);
    const FieldForm& made = form.fields_.back();
    // A type that is not compiled yet stands around this one: it may have such fields.
    form.has_server_only_ |=
        made.server_only() || (is_message && made.child() != nullptr &&
                               (made.child()->has_server_only_ || made.child()->fields_.empty()));
  }
  form.request_id_ = type->FindFieldByName("request_id");
  form.validate_only_ = type->FindFieldByName("validate_only");
  return form;
}

}  // namespace dialtone::edge
