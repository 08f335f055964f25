// Structured logs: one JSON object a line on stderr. A message is a fixed text; what varies goes
// into fields. Never personal data, never a line for each call.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dialtone::telemetry {

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

// Once, before the first line: `debug`, `info`, `warn` or `error` is the least that is shown.
void SetUpLog(const std::string& level);

void LogInfo(std::string_view message, LogFields fields = {});
void LogWarning(std::string_view message, LogFields fields = {});
void LogError(std::string_view message, LogFields fields = {});

// The fields as they stand in a line: `,"folder":"/var/lib/dialtone"`.
std::string FieldsText(LogFields fields);

}  // namespace dialtone::telemetry
