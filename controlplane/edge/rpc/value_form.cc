#include "controlplane/edge/rpc/value_form.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "controlplane/edge/rpc/format.h"
#include "dialtone/type/v1/money.pb.h"

namespace dialtone::edge {

namespace {

using google::protobuf::Duration;
using google::protobuf::Timestamp;

constexpr std::int64_t kYear1 = -62'135'596'800;
constexpr std::int64_t kYear9999 = 253'402'300'799;
constexpr std::int64_t kTenThousandYears = 315'576'000'000;
constexpr std::int32_t kNanosMax = 999'999'999;

std::string WrongTimestamp(const Timestamp& at) {
  const bool fits = at.seconds() >= kYear1 && at.seconds() <= kYear9999 && at.nanos() >= 0 &&
                    at.nanos() <= kNanosMax;
  return fits ? "" : "must be a point in time between the years 1 and 9999";
}

std::string WrongDuration(const Duration& span) {
  const bool fits =
      span.seconds() >= -kTenThousandYears && span.seconds() <= kTenThousandYears &&
      span.nanos() >= -kNanosMax && span.nanos() <= kNanosMax &&
      (span.seconds() == 0 || span.nanos() == 0 || (span.seconds() < 0) == (span.nanos() < 0));
  return fits ? "" : "must be a span of at most 10,000 years, its parts of one sign";
}

std::string WrongMoney(const type::v1::Money& money) {
  return HasFormat(money.currency_code(), type::v1::FORMAT_CURRENCY)
             ? ""
             : "must have a currency_code of three capital letters";
}

}  // namespace

bool IsValueType(const google::protobuf::Descriptor* type) {
  return type == Timestamp::descriptor() || type == Duration::descriptor() ||
         type == type::v1::Money::descriptor();
}

std::string WhatIsWrong(const google::protobuf::Message& value) {
  if (value.GetDescriptor() == Timestamp::descriptor())
    return WrongTimestamp(static_cast<const Timestamp&>(value));
  if (value.GetDescriptor() == Duration::descriptor())
    return WrongDuration(static_cast<const Duration&>(value));
  return WrongMoney(static_cast<const type::v1::Money&>(value));
}

std::int64_t Magnitude(const google::protobuf::Message& value) {
  if (value.GetDescriptor() == Timestamp::descriptor())
    return static_cast<const Timestamp&>(value).seconds();
  if (value.GetDescriptor() == Duration::descriptor())
    return static_cast<const Duration&>(value).seconds();
  return static_cast<const type::v1::Money&>(value).micros();
}

}  // namespace dialtone::edge
