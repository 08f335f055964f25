// The state machine of an emergency address: domain.md 5.2, 5.3, 12.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "controlplane/domain/emergency/decide.h"
#include "tests/golden/diagrams.h"
#include "tests/golden/explorer.h"

namespace dialtone::golden {
namespace {

using emergency::kDecide;
using emergency::v1::Address;
using emergency::v1::CompleteValidationRequest;
using testing::Story;

const Address* TheAddress(const Story& story) {
  const auto& addresses = story.organization().emergency.addresses;
  return addresses.size() == 0 ? nullptr : &addresses.begin()->second;
}

std::string StateOf(const Story& story) {
  const Address* const address = TheAddress(story);
  return address == nullptr ? kGone : Address::State_Name(address->state());
}

template <class Request>
Request Of(const Story& story) {
  Request request;
  request.set_name(TheAddress(story)->name());
  return request;
}

void Create(Story& story) {
  emergency::v1::CreateAddressRequest request;
  request.set_parent(std::string(testing::kContoso));
  request.mutable_civic()->set_country("US");
  request.mutable_civic()->set_city("Seattle");
  request.mutable_civic()->set_company("Contoso");
  story.When(request, kDecide).ThenOk();
}

void Accept(Story& story) {
  auto request = Of<CompleteValidationRequest>(story);
  request.mutable_accepted();
  story.When(request, kDecide);
}

void Correct(Story& story) {
  auto request = Of<CompleteValidationRequest>(story);
  *request.mutable_correction() = TheAddress(story)->civic();
  story.When(request, kDecide);
}

void Reject(Story& story) {
  auto request = Of<CompleteValidationRequest>(story);
  request.set_rejection("No such street.");
  story.When(request, kDecide);
}

TEST(AddressStates, AreThoseOfTheDiagram) {
  using namespace emergency::v1;
  StateMachine machine;
  machine.begin = Create;
  machine.state = StateOf;
  machine.detail = StateOf;
  machine.moves = {
      {"ValidateAddress",
       [](Story& story) { story.When(Of<ValidateAddressRequest>(story), kDecide); }},
      {"CompleteValidation (accepted)", Accept},
      {"CompleteValidation (corrected)", Correct},
      {"CompleteValidation (rejected)", Reject},
      {"AcceptCorrection",
       [](Story& story) { story.When(Of<AcceptCorrectionRequest>(story), kDecide); }},
      {"DeleteAddress", [](Story& story) { story.When(Of<DeleteAddressRequest>(story), kDecide); }},
  };
  const Explored explored = Explore(machine);
  EXPECT_EQ(explored.States().size(), 6U) << "the five of the enum, and gone";
  EXPECT_EQ(explored.MovesOf("VALIDATED"), std::set<std::string>{"DeleteAddress"});
  ExpectDiagram("emergency", ToMermaid(explored));
}

}  // namespace
}  // namespace dialtone::golden
