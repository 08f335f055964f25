#include "clients/simulators/activation.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <utility>

#include "dialtone/inventory/v1/provisioning_service.pb.h"

namespace dialtone::clients::simulators {

namespace {

using namespace inventory::v1;  // NOLINT(google-build-using-namespace): the requests by their names

constexpr char kNeverAnswered[] = "0197";
constexpr char kFails[] = "0198";

bool IsPending(const Activation& activation) {
  return activation.state() == Activation::ASSIGNMENT_PENDING ||
         activation.state() == Activation::UPDATE_PENDING;
}

template <class Request>
Plan Answer(const Number& number, Request request, const char* what) {
  request.set_name(number.name());
  request.set_etag(number.activation().etag());
  return {{{absl::StrCat(number.name(), "\n", number.activation().etag(), "\n", what),
            FromProto(number.activation().request_time()),
            std::make_shared<Request>(std::move(request)), absl::StrCat(what, " ", number.e164())}},
          std::nullopt};
}

}  // namespace

Plan PlanFor(const Number& number) {
  if (!IsPending(number.activation()) || absl::EndsWith(number.e164(), kNeverAnswered)) return {};
  if (!absl::EndsWith(number.e164(), kFails))
    return Answer(number, CompleteActivationRequest(), "activated");
  FailActivationRequest failed;
  failed.set_problem(Activation::LOCATION_UNKNOWN);
  return Answer(number, std::move(failed), "could not activate");
}

}  // namespace dialtone::clients::simulators
