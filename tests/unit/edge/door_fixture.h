// What the tests of the door share: a server of purses, and what one call to it came to.
#pragma once

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "controlplane/edge/rpc/asked.h"
#include "tests/unit/edge/purse.h"

namespace dialtone::edge {

using purse::v1::AddCoinsRequest;

inline std::string NewId() { return RequestIdText(MintRequestId(engine::WallClock().Now())); }

inline AddCoinsRequest Add(std::int64_t coins, const std::string& id = "") {
  AddCoinsRequest request;
  request.set_parent("purses/p");
  request.set_coins(coins);
  request.set_request_id(id);
  return request;
}

// What one call came to.
struct Outcome {
  grpc::Status status;
  purse::v1::Purse purse;
  std::multimap<std::string, std::string> trailing;

  template <class Detail>
  std::optional<Detail> Find() const {
    google::rpc::Status details;
    details.ParseFromString(status.error_details());
    Detail found;
    for (const auto& any : details.details()) {
      if (any.UnpackTo(&found)) return found;
    }
    return std::nullopt;
  }
  std::string reason() const {
    const auto info = Find<google::rpc::ErrorInfo>();
    return info ? info->reason() : "";
  }
  std::string Trailing(const std::string& key) const {
    const auto found = trailing.find(key);
    return found == trailing.end() ? "" : found->second;
  }
};

using Prepare = std::function<void(grpc::ClientContext&)>;
template <class Request>
using PurseMethod = grpc::Status (purse::v1::PurseService::Stub::*)(grpc::ClientContext*,
                                                                    const Request&,
                                                                    purse::v1::Purse*);

template <class Request>
Outcome CallOf(purse::PurseServer& server, PurseMethod<Request> method, const Request& request,
               const Prepare& prepare) {
  grpc::ClientContext context;
  prepare(context);
  Outcome outcome;
  outcome.status = (server.stub().*method)(&context, request, &outcome.purse);
  for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
    outcome.trailing.emplace(std::string(key.data(), key.size()),
                             std::string(value.data(), value.size()));
  }
  return outcome;
}

class DoorTest : public testing::Test {
 protected:
  template <class Request>
  Outcome Call(
      PurseMethod<Request> method, const Request& request, const Prepare& prepare = [](auto&) {}) {
    return CallOf(server_, method, request, prepare);
  }
  Outcome Ask(
      const AddCoinsRequest& request, const Prepare& prepare = [](auto&) {}) {
    return Call(&purse::v1::PurseService::Stub::AddCoins, request, prepare);
  }

  purse::PurseServer server_;
};

}  // namespace dialtone::edge
