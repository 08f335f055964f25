// CatalogService's answers: from a request and the policy alone, so that a test, a dry run and the
// server give the same.
#pragma once

#include <tl/expected.hpp>

#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/policy/v1/catalog_service.pb.h"

namespace dialtone::policy {

template <class Reply>
using Answer = tl::expected<Reply, Rejection>;

// REQUIRES: the request keeps the rules of its fields. `now` decides where it names no date.
Answer<v1::Country> Get(const v1::GetCountryRequest& request, const Policy& policy, Timestamp now);
Answer<v1::ListCountriesResponse> List(const v1::ListCountriesRequest& request,
                                       const Policy& policy, Timestamp now);
Answer<v1::ListCitiesResponse> List(const v1::ListCitiesRequest& request, const Policy& policy,
                                    Timestamp now);
Answer<v1::ListSkusResponse> List(const v1::ListSkusRequest& request, const Policy& policy,
                                  Timestamp now);
Answer<v1::ListLimitsResponse> List(const v1::ListLimitsRequest& request, const Policy& policy,
                                    Timestamp now);
Answer<v1::ListNumberRangesResponse> List(const v1::ListNumberRangesRequest& request,
                                          const Policy& policy, Timestamp now);

}  // namespace dialtone::policy
