// A statement of the user's own as a table (statement.h), for one worker.
#pragma once

#include <memory>

#include "table/cql/cql_table.h"
#include "table/statement.h"

namespace messina::table {

/// Prepares it, for what the cluster says of its binds and columns; works on the session's loop.
Result<StatementSchema> describe_statement(CqlContext& context, const std::string& text);

std::unique_ptr<Table> make_statement_table(std::shared_ptr<CqlContext> context,
                                            StatementSpec spec);

}  // namespace messina::table
