// What an organization decides about a number beside who has it: domain.md 3.4, 3.6.
#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "controlplane/domain/inventory/change.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/quota.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

// By their letters in one case, ASCII alone: what else is a letter's other case, languages dispute.
using Tags = std::map<std::string, std::string>;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

template <class Texts>
Tags TagsOf(const Texts& texts) {
  Tags tags;
  for (const std::string& text : texts) tags.emplace(LowerCase(Trimmed(text)), Trimmed(text));
  return tags;
}

// UTF-8: each byte that does not go on with a character begins one.
std::uint64_t Characters(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Number WithTags(const Number& number, const Tags& tags) {
  Number tagged = number;
  tagged.clear_tags();
  for (const auto& [key, tag] : tags) tagged.add_tags(tag);
  return tagged;
}

// What changes nothing is no event.
Decision<Number> TaggedAs(const Number& number, const Tags& tags, const Organization& organization,
                          const Context& context) {
  if (tags.size() == static_cast<std::size_t>(number.tags_size()))
    return Replied(ShownNow(number, organization, context));
  return Changed<NumberTagsChanged>(WithTags(number, tags), organization, context);
}

}  // namespace

// For what nobody has; the newer block takes the place of the older.
Verdict<Number> Decide(const BlockNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());
  const auto days_max = context.policy().number_lifecycle().block_days_max();

  Rules rules = context.rules();
  rules
      .Require(request.days() <= days_max, BLOCK_TOO_LONG, Named{"days", request.days()},
               Named{"max", days_max})
      .Require(number->assignee().empty(), NUMBER_IN_USE, Named{"number", number->e164()},
               Named{"assignee", number->assignee()});
  if (!rules) return rules.refusal();

  Number blocked = *number;
  AssignmentBlock& block = *blocked.mutable_assignment_block();
  block.Clear();
  block.set_cause(AssignmentBlock::BY_HAND);
  block.set_reason(request.reason());
  *block.mutable_start_time() = ToProto(context.now());
  if (request.days() > 0)
    *block.mutable_end_time() = ToProto(context.now() + Duration::Days(request.days()));
  return Changed<NumberBlocked>(std::move(blocked), organization, context);
}

Verdict<Number> Decide(const UnblockNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());

  Rules rules = context.rules();
  rules.Require(BlockAt(*number, context.now()) != nullptr, NUMBER_NOT_BLOCKED,
                Named{"number", number->e164()});
  if (!rules) return rules.refusal();

  Number unblocked = *number;
  unblocked.clear_assignment_block();
  return Changed<NumberUnblocked>(std::move(unblocked), organization, context);
}

Verdict<NumberSettings> Decide(const SetNumberSettingsRequest& request,
                               const Organization& organization, Context& context) {
  const auto days_max = context.policy().number_lifecycle().block_days_max();

  Rules rules = context.rules();
  rules.Require(request.cooling_off_days() <= days_max, BLOCK_TOO_LONG,
                Named{"days", request.cooling_off_days()}, Named{"max", days_max});
  if (!rules) return rules.refusal();

  NumberSettingsChanged changed;
  NumberSettings& settings = *changed.mutable_settings();
  settings.set_name(organizations::OrganizationName(organization.organizations) +
                    "/numberSettings");
  settings.set_cooling_off_days(request.cooling_off_days());
  return Replied(changed.settings(), changed);
}

// 50 characters a tag, 50 tags a number: domain.md 3.6.
Verdict<Number> Decide(const TagNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());
  const auto& limits = context.policy().number_lifecycle();
  const Tags added = TagsOf(request.tags());
  Tags tags = TagsOf(number->tags());
  tags.insert(added.begin(), added.end());
  const auto wrong = std::find_if(added.begin(), added.end(), [&](const auto& tag) {
    return tag.second.empty() || Characters(tag.second) > limits.tag_characters_max();
  });
  const std::string text = wrong == added.end() ? "" : wrong->second;

  Rules rules = context.rules();
  rules
      .Require(wrong == added.end(), TAG_LENGTH_WRONG, Named{"tag", text},
               Named{"characters", Characters(text)}, Named{"max", limits.tag_characters_max()})
      .Require(tags.size() <= limits.tags_max(), TOO_MANY_TAGS, Named{"tags", tags.size()},
               Named{"max", limits.tags_max()});
  if (!rules) return rules.refusal();

  return TaggedAs(*number, tags, organization, context);
}

Verdict<Number> Decide(const UntagNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());
  Tags tags = TagsOf(number->tags());
  for (const auto& [key, tag] : TagsOf(request.tags())) tags.erase(key);
  return TaggedAs(*number, tags, organization, context);
}

// Toll-free numbers stay what they are; ported ones are of no quota: domain.md 2.6, 3.6.
Verdict<Number> Decide(const ChangeNumberUseRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());
  const NumberType type = request.type();
  const std::string country = CountryOf(*number, context.policy());
  const bool is_sold = IsSold(type, country, context.policy(), context.now());
  const auto quota = NumberQuota(type, organization.licensing, context.policy());
  const auto counted = NumbersCounted(organization.inventory, type);
  const std::uint64_t asked = number->source() == Number::STOCK ? 1 : 0;
  const PortProgress port = PortOf(*number, organization.porting);

  Rules rules = context.rules();
  rules
      .Require(number->type() != TOLL_FREE && type != TOLL_FREE, NUMBER_USE_FIXED,
               Named{"number", number->e164()}, Named{"type", number->type()}, Named{"asked", type})
      .Require(number->type() != type, NUMBER_USE_UNCHANGED, Named{"number", number->e164()},
               Named{"type", type})
      .Require(is_sold, NUMBERS_NOT_SOLD, Named{"type", type}, Named{"country", country})
      .Require(counted + asked <= quota || asked == 0, QUOTA_EXCEEDED, Named{"quota", quota},
               Named{"held", counted}, Named{"asked", asked})
      .Require(number->assignee().empty(), NUMBER_IN_USE, Named{"number", number->e164()},
               Named{"assignee", number->assignee()})
      .Require(port == PortProgress::kNone, NUMBER_PORT_UNDER_WAY, Named{"number", number->e164()},
               Named{"port_order", number->hold()})
      .Require(number->port_out().empty(), NUMBER_LEAVING, Named{"number", number->e164()},
               Named{"port_out", number->port_out()});
  if (!rules) return rules.refusal();

  NumberUseChanged changed;
  *changed.mutable_number() = *number;
  changed.mutable_number()->set_type(type);
  changed.set_former(number->type());
  return Replied(ShownNow(changed.number(), organization, context), changed);
}

}  // namespace dialtone::inventory
