// What a cluster has in a keyspace, and whether it is what a pipeline file says.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "cql/session.h"
#include "table/store.h"

namespace messina::table {

/// The tables of a keyspace, by name; works on the session's loop. Columns of types that Messina
/// does not know are left out. A keyspace that is not there is Misconfigured.
Result<std::vector<TableSchema>> read_tables(cql::Session& session, std::string_view keyspace);

/// Its user defined types, those first that others have fields of.
Result<std::vector<cql::Type>> read_types(cql::Session& session, std::string_view keyspace);

/// Whether `there`, the tables of the keyspace, have all that `wanted` names. Misconfigured
/// otherwise, with the statements that would mend it as hint.
Result<void> check_tables(const std::vector<TableSchema>& wanted,
                          const std::vector<TableSchema>& there, std::string_view keyspace);

}  // namespace messina::table
