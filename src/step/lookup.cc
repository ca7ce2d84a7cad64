// lookup: reads a row of a table for each record and puts its columns into a variable.
#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "step/lookup_reader.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kCache = {
    .name = "cache",
    .summary = "What a worker remembers of the table.",
    .options = {{.name = "ttl",
                 .type = config::duration(std::chrono::milliseconds(0), std::chrono::hours(24)),
                 .fallback = "5ms",
                 .doc = "How long a row that was found is taken from memory; 0ms: never. A longer "
                        "time shows older rows."},
                {.name = "negative_ttl",
                 .type = config::duration(std::chrono::milliseconds(0), std::chrono::hours(24)),
                 .doc = "The same for keys without a row; `ttl` when absent."},
                {.name = "max",
                 .type = config::size(1 << 16, 1ull << 40),
                 .fallback = "64MiB",
                 .doc = "Memory of one worker's cache."}},
};

std::vector<config::Option> lookup_options() {
    std::vector<config::Option> options = {
        {.name = "into",
         .type = config::text(),
         .is_required = true,
         .doc = "Name of the variable for the row.",
         .example = "match"},
        {.name = "table",
         .type = config::text(),
         .doc = "Table to read: store.table. This and `key`, or a statement with `cql`.",
         .example = "tracking.id_match"},
        {.name = "key",
         .type = config::expression_map(),
         .doc = "Every column of the primary key, each a CEL expression.",
         .example = "{ id_type: '\"cookie\"', id: event.cookie }"},
        {.name = "columns",
         .type = config::text_list(),
         .doc = "Columns to read; all when absent. Only those that some expression names are read.",
         .example = "[user_id]"},
        {.name = "on_miss",
         .type = config::choice({"pass", "drop", "default", "dead_letter"}),
         .fallback = "pass",
         .doc = "What becomes of a record whose row does not exist, or whose key is incomplete: "
                "it goes on without the columns, is "
                "dropped and counted, goes on with the values of `default`, or is put aside."},
        {.name = "default",
         .type = config::expression_map(),
         .doc = "Column to CEL expression, for on_miss: default.",
         .example = "{ country: '\"unknown\"' }"},
        {.name = "on_error",
         .type = config::choice({"dead_letter", "pass", "stop"}),
         .fallback = "dead_letter",
         .doc = "What becomes of a record whose row could not be read within `timeout`."},
        {.name = "timeout",
         .type = config::duration(std::chrono::milliseconds(1), std::chrono::minutes(10)),
         .fallback = "10s",
         .doc = "Time for one read, retries included. Past it `on_error` applies."},
        {.name = "order",
         .type = config::choice({"lane", "none"}),
         .fallback = "lane",
         .doc = "Whether batches leave in the order they came in (lane), or as soon as their rows "
                "are there."},
        {.name = "cache",
         .type = config::nested(kCache),
         .doc = "What is remembered of the table.",
         .example = "{ ttl: 5ms, max: 64MiB }"}};
    std::ranges::move(plan::statement_options(plan::StatementUse::Read),
                      std::back_inserter(options));
    return options;
}

const config::Section kSection = {
    .name = "lookup",
    .summary = "Reads a row of a table for each record and puts its columns into a variable.",
    .options = lookup_options(),
    .details =
        "A batch's keys are asked for together, each once, however many records wait for it; "
        "several batches may be on "
        "their way at once.",
    .example =
        "lookup: { into: match, table: tracking.id_match, key: { id: event.cookie }, columns: "
        "[user_id] }",
};

class LookupPlan final : public plan::StepPlan {
  public:
    LookupPlan(LookupSpec spec, plan::BuildContext& context)
        : spec_(std::move(spec)), context_(context) {}

    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport support) const override {
        return make_lookup(spec_, context_, support);
    }
    [[nodiscard]] std::string describe() const override {
        const std::string what = spec_.statement ? spec_.statement->describe()
                                                 : fmt::format("{} by ({})", spec_.table_text,
                                                               fmt::join(spec_.key.texts, ", "));
        return fmt::format("{} into {}, on miss {}", what, spec_.into, spec_.on_miss_text);
    }
    [[nodiscard]] size_t worker_bytes_max() const override { return spec_.cache.bytes_max; }
    [[nodiscard]] bool keeps_order() const override { return spec_.keeps_order; }

  private:
    LookupSpec spec_;
    plan::BuildContext& context_;
};

Result<std::vector<size_t>> choose_columns(const config::Options& options,
                                           const table::TableSchema& schema) {
    std::vector<size_t> chosen;
    if (!options.has("columns")) {
        for (size_t i = 0; i < schema.columns.size(); ++i) chosen.push_back(i);
        return chosen;
    }
    std::vector<std::string_view> names;
    for (const table::Column& column : schema.columns) names.push_back(column.name);
    for (const std::string& name : options.get_text_list("columns")) {
        const auto index = schema.find(name);
        if (!index)
            return fail(
                config::error_at(options.mark_of("columns"), "table.unknown_column",
                                 fmt::format("table {} has no column '{}'", schema.name, name),
                                 did_you_mean(name, names)));
        chosen.push_back(*index);
    }
    return chosen;
}

/// `spec.columns` are chosen. Of a statement that no cluster was asked of nothing is known.
TypeRef row_type(const LookupSpec& spec, const table::TableSchema& schema) {
    if (spec.statement && !spec.statement->is_described) return Type::dynamic();
    std::vector<Type::Field> fields;
    for (const size_t index : spec.columns) {
        Type type = *cql::to_data_type(schema.columns[index].type);
        type.is_nullable = true;  // any column of a row may be unset
        fields.push_back({schema.columns[index].name, std::make_shared<Type>(std::move(type))});
    }
    return Type::record(std::move(fields));
}

Result<void> read_defaults(LookupSpec& spec, const config::Options& options,
                           const table::TableSchema& schema, plan::BuildContext& context) {
    const bool wants_default = options.get_text("on_miss") == "default";
    if (wants_default != options.has("default"))
        return fail(config::error_at(options.mark(), "lookup.default",
                                     wants_default
                                         ? "on_miss: default needs `default:` with the values"
                                         : "`default:` is used only with on_miss: default"));
    const bool is_known = !spec.statement || spec.statement->is_described;
    if (!wants_default) return {};
    for (const auto& [column, expression] : options.get_expression_map("default")) {
        const auto found = std::ranges::find_if(
            spec.columns, [&](size_t index) { return schema.columns[index].name == column; });
        if (found == spec.columns.end() && is_known)
            return fail(config::error_at(
                expression.mark, "table.unknown_column",
                fmt::format("'{}' is not among the columns of this look-up", column)));
        MESSINA_TRY(auto program, context.compile(expression));
        spec.defaults.push_back(
            {static_cast<size_t>(found - spec.columns.begin()), std::move(program)});
    }
    return {};
}

/// The table with its key, or the statement with its binds.
Result<void> read_target(LookupSpec& spec, const config::Options& options,
                         plan::BuildContext& context) {
    MESSINA_TRY(const bool is_statement, plan::names_statement(options, {"columns"}));
    if (is_statement) {
        MESSINA_TRY(spec.statement,
                    plan::StatementPlan::make(options, plan::StatementUse::Read, context));
        spec.table_text = spec.statement->table_text();
        spec.key = std::move(spec.statement->binds);
        return {};
    }
    spec.table_text = options.get_text("table");
    Result<plan::TableName> table = context.stores().resolve(spec.table_text);
    if (!table)
        return fail(config::error_at(options.mark_of("table"), table.error().code,
                                     table.error().message, table.error().hint,
                                     spec.table_text.size()));
    spec.table = *table;
    const table::TableSchema& schema = context.stores().schema(spec.table);
    MESSINA_TRY(spec.key, plan::KeyPlan::make(schema, options.get_expression_map("key"),
                                              options.mark_of("key"), context));
    return {};
}

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    LookupSpec spec;
    spec.name = std::move(name);
    spec.into = options.get_text("into");
    MESSINA_TRY_VOID(read_target(spec, options, context));
    const table::TableSchema& schema = spec.row_schema(context.stores());
    MESSINA_TRY(spec.columns, choose_columns(options, schema));
    MESSINA_TRY_VOID(read_defaults(spec, options, schema, context));
    MESSINA_TRY_VOID(context.declare(spec.into, row_type(spec, schema), options.mark_of("into")));

    spec.on_miss_text = options.get_text("on_miss");
    spec.on_miss = spec.on_miss_text == "drop"          ? OnMiss::Drop
                   : spec.on_miss_text == "default"     ? OnMiss::Default
                   : spec.on_miss_text == "dead_letter" ? OnMiss::DeadLetter
                                                        : OnMiss::Pass;
    const std::string& on_error = options.get_text("on_error");
    spec.on_error = on_error == "pass"   ? OnError::Pass
                    : on_error == "stop" ? OnError::Stop
                                         : OnError::DeadLetter;
    spec.timeout = options.get_duration("timeout");
    spec.keeps_order = options.get_text("order") == "lane";
    if (options.has("cache")) {
        const config::Options& cache = options.get_nested("cache");
        spec.cache.bytes_max = cache.get_size("max");
        spec.cache.ttl = cache.get_duration("ttl");
        spec.cache.negative_ttl =
            cache.has("negative_ttl") ? cache.get_duration("negative_ttl") : spec.cache.ttl;
    }
    return std::make_unique<LookupPlan>(std::move(spec), context);
}

}  // namespace

const plan::StepKind kLookup = {&kSection, build};

}  // namespace messina::step
