// Some people set up: created, licensed, given their numbers, with as few requests as that takes.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/cli/people_file.h"
#include "clients/cli/set_up_journal.h"
#include "clients/cli/set_up_report.h"
#include "clients/cpp/client.h"

namespace dialtone::clients::cli {

// `organization` is a whole name.
using RowResults = tl::expected<std::vector<RowResult>, Failure>;

// What became of each of the chunk's rows. A row that is refused is none of the others' matter, and
// takes no further step. What is there already as the row wants it is no refusal. The error: the
// chunk is not done, for a reason that is not of its rows; under the same chunk it can be asked
// again.
RowResults SetUpRows(const People& people, const Chunk& chunk, const std::string& organization,
                     Client& client);

// What a dry run can tell of the same rows: whether they could be created. Changes nothing.
RowResults TryRows(const People& people, const Chunk& chunk, const std::string& organization,
                   Client& client);

// The request ids are not known any more, or were used for something else: others are needed.
bool NeedsNewIds(const Failure& failure);
// It was too much for one request.
bool IsTooMuch(const Failure& failure);
// As the report has it.
RowResult RefusedAt(const std::string& step, const Failure& failure);

}  // namespace dialtone::clients::cli
