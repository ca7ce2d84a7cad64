#include "table/statement.h"

#include "table/refusals.h"

namespace messina::table {

Result<StatementSchema> Store::describe(const std::string& /*text*/) {
    return fail(no_statements());
}

Result<std::unique_ptr<Table>> Store::open_statement(const StatementSpec& /*spec*/) {
    return fail(no_statements());
}

}  // namespace messina::table
