#include "controlplane/edge/vault/seal.h"

#include <algorithm>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"
#include "controlplane/kernel/check.h"
#include "dialtone/type/v1/options.pb.h"
#include "dialtone/type/v1/sealed.pb.h"

namespace dialtone::vault {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;
using type::v1::Sealed;

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated();
}

void AddInitials(const std::string& text, std::string& masked) {
  bool at_start = true;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (at_start && text[i] != ' ') {
      if (!masked.empty()) masked += ' ';
      masked += text.substr(i, length) + "…";
    }
    at_start = text[i] == ' ';
    i += length;
  }
}

// What the ciphertext is bound to: bytes that are moved to another message do not open.
std::string BoundTo(std::string_view subject, const Descriptor* type) {
  std::string with(subject);
  with.push_back('\0');
  return with += type->full_name();
}

}  // namespace

template <class Visit>
void SealPlan::ForEachChild(Message& message, Visit visit) const {
  const Reflection& of = *message.GetReflection();
  for (const Child& child : children_) {
    if (child.field->is_repeated()) {
      for (int i = 0; i < of.FieldSize(message, child.field); ++i)
        visit(*child.plan, *of.MutableRepeatedMessage(&message, child.field, i));
    } else if (of.HasField(message, child.field)) {
      visit(*child.plan, *of.MutableMessage(&message, child.field));
    }
  }
}

std::string SealPlan::SubjectOf(const Message& message, std::string_view around) const {
  if (name_ == nullptr) return std::string(around);
  std::string name = message.GetReflection()->GetString(message, name_);
  return name.empty() ? std::string(around) : name;
}

bool SealPlan::HasPersonal(const Message& message) const {
  const Reflection& of = *message.GetReflection();
  return std::any_of(personal_.begin(), personal_.end(), [&](const FieldDescriptor* field) {
    return field->is_repeated() ? of.FieldSize(message, field) > 0 : of.HasField(message, field);
  });
}

void SealPlan::AddSubjects(Message& message, std::string_view subject,
                           std::vector<std::string>& subjects) const {
  const std::string own = SubjectOf(message, subject);
  ForEachChild(message, [&](const SealPlan& plan, Message& child) {
    plan.AddSubjects(child, own, subjects);
  });
  if (sealed_ != nullptr && HasPersonal(message)) subjects.push_back(own);
}

tl::expected<void, std::string> SealPlan::Seal(Message& message, std::string_view subject,
                                               Keys& keys) const {
  const std::string own = SubjectOf(message, subject);
  tl::expected<void, std::string> sealed;
  ForEachChild(message, [&](const SealPlan& plan, Message& child) {
    if (sealed) sealed = plan.Seal(child, own, keys);
  });
  if (sealed && sealed_ != nullptr) sealed = SealOwn(message, own, keys);
  return sealed;
}

tl::expected<void, std::string> SealPlan::SealOwn(Message& message, std::string_view subject,
                                                  Keys& keys) const {
  if (!HasPersonal(message)) return {};
  const Reflection& of = *message.GetReflection();
  const std::unique_ptr<Message> personal(message.New());
  of.SwapFields(&message, personal.get(), personal_);
  const std::string text = personal->SerializeAsString();
  const auto key = keys.KeyFor(subject);
  if (!key) return tl::unexpected<std::string>(key.error());
  auto& sealed = static_cast<Sealed&>(*of.MutableMessage(&message, sealed_));
  sealed.set_subject(std::string(subject));
  sealed.set_key_id(key->id);
  sealed.set_ciphertext(Encrypt(key->key, text, BoundTo(subject, message.GetDescriptor())));
  sealed.set_masked(Masked(*personal));
  return {};
}

std::string SealPlan::Masked(const Message& personal) const {
  std::string masked;
  for (const FieldDescriptor* const field : personal_) {
    if (IsText(*field)) AddInitials(personal.GetReflection()->GetString(personal, field), masked);
  }
  return masked;
}

Unsealed SealPlan::Unseal(Message& message, Keys& keys) const {
  Unsealed unsealed;
  if (sealed_ != nullptr && message.GetReflection()->HasField(message, sealed_))
    unsealed = UnsealOwn(message, keys);
  ForEachChild(message, [&](const SealPlan& plan, Message& child) {
    if (unsealed) unsealed = plan.Unseal(child, keys);
  });
  return unsealed;
}

Unsealed SealPlan::UnsealOwn(Message& message, Keys& keys) const {
  const Reflection& of = *message.GetReflection();
  auto& sealed = static_cast<Sealed&>(*of.MutableMessage(&message, sealed_));
  const FoundKey key = keys.Find(sealed.subject(), sealed.key_id());
  if (!key && key.error() == NoKey::kNotKnown)
    return tl::unexpected(MissingKey{sealed.subject(), sealed.key_id()});
  const auto text = key ? Decrypt(key->key, sealed.ciphertext(),
                                  BoundTo(sealed.subject(), message.GetDescriptor()))
                        : std::nullopt;
  const std::unique_ptr<Message> personal(message.New());
  if (!text || !personal->ParseFromString(*text)) {
    sealed.clear_ciphertext();
    return {};
  }
  of.ClearField(&message, sealed_);
  of.SwapFields(&message, personal.get(), personal_);
  return {};
}

const SealPlan* SealBook::Of(const Descriptor* type) {
  if (const auto found = plans_.find(type); found != plans_.end()) return found->second.get();
  if (!HasPersonal(type)) return nullptr;
  SealPlan& plan = *(plans_[type] = std::make_unique<SealPlan>());
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->options().GetExtension(type::v1::personal)) {
      plan.personal_.push_back(field);
    } else if (field->message_type() == Sealed::descriptor()) {
      plan.sealed_ = field;
    } else if (field->message_type() != nullptr) {
      if (const SealPlan* const child = Of(field->message_type()))
        plan.children_.push_back({field, child});
    } else if (field->name() == "name" && IsText(*field)) {
      plan.name_ = field;
    }
  }
  DIALTONE_CHECK(plan.personal_.empty() || plan.sealed_ != nullptr,
                 type->full_name() + " has personal fields, but no field to seal them in");
  return &plan;
}

// At any depth; a type within itself tells nothing new.
bool SealBook::HasPersonal(const Descriptor* type) {
  const auto [known, is_new] = personal_.emplace(type, false);
  if (!is_new) return known->second;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const bool here = field->options().GetExtension(type::v1::personal);
    if (here || (field->message_type() != nullptr && HasPersonal(field->message_type())))
      return personal_[type] = true;
  }
  return false;
}

}  // namespace dialtone::vault
