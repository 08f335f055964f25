#include "controlplane/edge/telemetry/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace dialtone::telemetry {

namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

void Log(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
  if (!spdlog::should_log(level)) return;
  spdlog::log(level, "\"message\":{}{}", Quoted(message), FieldsText(fields));
}

}  // namespace

void SetUpLog(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("dialtone",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})",
                      spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

void LogInfo(std::string_view message, LogFields fields) {
  Log(spdlog::level::info, message, fields);
}
void LogWarning(std::string_view message, LogFields fields) {
  Log(spdlog::level::warn, message, fields);
}

void LogError(std::string_view message, LogFields fields) {
  Log(spdlog::level::err, message, fields);
}

std::string FieldsText(LogFields fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += "," + Quoted(name) + ":" + Quoted(value);
  return text;
}

}  // namespace dialtone::telemetry
