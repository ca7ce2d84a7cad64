#include "plan/stores.h"

#include <fmt/core.h>

#include "base/check.h"
#include "base/nearest.h"

namespace messina::plan {

void Stores::add(std::string name, std::vector<table::TableSchema> tables) {
    stores_[std::move(name)] = Declared{std::move(tables), nullptr, {}};
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
    const auto found = stores_.find(name.store);
    MESSINA_CHECK(found != stores_.end(), "a resolved table's store is declared");
    for (const table::TableSchema& schema : found->second.tables)
        if (schema.name == name.table) return schema;
    MESSINA_CHECK(false, "a resolved table is declared");
}

table::Store& Stores::store(const std::string& name) const {
    const auto found = stores_.find(name);
    MESSINA_CHECK(found != stores_.end() && found->second.store != nullptr, "the store is open");
    return *found->second.store;
}

Result<std::unique_ptr<table::Table>> Stores::open_table(const TableName& name) const {
    return store(name.store).open_table(name.table);
}

Result<std::unique_ptr<table::Table>> Stores::open_table(const TableName& name,
                                                         engine::WorkerContext& worker) const {
    const auto found = stores_.find(name.store);
    MESSINA_CHECK(found != stores_.end(), "a resolved table's store is declared");
    if (!found->second.make_store) return open_table(name);
    MESSINA_TRY(CqlDriver * driver, CqlDriver::of(worker));
    MESSINA_TRY(table::Store * store, driver->store(name.store, found->second.make_store));
    return store->open_table(name.table);
}

std::vector<std::string> Stores::names() const {
    std::vector<std::string> names;
    for (const auto& [name, declared] : stores_) names.push_back(name);
    return names;
}

}  // namespace messina::plan
