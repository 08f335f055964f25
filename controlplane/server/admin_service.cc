#include "controlplane/server/admin_service.h"

namespace dialtone::server {

using namespace admin::v1;  // NOLINT(google-build-using-namespace): the requests by their names
using edge::Rpc;
using Reactor = grpc::ServerUnaryReactor;
using Answered = tl::expected<void, Rejection>;

Reactor* AdminService::GetStatus(Rpc* rpc, const GetStatusRequest* request, ServerStatus* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto&, ServerStatus& status) -> Answered {
    host_.FillStatus(status);
    return {};
  });
}

Reactor* AdminService::ListPartitions(Rpc* rpc, const ListPartitionsRequest* request,
                                      ListPartitionsResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto&, auto& list) -> Answered {
    for (Partition& one : host_.Partitions()) *list.add_partitions() = std::move(one);
    return {};
  });
}

Reactor* AdminService::ListProjections(Rpc* rpc, const ListProjectionsRequest* request,
                                       ListProjectionsResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto&, auto& list) -> Answered {
    for (Projection& one : host_.Projections()) *list.add_projections() = std::move(one);
    return {};
  });
}

Reactor* AdminService::Drain(Rpc* rpc, const DrainRequest* request, DrainResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto&, auto&) -> Answered {
    host_.RequestDrain();
    return {};
  });
}

Reactor* AdminService::CreateCheckpoint(Rpc* rpc, const CreateCheckpointRequest* request,
                                        CreateCheckpointResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto&, auto&) -> Answered {
    host_.Checkpoint();
    return {};
  });
}

Reactor* AdminService::RebuildProjection(Rpc* rpc, const RebuildProjectionRequest* request,
                                         RebuildProjectionResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto& asked, auto&) -> Answered {
    return host_.Rebuild(asked.name().substr(asked.name().find('/') + 1));
  });
}

Reactor* AdminService::AdvanceClock(Rpc* rpc, const AdvanceClockRequest* request,
                                    AdvanceClockResponse* reply) {
  return door_.Answer(rpc, *request, reply, [this](const auto& asked, auto& told) -> Answered {
    const auto time = host_.AdvanceClock(FromProto(asked.by()));
    if (!time) return tl::unexpected<Rejection>(time.error());
    *told.mutable_time() = ToProto(*time);
    return {};
  });
}

}  // namespace dialtone::server
