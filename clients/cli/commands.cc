#include "clients/cli/commands.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <tuple>
#include <utility>

#include "clients/cli/fields.h"
#include "clients/cpp/methods.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;

struct NiceName {
  std::string_view method;
  std::string_view noun;
  std::string_view verb;
  std::string_view help;
};

// Only where the method's own name would not do.
constexpr std::array kNiceNames = std::to_array<NiceName>({
    {"AdminService.AdvanceClock", "clock", "advance", "Move a simulated clock forward"},
    {"AdminService.CreateCheckpoint", "server", "checkpoint", "Write all rows to disk"},
    {"AdminService.Drain", "server", "drain", "Answer what was taken in, then stop"},
    {"AdminService.GetStatus", "server", "status", "How the server is, and what it is"},
    {"AdminService.ListPartitions", "cluster", "status", "Who owns what, as the server sees it"},
    {"BillingService.FundCredits", "credits", "fund", "Buy prepaid credits"},
    {"BillingService.ConsumeCredits", "credits", "consume", "Spend credits"},
    {"BillingService.GetCreditAccount", "credits", "balance", "What is left, held and spent"},
    {"BillingService.ListStatementLines", "credits", "statement", "Every change of the balance"},
    {"BillingService.RecordUsage", "usage", "record", "Record calls, from a CSV or JSONL file"},
    {"CarrierService.AcceptOrder", "carrier", "accept", "The losing carrier takes an order"},
    {"CarrierService.CompleteNumber", "carrier", "complete-number", "A number has moved"},
    {"CarrierService.ConfirmFirmOrderCommitment", "carrier", "confirm-foc", "Set the day"},
    {"CarrierService.FailNumber", "carrier", "fail-number", "A number could not be moved"},
    {"CarrierService.RejectOrder", "carrier", "reject", "Refuse an order, with the reason"},
    {"CarrierService.CompletePortOut", "carrier", "complete-port-out", "Numbers are gone"},
    {"CarrierService.RequestPortOut", "carrier", "request-port-out", "Ask for numbers to go"},
    {"CarrierService.WatchPortOuts", "carrier", "watch-port-outs", "Numbers that are to go"},
    {"CarrierService.WithdrawPortOut", "carrier", "withdraw-port-out", "Ask for them no more"},
    {"CarrierService.WatchOrders", "carrier", "watch", "Orders that wait, and those to come"},
    {"CatalogService.ListNumberRanges", "number-range", "list", "Numbers for trying things out"},
    {"EmergencyService.AssignEmergencyAddress", "emergency", "assign", "Say where help is sent"},
    {"EmergencyService.LocateCaller", "emergency", "locate", "Where help is sent for a caller"},
    {"EmergencyService.AcceptDisclaimer", "emergency", "accept-disclaimer", "Agree to its limits"},
    {"EmergencyService.AcceptCorrection", "address", "accept-correction", "Take the correction"},
    {"AddressAuthorityService.WatchValidations", "authority", "watch", "Addresses that wait"},
    {"AddressAuthorityService.CompleteValidation", "authority", "complete",
     "Answer for an address"},
    {"InventoryService.BatchAssignNumbers", "number", "batch-assign", "Each row with its result"},
    {"InventoryService.BlockNumber", "number", "block", "Nobody gets it, for days or for good"},
    {"InventoryService.ChangeNumberUse", "number", "change-use", "From user to service, or back"},
    {"InventoryService.ExplainQuota", "quota", "explain", "Why so many numbers and no more"},
    {"InventoryService.GetNumberSettings", "number-settings", "get", "What holds for all numbers"},
    {"InventoryService.ParseNumbers", "number", "parse", "What pasted numbers and ranges say"},
    {"InventoryService.SetNumberSettings", "number-settings", "set",
     "For how long numbers cool off"},
    {"PortingService.AttachLetterOfAuthorization", "port-order", "attach-loa", "Attach the LOA"},
    {"PortingService.CheckPortability", "portability", "check", "Can these numbers be ported?"},
    {"PortingService.GetPortOutRequest", "port-out", "get", "One request of another carrier"},
    {"PortingService.ListPortOutRequests", "port-out", "list", "What other carriers ask for"},
    {"PortingService.RejectPortOut", "port-out", "reject", "Keep the numbers"},
    {"PortingService.ReleasePortOut", "port-out", "release", "Let the numbers go"},
    {"PaymentService.WatchPayments", "payment", "watch", "Payments that wait, and those to come"},
    {"ProvisioningService.WatchActivations", "activation", "watch", "Numbers that wait for you"},
    {"ProvisioningService.CompleteActivation", "activation", "complete", "A number works"},
    {"ProvisioningService.FailActivation", "activation", "fail", "A number does not work"},
});

constexpr std::array kDestructive =
    std::to_array<std::string_view>({"cancel", "delete", "drain", "release", "remove", "reset",
                                     "skip", "suspend", "unassign", "void", "withdraw"});

struct Columns {
  std::string_view type;
  std::string_view paths;
};

// Short tables for resources with many fields. All others show their first fields.
constexpr std::array kColumns = std::to_array<Columns>({
    {"dialtone.admin.v1.Partition", "partition,role,owner,term,position,lag,stop_reason"},
    {"dialtone.inventory.v1.Number",
     "e164,type,state,area.country,area.city,source,assignee,location,activation.state"},
    {"dialtone.inventory.v1.Reservation", "name,type,numbers,expire_time"},
    {"dialtone.policy.v1.Country",
     "name,features.country,features.phone_system,features.calling_plan,"
     "features.audio_conferencing,features.toll,features.toll_free,"
     "features.communications_credits,valid_until"},
    {"dialtone.policy.v1.CatalogSku", "sku.sku,sku.display_name,price,sku.kind,sku.prerequisites"},
    {"dialtone.policy.v1.NumberRange", "first,last,number_class,iso,region,city"},
    {"dialtone.emergency.v1.Address",
     "name,state,civic.house_number,civic.street,civic.city,civic.region,civic.country"},
    {"dialtone.emergency.v1.LocateCallerResponse",
     "number.e164,number.assignee,location.name,location.description,address.civic.house_number,"
     "address.civic.street,address.civic.city,address.civic.region,address.civic.postal_code"},
    {"dialtone.billing.v1.Payment", "name,amount,state,purpose,reference"},
    {"dialtone.billing.v1.StatementLine", "time,kind,amount,available,balance,resource,calls"},
    {"dialtone.billing.v1.CreditAccount", "available,held,funded,consumed,expired"},
    {"dialtone.billing.v1.UsageBatchResult",
     "first_sequence,recorded,repeated_before,refused,refusals,charged,done_through"},
    {"dialtone.porting.v1.PortOrder",
     "name,state,type,numbers,requested_date,transfer_time,rejection"},
    {"dialtone.porting.v1.PortOutRequest",
     "name,state,gaining_carrier,numbers,answer_due_date,cause"},
    {"dialtone.porting.v1.PortProject",
     "name,state,display_name,port_orders,requested_date,allowed_actions"},
});

constexpr std::size_t kColumnsMax = 7;

std::string Singular(std::string word) {
  static const std::set<std::string> kPlurals = {"credits", "status"};
  if (kPlurals.contains(word)) return word;
  const auto ends = [&](std::string_view end) {
    return word.size() > end.size() &&
           std::string_view(word).substr(word.size() - end.size()) == end;
  };
  if (ends("ies")) return word.substr(0, word.size() - 3) + "y";
  if (ends("sses")) return word.substr(0, word.size() - 2);
  return ends("s") && !ends("ss") ? word.substr(0, word.size() - 1) : word;
}

// ReserveNumbers → {reserve, number}; BatchCreateUsers → {batch-create, user}.
std::pair<std::string, std::string> VerbAndNoun(const MethodDescriptor& method) {
  std::vector<std::string> words;
  for (const char c : method.name()) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) words.emplace_back();
    words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  std::size_t verb_words = words.front() == "batch" ? 2 : 1;
  verb_words = std::min(verb_words, words.size());
  const std::string verb = absl::StrJoin(words.begin(), words.begin() + verb_words, "-");
  if (words.size() == verb_words) {  // Drain: of its service
    std::string service = method.service()->name();
    service = service.substr(0, service.rfind("Service"));
    std::transform(service.begin(), service.end(), service.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return {verb, service};
  }
  words.back() = Singular(words.back());
  return {verb, absl::StrJoin(words.begin() + verb_words, words.end(), "-")};
}

Command CommandOf(const MethodDescriptor& method) {
  const std::string name = method.service()->name() + "." + method.name();
  const auto nice = std::find_if(kNiceNames.begin(), kNiceNames.end(),
                                 [&](const NiceName& one) { return one.method == name; });
  if (nice != kNiceNames.end())
    return {std::string(nice->noun), std::string(nice->verb), &method, std::string(nice->help)};
  auto [verb, noun] = VerbAndNoun(method);
  return {std::move(noun), std::move(verb), &method, ""};
}

const Columns* FindColumns(const Descriptor& resource) {
  const auto* const found = std::find_if(kColumns.begin(), kColumns.end(), [&](const Columns& one) {
    return one.type == resource.full_name();
  });
  return found == kColumns.end() ? nullptr : found;
}

}  // namespace

const std::vector<Command>& AllCommands() {
  static const auto& commands = *[] {
    auto* const all = new std::vector<Command>;
    for (const MethodDescriptor* const method : LinkedMethods()) all->push_back(CommandOf(*method));
    std::sort(all->begin(), all->end(), [](const Command& a, const Command& b) {
      return std::tie(a.noun, a.verb) < std::tie(b.noun, b.verb);
    });
    return all;
  }();
  return commands;
}

std::vector<std::string_view> NicelyNamedMethods() {
  std::vector<std::string_view> methods;
  for (const NiceName& one : kNiceNames) methods.push_back(one.method);
  return methods;
}

const Command* FindCommand(std::string_view noun, std::string_view verb) {
  const auto& all = AllCommands();
  const std::string singular = Singular(std::string(noun));
  const auto found = std::find_if(all.begin(), all.end(), [&](const Command& one) {
    return (one.noun == noun || one.noun == singular) && one.verb == verb;
  });
  return found == all.end() ? nullptr : &*found;
}

// By the word that says what is done: batch-release is as release.
bool IsDestructive(const Command& command) {
  constexpr std::string_view kBatch = "batch-";
  std::string_view verb = command.verb;
  if (verb.substr(0, kBatch.size()) == kBatch) verb.remove_prefix(kBatch.size());
  const std::string_view first = verb.substr(0, verb.find('-'));
  return std::find(kDestructive.begin(), kDestructive.end(), first) != kDestructive.end();
}

std::vector<std::string> WideColumnsOf(const Descriptor& resource) {
  std::vector<std::string> paths;
  for (const LeafField& leaf : LeavesOf(resource)) {
    const std::string& name = leaf.path.back()->name();
    if (name != "etag" && name != "hold") paths.push_back(leaf.text());
  }
  return paths;
}

bool HasShortTable(const Descriptor& resource) { return FindColumns(resource) != nullptr; }

std::vector<std::string> ColumnsOf(const Descriptor& resource) {
  const Columns* const found = FindColumns(resource);
  if (found == nullptr) {
    std::vector<std::string> paths = WideColumnsOf(resource);
    if (paths.size() > kColumnsMax) paths.resize(kColumnsMax);
    return paths;
  }
  std::vector<std::string> paths;
  const absl::string_view listed(found->paths.data(), found->paths.size());
  for (const auto part : absl::StrSplit(listed, ',')) {
    if (FindLeaf(resource, std::string(part))) paths.emplace_back(part);
  }
  return paths;
}

}  // namespace dialtone::clients::cli
