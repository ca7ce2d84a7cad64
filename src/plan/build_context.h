// What steps and endpoints are built with: the names an expression may use, the slots behind them,
// the changes made to the event, and the tables. One BuildContext serves one pipeline, step after
// step in file order, so that each sees what those before it declared.
//
// Threads: one, while the pipeline is built; afterwards everything here is read-only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cel/cel.h"
#include "config/option.h"
#include "data/batch.h"
#include "data/slots.h"
#include "plan/stores.h"

namespace messina::plan {

class BuildContext {
  public:
    /// `event_type`: what is known of the input; Type::dynamic() when nothing is.
    BuildContext(Stores& stores, TypeRef event_type);

    /// Compiles an expression with the names declared so far. Errors name the place in the file.
    Result<std::unique_ptr<cel::Program>> compile(const config::ExpressionText& expression);
    /// Makes `name` a variable for the steps that follow.
    Result<void> declare(const std::string& name, TypeRef type, const config::Mark& mark);

    /// The slot that holds event.path from here on, written by a step; the output will carry the
    /// change.
    SlotIndex write_event(const Path& path);
    /// Slots whose value depends on `written` (its ancestors and descendants): call when the layout
    /// is complete.
    [[nodiscard]] std::vector<SlotIndex> relatives_of(SlotIndex written) const;

    /// A slot an expression reads; decoders fill those of `event`.
    SlotIndex read(std::string_view variable, const Path& path);
    [[nodiscard]] bool is_read(SlotIndex slot) const;

    [[nodiscard]] SlotLayout& layout() { return layout_; }
    [[nodiscard]] const SlotLayout& layout() const { return layout_; }
    /// The changes of all steps so far, folded: paths are distinct and none leads to another.
    [[nodiscard]] const std::vector<Edit>& edits() const { return edits_; }
    [[nodiscard]] Stores& stores() { return stores_; }
    [[nodiscard]] const cel::Environment& environment() const { return environment_; }
    /// Type of event.path as far as known, with what steps wrote.
    [[nodiscard]] TypeRef type_of_edit(const Path& path) const;
    /// Expressions compiled from here on know the field by it; null: it is removed.
    void set_type_of_edit(const Path& path, TypeRef type);

  private:
    Stores& stores_;
    cel::Environment environment_;
    SlotLayout layout_;
    std::vector<bool> is_read_;
    std::vector<Edit> edits_;
    std::vector<std::pair<Path, TypeRef>> edit_types_;
};

/// "user.id" → [user, id], as `set` and `unset` name fields; quoted parts may hold anything:
/// user."first name".
Result<Path> parse_field_path(std::string_view text);

/// The value of `program` for one row.
inline Value evaluate(const cel::Program& program, Batch& batch, RowIndex row) {
    if (const SlotIndex slot = program.plain_slot(); slot != kNoSlot) return batch.slots(row)[slot];
    cel::EvalContext context{batch.slots(row), batch.arena};
    return program.evaluate(context);
}

/// The failure of a row whose expression ended in an error.
Error expression_error(const Value& error, std::string_view expression);

}  // namespace messina::plan
