// Makers of what stories about port orders are told with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/rules.h"
#include "controlplane/policy/loader.h"
#include "tests/support/story.h"

namespace dialtone::testing {

// A story begins on Saturday, 1 December 2018: five business days later is Friday the 7th.
inline constexpr std::string_view kEarliest = "2018-12-07";

inline std::string NoHash(std::string_view purpose, std::string_view text) {
  return std::string(purpose) + ":" + std::string(text);
}

// As the border makes it.
inline porting::LosingAccount LosingAccount(std::string_view account,
                                            std::string_view billing_number) {
  porting::LosingAccount losing;
  losing.set_carrier("Fourth Coffee Telecom");
  losing.set_account_number(std::string(account));
  losing.set_company("Contoso");
  losing.set_authorizer("Ann Beebe");
  losing.set_street("1 Main St");
  losing.set_city("Seattle");
  losing.set_billing_number(std::string(billing_number));
  porting::Prepare(losing, *policy::BuiltIn(), NoHash);
  return losing;
}

// A full port of user numbers, the first of which is the account's billing number.
inline porting::CreatePortOrderRequest PortIn(const std::vector<std::string>& numbers,
                                              std::string_view account = "4711",
                                              std::string_view organization = "contoso") {
  porting::CreatePortOrderRequest request;
  request.set_parent("organizations/" + std::string(organization));
  request.set_country("US");
  request.set_type(porting::SUBSCRIBER);
  request.set_extent(porting::FULL);
  for (const std::string& number : numbers) request.add_numbers(number);
  *request.mutable_losing_account() =
      LosingAccount(account, numbers.empty() ? "+12065550100" : numbers.front());
  request.set_requested_date(std::string(kEarliest));
  return request;
}

template <class Request>
Request Of(const porting::PortOrder& order) {
  Request request;
  request.set_name(order.name());
  return request;
}

inline porting::AttachLetterOfAuthorizationRequest Sign(const porting::PortOrder& order,
                                                        std::string_view signer = "Ann Beebe") {
  auto request = Of<porting::AttachLetterOfAuthorizationRequest>(order);
  request.set_reference("loa/4711.pdf");
  request.set_sha256(std::string(32, 'h'));
  request.set_signature_key(porting::SignatureKey(signer, NoHash));
  return request;
}

inline porting::SubmitPortOrderRequest Submit(const porting::PortOrder& order) {
  return Of<porting::SubmitPortOrderRequest>(order);
}

// The carrier's answers are to the order as it is here.
inline porting::AcceptOrderRequest Accept(const porting::PortOrder& order) {
  auto request = Of<porting::AcceptOrderRequest>(order);
  request.set_etag(order.etag());
  return request;
}

inline porting::ConfirmFirmOrderCommitmentRequest Confirm(const porting::PortOrder& order,
                                                          Timestamp at) {
  auto request = Of<porting::ConfirmFirmOrderCommitmentRequest>(order);
  request.set_etag(order.etag());
  *request.mutable_transfer_time() = ToProto(at);
  return request;
}

inline porting::RejectOrderRequest Reject(const porting::PortOrder& order,
                                          porting::PortRejection cause) {
  auto request = Of<porting::RejectOrderRequest>(order);
  request.set_etag(order.etag());
  request.set_rejection(cause);
  return request;
}

inline porting::CompleteNumberRequest Complete(const porting::PortOrder& order,
                                               std::string_view number) {
  auto request = Of<porting::CompleteNumberRequest>(order);
  request.set_e164(std::string(number));
  return request;
}

inline porting::FailNumberRequest Fail(const porting::PortOrder& order, std::string_view number,
                                       porting::PortRejection cause) {
  auto request = Of<porting::FailNumberRequest>(order);
  request.set_e164(std::string(number));
  request.set_rejection(cause);
  return request;
}

// A draft that is signed.
inline porting::PortOrder Drafted(Story& story, const porting::CreatePortOrderRequest& request) {
  const auto order = story.When(request, porting::kDecide).ThenReplied<porting::PortOrder>();
  return story.When(Sign(order), porting::kDecide).ThenReplied<porting::PortOrder>();
}

inline porting::PortOrder Submitted(Story& story, const porting::CreatePortOrderRequest& request) {
  const auto order = Drafted(story, request);
  return story.When(Submit(order), porting::kDecide).ThenReplied<porting::PortOrder>();
}

// The losing carrier has agreed to a transfer ten days from now.
inline porting::PortOrder Approved(Story& story, const porting::CreatePortOrderRequest& request) {
  const auto order = Submitted(story, request);
  const auto accepted =
      story.When(Accept(order), porting::kDecide).ThenReplied<porting::PortOrder>();
  return story.When(Confirm(accepted, story.now() + Duration::Days(10)), porting::kDecide)
      .ThenReplied<porting::PortOrder>();
}

// So close to the transfer that its numbers can be settled.
inline porting::PortOrder Locked(Story& story, const porting::CreatePortOrderRequest& request) {
  const auto order = Approved(story, request);
  story.Wait(Duration::Days(9));
  return *story.organization(order.name().substr(0, order.name().find("/portOrders")))
              .porting.orders.Find(order.name());
}

}  // namespace dialtone::testing
