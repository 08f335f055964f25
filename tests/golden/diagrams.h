// Diagrams that stand in the README of a slice, and are made from the code:
//   DIALTONE_DIAGRAMS=write build/dev/bin/golden_tests --gtest_filter='*States*'
#pragma once

#include <string>

namespace dialtone::golden {

// The one block ```mermaid of controlplane/domain/{slice}/README.md is this.
void ExpectDiagram(const std::string& slice, const std::string& mermaid);

}  // namespace dialtone::golden
