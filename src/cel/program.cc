// compile(): text → tree → names → types → nodes.
#include <cstddef>

#include <fmt/core.h>

#include "cel/cel.h"
#include "cel/checker.h"
#include "cel/names.h"
#include "cel/parser.h"
#include "cel/planner.h"
#include "cel/utf8.h"

namespace messina::cel {
namespace {

class CompiledProgram final : public Program {
  public:
    CompiledProgram(std::unique_ptr<Arena> memory, Plan plan, uint32_t local_count, TypeRef type)
        : Program(plan.root->slot()),
          memory_(std::move(memory)),
          root_(std::move(plan.root)),
          local_count_(local_count),
          reads_(plan.reads.begin(), plan.reads.end()),
          result_type_(std::move(type)) {}

    Value evaluate(EvalContext& ctx) const override {
        // Not initialised, which would cost more than most expressions: locals are written before
        // they are read.
        alignas(Value) std::byte few[kFewLocals * sizeof(Value)];
        Frame frame{ctx.slots, ctx.arena, ctx.cost_max, reinterpret_cast<Value*>(few)};
        if (local_count_ > kFewLocals) [[unlikely]]
            frame.locals = ctx.arena.make_array<Value>(local_count_);
        const Value result = root_->evaluate(frame);
        // The budget is spent whatever && and || made of the error.
        return frame.is_exhausted ? Frame::exhausted() : result;
    }
    const std::vector<SlotIndex>& reads() const override { return reads_; }
    const TypeRef& result_type() const override { return result_type_; }
    const Value* constant() const override { return root_->constant(); }

  private:
    static constexpr uint32_t kFewLocals = 8;

    /// Constants, names and messages of the nodes.
    std::unique_ptr<Arena> memory_;
    NodePtr root_;
    uint32_t local_count_;
    std::vector<SlotIndex> reads_;
    TypeRef result_type_;
};

Result<void> check_text(const Source& source, const CompileOptions& options) {
    const std::string_view text = source.text();
    if (text.size() > options.text_bytes_max)
        return fail(ErrorClass::Misconfigured, "cel.too_long",
                    fmt::format("the expression has {} bytes, {} are allowed", text.size(),
                                options.text_bytes_max),
                    "split it into several");
    if (const size_t at = find_malformed_utf8(text); at != std::string_view::npos)
        return source.fail(static_cast<Offset>(at), "cel.syntax", "the text is not UTF-8");
    return {};
}

Result<TypeRef> type_of(Ast& ast, const Source& source, const Environment& environment,
                        const CompileOptions& options) {
    if (!options.is_checked) return Type::dynamic();
    TypePool types;
    MESSINA_TRY(const CheckType* type, check_types(ast, source, environment, types));
    return to_data_type(*type);
}

}  // namespace

void Environment::declare(std::string name, TypeRef type) {
    for (auto& [known, known_type] : variables_)
        if (known == name) {
            known_type = std::move(type);
            return;
        }
    variables_.emplace_back(std::move(name), std::move(type));
}

const TypeRef* Environment::find(std::string_view name) const {
    for (const auto& [known, type] : variables_)
        if (known == name) return &type;
    return nullptr;
}

std::vector<std::string_view> Environment::names() const {
    std::vector<std::string_view> names;
    for (const auto& [name, type] : variables_) names.push_back(name);
    return names;
}

Result<std::unique_ptr<Program>> compile(std::string_view text, const Environment& environment,
                                         const SlotResolver& resolver,
                                         const CompileOptions& options) {
    constexpr size_t block_bytes = 4096;
    const Source source(text);
    MESSINA_TRY_VOID(check_text(source, options));
    auto memory = std::make_unique<Arena>(block_bytes);
    MESSINA_TRY(const std::unique_ptr<Ast> ast, parse(source, options.depth_max, *memory));
    MESSINA_TRY(const uint32_t local_count, resolve_names(*ast, source, environment, options));
    MESSINA_TRY(TypeRef type, type_of(*ast, source, environment, options));
    MESSINA_TRY(Plan made, plan(*ast, source, resolver, *memory));
    return std::make_unique<CompiledProgram>(std::move(memory), std::move(made), local_count,
                                             std::move(type));
}

}  // namespace messina::cel
