#include "plan/build_context.h"

#include <algorithm>

#include <fmt/core.h>

namespace messina::plan {
namespace {

/// `whole` with path[from…] being a `part`. Where nothing is known of a field, nothing is known of
/// what is below it.
TypeRef with_field(const TypeRef& whole, const Path& path, size_t from, const TypeRef& part) {
    if (from == path.size()) return part;
    if (whole->kind == TypeKind::Dynamic || whole->kind == TypeKind::Map) return Type::dynamic();
    std::vector<Type::Field> fields;
    if (whole->kind == TypeKind::Record) fields = whole->fields;
    const auto found = std::ranges::find(fields, path[from], &Type::Field::name);
    if (found != fields.end()) {
        found->type = with_field(found->type, path, from + 1, part);
    } else {
        fields.push_back({path[from], with_field(Type::record({}), path, from + 1, part)});
    }
    return Type::record(std::move(fields));
}

}  // namespace

BuildContext::BuildContext(Stores& stores, TypeRef event_type) : stores_(stores) {
    environment_.declare("event", std::move(event_type));
    environment_.declare(
        "meta", Type::record({
                    {"lane", Type::scalar(TypeKind::String)},
                    {"topic", Type::scalar(TypeKind::String, true)},
                    {"partition", Type::scalar(TypeKind::Int, true)},
                    {"offset", Type::scalar(TypeKind::Int)},
                    {"timestamp", Type::scalar(TypeKind::Timestamp, true)},
                    {"key", Type::dynamic()},
                    {"headers", Type::map(Type::scalar(TypeKind::String), Type::dynamic())},
                }));
}

SlotIndex BuildContext::read(std::string_view variable, const Path& path) {
    const SlotIndex slot = layout_.slot_for(variable, path);
    if (is_read_.size() <= slot) is_read_.resize(slot + 1, false);
    is_read_[slot] = true;
    return slot;
}

bool BuildContext::is_read(SlotIndex slot) const {
    return slot < is_read_.size() && is_read_[slot];
}

Result<std::unique_ptr<cel::Program>> BuildContext::compile(
    const config::ExpressionText& expression) {
    const auto resolver = [this](std::string_view variable, const Path& path) -> Result<SlotIndex> {
        return read(variable, path);
    };
    auto program = cel::compile(expression.text, environment_, resolver);
    if (!program) {
        Error error = std::move(program.error());
        return fail(config::error_at(expression.mark, error.code,
                                     "in this expression: " + error.message, std::move(error.hint),
                                     std::max<size_t>(1, expression.text.size())));
    }
    return program;
}

Result<void> BuildContext::declare(const std::string& name, TypeRef type,
                                   const config::Mark& mark) {
    if (environment_.find(name) != nullptr)
        return fail(
            config::error_at(mark, "pipeline.duplicate_variable",
                             fmt::format("'{}' is already the name of something here", name),
                             "choose another name for `into`", name.size()));
    environment_.declare(name, std::move(type));
    return {};
}

SlotIndex BuildContext::write_event(const Path& path) {
    const SlotIndex slot = layout_.slot_for("event", path);
    const bool is_inside_another =
        std::ranges::any_of(edits_, [&](const Edit& edit) { return is_prefix(edit.path, path); });
    if (is_inside_another) return slot;
    std::erase_if(edits_, [&](const Edit& edit) { return is_prefix(path, edit.path); });
    edits_.push_back({path, slot, kNoSite});
    return slot;
}

std::vector<SlotIndex> BuildContext::relatives_of(SlotIndex written) const {
    const Path& path = layout_.slot(written).path;
    std::vector<SlotIndex> relatives;
    for (const SlotIndex other : layout_.slots_of("event")) {
        const Path& other_path = layout_.slot(other).path;
        if (other != written && (is_prefix(path, other_path) || is_prefix(other_path, path)))
            relatives.push_back(other);
    }
    return relatives;
}

TypeRef BuildContext::type_of_edit(const Path& path) const {
    for (const auto& [edited, type] : edit_types_)
        if (edited == path) return type;
    return Type::dynamic();
}

void BuildContext::set_type_of_edit(const Path& path, TypeRef type) {
    std::erase_if(edit_types_, [&](const auto& known) { return known.first == path; });
    // A removed field keeps its name: asking whether it is there stays a sound question.
    if (type != nullptr)
        environment_.declare("event", with_field(*environment_.find("event"), path, 0, type));
    edit_types_.emplace_back(path, std::move(type));
}

Result<Path> parse_field_path(std::string_view text) {
    Path path;
    size_t at = 0;
    const auto broken = [&](std::string_view why) {
        return fail(ErrorClass::Misconfigured, "pipeline.field_path",
                    fmt::format("'{}' is no field path: {}", text, why),
                    "write names with dots between them: user.address.city; quote names with dots "
                    "or spaces in them");
    };
    while (true) {
        if (at < text.size() && text[at] == '"') {
            const size_t close = text.find('"', at + 1);
            if (close == std::string_view::npos) return broken("a quote is not closed");
            path.emplace_back(text.substr(at + 1, close - at - 1));
            at = close + 1;
        } else {
            const size_t dot = std::min(text.find('.', at), text.size());
            if (dot == at) return broken("a name is empty");
            path.emplace_back(text.substr(at, dot - at));
            at = dot;
        }
        if (at == text.size()) break;
        if (text[at] != '.') return broken("expected a dot after a quoted name");
        ++at;
    }
    // `set: { event.x: … }` says the same as `set: { x: … }`.
    if (path.size() > 1 && path.front() == "event") path.erase(path.begin());
    return path;
}

Error expression_error(const Value& error, std::string_view expression) {
    if (error.is(Kind::Error))
        return Error{ErrorClass::Poison, error.as_error().code,
                     fmt::format("{} (in `{}`)", error.as_error().message, expression)};
    return Error{ErrorClass::Poison, "cel.unexpected_result",
                 fmt::format("`{}` gave {} {}", expression, to_string(error.kind()),
                             to_debug_text(error, 80))};
}

}  // namespace messina::plan
