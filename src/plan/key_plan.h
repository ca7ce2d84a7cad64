// From expressions to encoded primary keys: what look-ups and writes share.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plan/build_context.h"
#include "table/store.h"

namespace messina::plan {

/// One expression for each key column, in key order. Immutable; shared by the workers.
struct KeyPlan {
    std::vector<std::unique_ptr<cel::Program>> columns;
    std::vector<std::string> texts;  // of the expressions, for messages
    std::vector<std::string> names;  // of the columns

    /// `given` maps column to expression; every key column must be there and nothing else.
    static Result<KeyPlan> make(
        const table::TableSchema& schema,
        const std::vector<std::pair<std::string, config::ExpressionText>>& given,
        const config::Mark& mark, BuildContext& context);
};

enum class KeyState : uint8_t {
    Encoded,
    Incomplete,  // a part is absent or null: no row can have this key
    Failed,      // `error` says why
};

/// Encodes keys of rows; one for each worker.
class KeyBuilder {
  public:
    static Result<KeyBuilder> make(const KeyPlan& plan, const table::TableSchema& schema);
    /// Appends the row's key to `out`.
    KeyState append(Batch& batch, RowIndex row, Buffer& out, Error& error);

  private:
    KeyBuilder(const KeyPlan& plan, table::KeyEncoder encoder);
    const KeyPlan* plan_;
    table::KeyEncoder encoder_;
    std::vector<Value> values_;
};

}  // namespace messina::plan
