#include "controlplane/server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <string>

namespace dialtone::server {

namespace {

bool IsPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

Reach ReachOfV4(std::uint32_t host) {
  if (host == INADDR_ANY) return Reach::kNowhere;
  return host >> 24U == 127 ? Reach::kThisMachine : Reach::kElsewhere;
}

Reach ReachOfV6(const in6_addr& host) {
  if (IN6_IS_ADDR_UNSPECIFIED(&host)) return Reach::kNowhere;
  return IN6_IS_ADDR_LOOPBACK(&host) ? Reach::kThisMachine : Reach::kElsewhere;
}

}  // namespace

Reach ReachOf(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos || !IsPort(address.substr(colon + 1))) return Reach::kNowhere;
  std::string_view host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "*" || host == "0") return Reach::kNowhere;
  if (host == "localhost") return Reach::kThisMachine;
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ReachOfV4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return ReachOfV6(v6);
  return Reach::kElsewhere;
}

}  // namespace dialtone::server
