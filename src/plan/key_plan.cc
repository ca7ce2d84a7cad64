#include "plan/key_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"

namespace messina::plan {

Result<KeyPlan> KeyPlan::make(
    const table::TableSchema& schema,
    const std::vector<std::pair<std::string, config::ExpressionText>>& given,
    const config::Mark& mark, BuildContext& context) {
    const size_t key_count = schema.partition_key_count() + schema.clustering_key_count();
    std::vector<std::string_view> key_names;
    for (size_t i = 0; i < key_count; ++i) key_names.push_back(schema.columns[i].name);
    for (const auto& [name, expression] : given)
        if (std::ranges::find(key_names, name) == key_names.end())
            return fail(
                config::error_at(expression.mark, "table.not_a_key_column",
                                 fmt::format("'{}' is no key column of {}", name, schema.name),
                                 did_you_mean(name, key_names)));
    KeyPlan plan;
    for (const std::string_view name : key_names) {
        const auto found = std::ranges::find(
            given, name, [](const auto& entry) -> std::string_view { return entry.first; });
        if (found == given.end())
            return fail(config::error_at(
                mark, "table.key_incomplete",
                fmt::format("the key of {} needs '{}' too", schema.name, name),
                fmt::format("its primary key is ({})", fmt::join(key_names, ", "))));
        MESSINA_TRY(auto program, context.compile(found->second));
        plan.columns.push_back(std::move(program));
        plan.texts.push_back(found->second.text);
        plan.names.emplace_back(name);
    }
    return plan;
}

KeyBuilder::KeyBuilder(const KeyPlan& plan, table::KeyEncoder encoder)
    : plan_(&plan), encoder_(std::move(encoder)), values_(plan.columns.size()) {}

Result<KeyBuilder> KeyBuilder::make(const KeyPlan& plan, const table::TableSchema& schema) {
    MESSINA_TRY(auto encoder, table::KeyEncoder::make(schema, plan.columns.size()));
    return KeyBuilder(plan, std::move(encoder));
}

KeyState KeyBuilder::append(Batch& batch, RowIndex row, Buffer& out, Error& error) {
    for (size_t i = 0; i < plan_->columns.size(); ++i) {
        values_[i] = evaluate(*plan_->columns[i], batch, row);
        if (!values_[i].has_content()) return KeyState::Incomplete;
        if (values_[i].is(Kind::Error)) {
            error = expression_error(values_[i], plan_->texts[i]);
            return KeyState::Failed;
        }
    }
    if (Result<void> encoded = encoder_.encode(values_, out); !encoded) [[unlikely]] {
        error = std::move(encoded.error());
        return KeyState::Failed;
    }
    return KeyState::Encoded;
}

}  // namespace messina::plan
