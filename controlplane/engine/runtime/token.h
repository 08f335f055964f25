// How fresh an answer is, as text: what a command's caller hands to a query so as to see its own
// writes.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/engine/ledger/record.h"
#include "controlplane/kernel/position.h"

namespace dialtone::engine {

// The positions that a reader must have seen to see what the command did: its own, and those of
// what led to it.
using Token = std::vector<Position>;

// For the metadata `dialtone-consistency-token`: a ConsistencyToken in URL-safe base64.
std::string EncodeToken(const ClusterId& cluster, const Token& token);
// The error is a sentence: no token at all, or one of another cluster.
tl::expected<Token, std::string> DecodeToken(std::string_view text, const ClusterId& cluster);

}  // namespace dialtone::engine
