// Policies with other limits, so that a story can come to an end of them.
#pragma once

#include <memory>
#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/policy/loader.h"

namespace dialtone::testing {

// The built-in one after `change` has had its message.
template <class Change>
std::shared_ptr<const policy::Policy> PolicyWith(Change change) {
  policy::v1::Policy proto = policy::BuiltIn()->proto();
  change(proto);
  auto compiled = policy::Compile(std::move(proto));
  DIALTONE_CHECK(compiled.has_value(), compiled.error());
  return *compiled;
}

}  // namespace dialtone::testing
