#include "plan/stores.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/nearest.h"

namespace messina::plan {

void Stores::add(std::string name, std::vector<table::TableSchema> tables,
                 std::string no_statements) {
    stores_[std::move(name)] =
        Declared{.tables = std::move(tables), .no_statements = std::move(no_statements)};
}

const Stores::Declared& Stores::declared(const std::string& name) const {
    const auto found = stores_.find(name);
    MESSINA_CHECK(found != stores_.end(), "what was resolved is declared");
    return found->second;
}

void Stores::open(const std::string& name, std::unique_ptr<table::Store> store) {
    const auto found = stores_.find(name);
    MESSINA_CHECK(found != stores_.end(), "only a declared store can be opened");
    found->second.store = std::move(store);
}

void Stores::open(const std::string& name, CqlDriver::MakeStore make_store) {
    const auto found = stores_.find(name);
    MESSINA_CHECK(found != stores_.end(), "only a declared store can be opened");
    found->second.make_store = std::move(make_store);
}

Result<TableName> Stores::resolve(std::string_view text) const {
    TableName name;
    if (const size_t dot = text.find('.'); dot != std::string_view::npos) {
        name = {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
    } else if (stores_.size() == 1) {
        name = {stores_.begin()->first, std::string(text)};
    } else {
        return fail(ErrorClass::Misconfigured, "table.unknown",
                    fmt::format("'{}' names no store", text),
                    stores_.empty() ? "declare one under `stores:`" : "write store.table");
    }
    std::vector<std::string> known;
    for (const auto& [store_name, declared] : stores_) {
        for (const table::TableSchema& schema : declared.tables) {
            if (store_name == name.store && schema.name == name.table) return name;
            known.push_back(store_name + "." + schema.name);
        }
    }
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    std::string hint = did_you_mean(name.store + "." + name.table, candidates);
    if (hint.empty()) hint = "declare it under `stores:` with its key and columns";
    return fail(ErrorClass::Misconfigured, "table.unknown",
                fmt::format("there is no table {}.{}", name.store, name.table), std::move(hint));
}

const table::TableSchema& Stores::schema(const TableName& name) const {
    for (const table::TableSchema& schema : declared(name.store).tables)
        if (schema.name == name.table) return schema;
    MESSINA_CHECK(false, "a resolved table is declared");
}

table::Store& Stores::store(const std::string& name) const {
    const Declared& found = declared(name);
    MESSINA_CHECK(found.store != nullptr, "the store is open");
    return *found.store;
}

Result<std::unique_ptr<table::Table>> Stores::open_table(const TableName& name) const {
    return store(name.store).open_table(name.table);
}

Result<std::unique_ptr<table::Table>> Stores::open_table(const TableName& name,
                                                         engine::WorkerContext& worker) const {
    MESSINA_TRY(table::Store * store, store_of(name.store, worker));
    return store->open_table(name.table);
}

Result<table::Store*> Stores::store_of(const std::string& name,
                                       engine::WorkerContext& worker) const {
    const Declared& found = declared(name);
    if (!found.make_store) return &store(name);
    MESSINA_TRY(CqlDriver * driver, CqlDriver::of(worker));
    return driver->store(name, found.make_store);
}

void Stores::describe_with(const std::string& name, Describe describe) {
    const auto found = stores_.find(name);
    MESSINA_CHECK(found != stores_.end(), "only a declared store can be asked");
    found->second.describe = std::move(describe);
}

void Stores::forget_descriptions() {
    for (auto& [name, declared] : stores_) declared.describe = {};
}

Result<std::string> Stores::resolve_statement_store(std::string_view name) const {
    std::vector<std::string_view> known;
    for (const auto& [store_name, declared] : stores_)
        if (declared.no_statements.empty()) known.emplace_back(store_name);
    if (name.empty() && stores_.size() != 1)
        return fail(
            ErrorClass::Misconfigured, "table.unknown",
            "it is not said which store runs the statement",
            stores_.empty() ? "declare one of kind `cql` under `stores:`" : "name it: store: NAME");
    const auto found = name.empty() ? stores_.begin() : stores_.find(name);
    if (found == stores_.end())
        return fail(ErrorClass::Misconfigured, "table.unknown",
                    fmt::format("there is no store '{}'", name), did_you_mean(name, known));
    if (found->second.no_statements.empty()) return found->first;
    return fail(ErrorClass::Misconfigured, "table.no_statements",
                fmt::format("store '{}' runs no statement of CQL: {}", found->first,
                            found->second.no_statements),
                "name one of its tables with `table:`, or use a store of kind `cql`");
}

bool Stores::can_describe(const std::string& store) const {
    return declared(store).describe != nullptr;
}

Result<table::StatementSchema> Stores::describe(const std::string& store,
                                                const std::string& text) const {
    return declared(store).describe(text);
}

Result<std::unique_ptr<table::Table>> Stores::open_statement(const std::string& store,
                                                             const table::StatementSpec& spec,
                                                             engine::WorkerContext& worker) const {
    MESSINA_TRY(table::Store * opened, store_of(store, worker));
    return opened->open_statement(spec);
}

std::vector<std::string> Stores::names() const {
    std::vector<std::string> names;
    for (const auto& [name, declared] : stores_) names.push_back(name);
    return names;
}

}  // namespace messina::plan
