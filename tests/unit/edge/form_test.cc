// The form check, by a message that has a field of every kind with every rule.
#include "controlplane/edge/rpc/form.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include "dialtone/purse/v1/purse_service.pb.h"

namespace dialtone::edge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

purse::v1::AllForms WellFormed(const std::string& more = "") {
  purse::v1::AllForms message;
  const std::string needed = "required_text: 'x' required_metal: METAL_GOLD by_number: 1 int32: 1 ";
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(needed, &message));
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(more, &message)) << more;
  return message;
}

const Form& FormOfAll() {
  static FormBook book;
  return book.Of(purse::v1::AllForms::descriptor());
}

std::vector<std::string> PathsOf(const purse::v1::AllForms& message) {
  std::vector<std::string> paths;
  for (const Violation& one : FormOfAll().Check(message)) paths.push_back(one.field);
  return paths;
}

struct Row {
  std::string path;
  std::string message;  // in text format
};

TEST(FormCheck, LetsPassWhatKeepsEveryRule) {
  for (const std::string text : {
           "",
           "text: 'Zoë, 東京 🎉'",
           "resource: 'organizations/contoso-1/numbers/12065550100'",
           "id: 'a-1' e164: '+12065550100' digits: '007' country: 'US' sku: 'MCOPSTN1'",
           "uuid: '0192d0f0-1111-7abc-8def-0123456789ab' email: 'ann@contoso.com' currency: 'USD'",
           "date: '2024-02-29' sip_uri: 'sip:ann@pbx.contoso.com:5061;transport=tls'",
           "time_zone: 'America/Argentina/Buenos_Aires' bytes: 'abcd' int32: -5 uint64: 9 maybe: 1",
           "metal: METAL_GOLD items { email: 'a@b.co' } texts: '12' texts: '3'",
           "loose_items { email: 'nobody looks here' }",
           "time { seconds: 1 nanos: 5 } span { seconds: 60 }",
           "money { currency_code: 'EUR' micros: 1 }",
           "secret: 'not for the caller to say'",
       }) {
    EXPECT_THAT(FormOfAll().Check(WellFormed(text)), IsEmpty()) << text;
  }
}

TEST(FormCheck, NamesTheFieldThatBreaksARule) {
  const std::vector<Row> rows = {
      {"text", "text: 'line\\nbreak'"},
      {"text", "text: 'delete\\177'"},
      {"text", "text: '" + std::string(1'025, 'x') + "'"},
      {"long_text", "long_text: '" + std::string(2'001, 'x') + "'"},
      {"required_text", "required_text: ''"},
      {"resource", "resource: 'organizations/contoso'"},
      {"resource", "resource: 'organizations/contoso/numbers/12a'"},
      {"resource", "resource: 'organizations/Contoso/numbers/12'"},
      {"resource", "resource: 'organizations//numbers/12'"},
      {"resource", "resource: 'organizations/contoso/numbers/12/'"},
      {"resource", "resource: 'users/contoso/numbers/12'"},
      {"id", "id: '-a'"},
      {"id", "id: 'a-'"},
      {"id", "id: '" + std::string(64, 'a') + "'"},
      {"e164", "e164: '12065550100'"},
      {"e164", "e164: '+02065550100'"},
      {"e164", "e164: '+123456'"},
      {"e164", "e164: '+1234567890123456'"},
      {"digits", "digits: '1 2'"},
      {"country", "country: 'us'"},
      {"country", "country: 'USA'"},
      {"uuid", "uuid: '0192d0f0-1111-7abc-8def-0123456789a'"},
      {"uuid", "uuid: '0192d0f0x1111-7abc-8def-0123456789ab'"},
      {"sku", "sku: 'mcopstn1'"},
      {"email", "email: 'ann'"},
      {"email", "email: '@contoso.com'"},
      {"email", "email: 'ann@contoso'"},
      {"email", "email: 'ann@contoso..com'"},
      {"currency", "currency: 'usd'"},
      {"date", "date: '2023-02-29'"},
      {"date", "date: '2023-13-01'"},
      {"date", "date: '2023-1-1'"},
      {"sip_uri", "sip_uri: 'http://contoso.com'"},
      {"sip_uri", "sip_uri: 'sip:@contoso.com'"},
      {"sip_uri", "sip_uri: 'sip:'"},
      {"time_zone", "time_zone: 'berlin'"},
      {"bytes", "bytes: 'abcde'"},
      {"int32", "int32: -6"},
      {"int32", "int32: 6"},
      {"uint64", "uint64: 10"},
      {"uint64", "uint64: 18446744073709551615"},
      {"maybe", "maybe: 0"},
      {"metal", "metal: 7"},
      {"required_metal", "required_metal: METAL_UNSPECIFIED"},
      {"items[1].email", "items { email: 'a@b.co' } items { email: 'a' }"},
      {"items[0].email", "items {}"},
      {"items", "items {} items {} items {} items {}"},
      {"loose_items", "loose_items {} loose_items {} loose_items {} loose_items {}"},
      {"texts[1]", "texts: '1' texts: 'x'"},
      {"time", "time { nanos: -1 }"},
      {"time", "time { seconds: 253402300800 }"},
      {"span", "span { seconds: 1 nanos: -1 }"},
      {"span", "span { seconds: 61 }"},
      {"money", "money { micros: 5 }"},
      {"money", "money { currency_code: 'USD' }"},
      {"ratio", "ratio: 1.5"},
  };
  for (const Row& row : rows)
    EXPECT_THAT(PathsOf(WellFormed(row.message)), ElementsAre(row.path)) << row.message;
}

TEST(FormCheck, TellsAllThatIsWrongAtOnceInTheOrderOfTheFields) {
  purse::v1::AllForms message;
  message.set_e164("1");
  message.add_items()->set_email("x");
  EXPECT_THAT(PathsOf(message),
              ElementsAre("required_text", "e164", "required_metal", "items[0].email", "by_name"));
}

TEST(FormCheck, TellsAHundredAtMost) {
  purse::v1::AllForms message = WellFormed();
  for (int i = 0; i < 1'000; ++i) message.add_texts("x");
  EXPECT_EQ(FormOfAll().Check(message).size(), 100U);
}

TEST(FormCheck, RefusesTextThatIsNotUtf8) {
  for (const std::string bytes :
       {"\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xC2\x85"}) {
    purse::v1::AllForms message = WellFormed();
    message.set_text(bytes);
    EXPECT_THAT(PathsOf(message), ElementsAre("text"));
  }
}

TEST(FormCheck, SaysWhatWouldBeRight) {
  const auto violations = FormOfAll().Check(WellFormed("int32: 6 resource: 'x'"));
  ASSERT_EQ(violations.size(), 2U);
  EXPECT_THAT(violations[0].description, StartsWith("must be named organizations/{organization}"));
  EXPECT_EQ(violations[1].description, "must be between -5 and 5, is 6");
}

TEST(ServerOnlyFields, AreClearedWhenTheyComeFromACaller) {
  purse::v1::AllForms message = WellFormed("secret: 'x'");
  FormOfAll().ClearServerOnly(message);
  EXPECT_TRUE(message.secret().empty());
}

TEST(ServerOnlyFields, CountSealedDataAtAnyDepth) {
  FormBook book;
  purse::v1::AddCoinsRequest request;
  request.mutable_owner()->mutable_heir()->mutable_sealed()->set_masked("forged");
  book.Of(purse::v1::AddCoinsRequest::descriptor()).ClearServerOnly(request);
  EXPECT_FALSE(request.owner().heir().has_sealed());
}

}  // namespace
}  // namespace dialtone::edge
