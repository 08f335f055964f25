#include "controlplane/kernel/e164.h"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

TEST(E164, KeepsWhatItRead) {
  const auto number = E164::Parse("+12065550100");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->text(), "+12065550100");
  EXPECT_EQ(number->block(), 1'206'555U);
  EXPECT_EQ(number->place(), 100U);
}

TEST(E164, SaysWhatIsWrong) {
  EXPECT_EQ(E164::Parse("12065550100").error(), "must begin with +");
  EXPECT_EQ(E164::Parse("").error(), "must begin with +");
  EXPECT_EQ(E164::Parse("+1206555-100").error(), "must have nothing but digits after the +");
  EXPECT_EQ(E164::Parse("+120655").error(), "must have 7 to 15 digits");
  EXPECT_EQ(E164::Parse("+1234567890123456").error(), "must have 7 to 15 digits");
  EXPECT_EQ(E164::Parse("+0206555010").error(),
            "must begin with a country code, and none begins with 0");
}

}  // namespace
}  // namespace dialtone
