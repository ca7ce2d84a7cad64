#include "plan/statement_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "cql/statement_facts.h"

namespace messina::plan {

std::vector<config::Option> statement_options(StatementUse use) {
    const bool is_read = use == StatementUse::Read;
    std::vector<config::Option> options = {
        {.name = "store",
         .type = config::text(),
         .doc = "Store of kind `cql` that runs the statement of `cql`; may be left out when there "
                "is one store.",
         .example = "tracking"},
        {.name = "cql",
         .type = config::text(),
         .doc = is_read ? "A SELECT in place of `table`, with named bind markers; the first row "
                          "that it gives is taken. It is prepared once, and checked by `messina "
                          "check --connect`."
                        : "An INSERT, UPDATE or DELETE in place of `table`, with named bind "
                          "markers. It is prepared once, and checked by `messina check --connect`. "
                          "Where it has no USING TIMESTAMP, `timestamp` holds.",
         .example = is_read ? "SELECT name, age FROM tracking.users WHERE id = :id"
                            : "UPDATE tracking.users USING TTL :ttl SET age = :age WHERE id = :id"},
        {.name = "bind",
         .type = config::expression_map(),
         .doc = is_read ? "A CEL expression for each bind marker of `cql`. Where one finds nothing "
                          "or null, the record has no row."
                        : "A CEL expression for each bind marker of `cql`. Null removes the cell; "
                          "an expression that finds nothing leaves it as it is.",
         .example =
             is_read ? "{ id: event.user_id }" : "{ ttl: 3600, age: event.age, id: event.id }"},
    };
    if (!is_read)
        options.push_back(
            {.name = "idempotent",
             .type = config::boolean(),
             .doc = "Whether the statement of `cql` may be sent twice with the effect of once. "
                    "Told from its text when absent; one that is not is refused then (conditions, "
                    "counters, additions to lists). false takes it: a write whose outcome nobody "
                    "knows goes to the dead letters instead of being sent again, and a restart "
                    "may repeat what came after the last checkpoint. true: additions to sets and "
                    "maps, which change nothing the second time."});
    return options;
}

Result<bool> names_statement(const config::Options& options,
                             std::initializer_list<std::string_view> table_options) {
    const auto refuse = [&](const config::Mark& mark, std::string message, std::string hint) {
        return fail(config::error_at(mark, "table.or_cql", std::move(message), std::move(hint)));
    };
    const std::string& section = options.section().name;
    const bool is_statement = options.is_given("cql");
    if (is_statement == options.is_given("table"))
        return refuse(is_statement ? options.mark_of("cql") : options.mark(),
                      fmt::format("{} needs {} of 'table' and 'cql'", section,
                                  is_statement ? "only one" : "one"),
                      "a table by its key: table: store.table, key: { … }; a statement: cql: "
                      "\"…\", bind: { … }");
    const auto refuse_given = [&](std::string_view name, std::string_view belongs_to) {
        return refuse(options.mark_of(name),
                      fmt::format("'{}' goes with '{}', which is not here", name, belongs_to),
                      is_statement ? "the text of the statement says it" : "");
    };
    if (is_statement) {
        if (options.is_given("key")) return refuse_given("key", "table");
        for (const std::string_view name : table_options)
            if (options.is_given(name)) return refuse_given(name, "table");
        return true;
    }
    for (const std::string_view name : {"store", "bind", "idempotent"})
        if (std::ranges::find(options.section().options, name, &config::Option::name) !=
                options.section().options.end() &&
            options.is_given(name))
            return refuse_given(name, "cql");
    if (!options.is_given("key"))
        return refuse(options.mark_of("table"), fmt::format("{} needs 'key' too", section),
                      "key: { column: expression, … }");
    return false;
}

namespace {

using Verb = cql::StatementFacts::Verb;

Result<cql::StatementFacts> read_text(const config::Options& options, StatementUse use) {
    const std::string& text = options.get_text("cql");
    const auto refuse = [&](std::string_view code, std::string message, std::string hint) {
        return fail(config::error_at(options.mark_of("cql"), code, std::move(message),
                                     std::move(hint), text.size()));
    };
    Result<cql::StatementFacts> facts = cql::read_statement(text);
    if (!facts)
        return refuse(facts.error().code, std::move(facts.error().message),
                      std::move(facts.error().hint));
    const bool is_read = facts->verb == Verb::Select;
    if (is_read != (use == StatementUse::Read))
        return refuse("cql.statement",
                      fmt::format("{} runs {}", options.section().name,
                                  is_read ? "no SELECT" : "a SELECT only"),
                      is_read ? "`lookup` reads" : "`upsert` and the sink `table` write");
    if (!is_read && !facts->repeat_hazard.empty() && !options.has("idempotent"))
        return refuse("cql.not_idempotent",
                      "the statement may do more when it is sent twice: " + facts->repeat_hazard,
                      "say `idempotent: false` to take that: what nobody knows the outcome of "
                      "goes to the dead letters then; or `idempotent: true` when a second time "
                      "changes nothing (additions to sets and maps)");
    return facts;
}

/// What is known of a statement that no cluster was asked of.
table::StatementSchema undescribed(const cql::StatementFacts& facts) {
    table::StatementSchema schema;
    for (const std::string& bind : facts.binds)
        schema.binds.columns.push_back({.name = bind, .type = {}});
    return schema;
}

Result<KeyPlan> compile_binds(const config::Options& options, const table::TableSchema& binds,
                              BuildContext& context) {
    const auto given = options.has("bind")
                           ? options.get_expression_map("bind")
                           : std::vector<std::pair<std::string, config::ExpressionText>>{};
    std::vector<std::string_view> names;
    for (const table::Column& bind : binds.columns) names.push_back(bind.name);
    for (const auto& [name, expression] : given)
        if (std::ranges::find(names, name) == names.end())
            return fail(config::error_at(expression.mark, "cql.unknown_bind",
                                         fmt::format("the statement has no bind marker :{}", name),
                                         did_you_mean(name, names)));
    KeyPlan plan;
    for (const std::string_view name : names) {
        const auto found = std::ranges::find(
            given, name, [](const auto& entry) -> std::string_view { return entry.first; });
        if (found == given.end())
            return fail(config::error_at(
                options.mark_of(options.has("bind") ? "bind" : "cql"), "cql.bind_missing",
                fmt::format("the bind marker :{} of the statement has no value", name),
                fmt::format("bind: {{ {}: expression }}", name)));
        MESSINA_TRY(auto program, context.compile(found->second));
        plan.columns.push_back(std::move(program));
        plan.texts.push_back(found->second.text);
        plan.names.emplace_back(name);
    }
    return plan;
}

}  // namespace

Result<StatementPlan> StatementPlan::make(const config::Options& options, StatementUse use,
                                          BuildContext& context) {
    StatementPlan plan;
    MESSINA_TRY(const cql::StatementFacts facts, read_text(options, use));
    const auto at_text = [&](Error error) {
        if (error.error_class != ErrorClass::Misconfigured) return fail(std::move(error));
        return fail(config::error_at(options.mark_of("cql"), error.code, std::move(error.message),
                                     std::move(error.hint)));
    };
    const std::string wanted = options.has("store") ? options.get_text("store") : std::string();
    Result<std::string> store = context.stores().resolve_statement_store(wanted);
    if (!store)
        return fail(config::error_at(options.mark_of(options.has("store") ? "store" : "cql"),
                                     store.error().code, store.error().message,
                                     store.error().hint));
    plan.store = std::move(*store);
    plan.spec.text = options.get_text("cql");
    plan.spec.is_read = use == StatementUse::Read;
    if (!plan.spec.is_read && options.has("idempotent"))
        plan.spec.is_idempotent = options.get_boolean("idempotent");
    plan.has_timestamp = facts.has_timestamp;
    plan.is_described = context.stores().can_describe(plan.store);
    if (plan.is_described) {
        auto schema = context.stores().describe(plan.store, plan.spec.text);
        if (!schema) return at_text(std::move(schema.error()));
        plan.spec.schema = std::move(*schema);
    } else {
        plan.spec.schema = undescribed(facts);
    }
    plan.spec.schema.binds.name = plan.spec.schema.results.name = facts.table;
    MESSINA_TRY(plan.binds, compile_binds(options, plan.spec.schema.binds, context));
    return plan;
}

std::string StatementPlan::describe() const {
    return fmt::format("`{}` in {}", spec.text, store);
}

}  // namespace messina::plan
