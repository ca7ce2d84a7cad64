// The stores that a pipeline file declares, by name, and the tables in them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plan/cql_driver.h"
#include "table/statement.h"

namespace messina::plan {

/// A table as the file names it: "tracking.id_match", or "id_match" when there is one store.
struct TableName {
    std::string store;
    std::string table;
};

class Stores {
  public:
    /// `no_statements`: why it runs no statements of CQL; empty when it does.
    void add(std::string name, std::vector<table::TableSchema> tables, std::string no_statements);
    /// Connects a declared store to its implementation; needed before anything runs, not for
    /// checking.
    void open(const std::string& name, std::unique_ptr<table::Store> store);
    /// The same for a store of which each worker has its own.
    void open(const std::string& name, CqlDriver::MakeStore make_store);

    /// Finds a table by the text of a `table:` option. Errors carry the nearest known name.
    [[nodiscard]] Result<TableName> resolve(std::string_view text) const;
    [[nodiscard]] const table::TableSchema& schema(const TableName& name) const;

    /// Tells what statements of a declared store bind and give: while pipelines are built.
    using Describe = std::function<Result<table::StatementSchema>(const std::string& text)>;
    void describe_with(const std::string& name, Describe describe);
    /// Ends that; what was described stays.
    void forget_descriptions();
    /// Finds the store that runs a statement; an empty name means the only one.
    [[nodiscard]] Result<std::string> resolve_statement_store(std::string_view name) const;
    [[nodiscard]] bool can_describe(const std::string& store) const;
    [[nodiscard]] Result<table::StatementSchema> describe(const std::string& store,
                                                          const std::string& text) const;
    /// For the worker's steps and sinks, as open_table().
    [[nodiscard]] Result<std::unique_ptr<table::Table>> open_statement(
        const std::string& store, const table::StatementSpec& spec,
        engine::WorkerContext& worker) const;

    /// For the worker's steps and sinks: control thread, before it starts.
    [[nodiscard]] Result<std::unique_ptr<table::Table>> open_table(
        const TableName& name, engine::WorkerContext& worker) const;
    /// Of a store that the workers share.
    [[nodiscard]] Result<std::unique_ptr<table::Table>> open_table(const TableName& name) const;
    [[nodiscard]] table::Store& store(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> names() const;

  private:
    struct Declared {
        std::vector<table::TableSchema> tables;
        std::string no_statements;
        std::unique_ptr<table::Store> store = nullptr;
        CqlDriver::MakeStore make_store = {};
        Describe describe = {};
    };
    [[nodiscard]] const Declared& declared(const std::string& name) const;
    [[nodiscard]] Result<table::Store*> store_of(const std::string& name,
                                                 engine::WorkerContext& worker) const;
    std::map<std::string, Declared, std::less<>> stores_;
};

}  // namespace messina::plan
