#include "controlplane/server/catalog_service.h"

#include <utility>

#include "controlplane/policy/catalog.h"

namespace dialtone::server {

namespace {

// The policy's answer, moved into the RPC's reply.
constexpr auto kGet = [](const auto& request, const policy::Policy& policy, Timestamp now) {
  return policy::Get(request, policy, now);
};
constexpr auto kList = [](const auto& request, const policy::Policy& policy, Timestamp now) {
  return policy::List(request, policy, now);
};

template <class Ask>
auto From(const policy::Policy& policy, const engine::Clock& clock, Ask ask) {
  return [&policy, &clock, ask](const auto& request, auto& reply) -> tl::expected<void, Rejection> {
    auto answer = ask(request, policy, clock.Now());
    if (!answer) return tl::unexpected<Rejection>(std::move(answer.error()));
    reply = std::move(*answer);
    return {};
  };
}

}  // namespace

using namespace policy::v1;  // NOLINT(google-build-using-namespace): the requests by their names
using edge::Rpc;
using Reactor = grpc::ServerUnaryReactor;

Reactor* CatalogService::GetCountry(Rpc* rpc, const GetCountryRequest* request, Country* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kGet));
}
Reactor* CatalogService::ListCountries(Rpc* rpc, const ListCountriesRequest* request,
                                       ListCountriesResponse* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kList));
}
Reactor* CatalogService::ListCities(Rpc* rpc, const ListCitiesRequest* request,
                                    ListCitiesResponse* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kList));
}
Reactor* CatalogService::ListSkus(Rpc* rpc, const ListSkusRequest* request,
                                  ListSkusResponse* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kList));
}
Reactor* CatalogService::ListLimits(Rpc* rpc, const ListLimitsRequest* request,
                                    ListLimitsResponse* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kList));
}
Reactor* CatalogService::ListNumberRanges(Rpc* rpc, const ListNumberRangesRequest* request,
                                          ListNumberRangesResponse* reply) {
  return door_.Answer(rpc, *request, reply, From(policy_, clock_, kList));
}

}  // namespace dialtone::server
