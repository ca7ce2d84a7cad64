// The stores that a pipeline file declares, by name, and the tables in them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plan/cql_driver.h"
#include "table/store.h"

namespace messina::plan {

/// A table as the file names it: "tracking.id_match", or "id_match" when there is one store.
struct TableName {
    std::string store;
    std::string table;
};

class Stores {
  public:
    void add(std::string name, std::vector<table::TableSchema> tables);
    /// Connects a declared store to its implementation; needed before anything runs, not for
    /// checking.
    void open(const std::string& name, std::unique_ptr<table::Store> store);
    /// The same for a store of which each worker has its own.
    void open(const std::string& name, CqlDriver::MakeStore make_store);

    /// Finds a table by the text of a `table:` option. Errors carry the nearest known name.
    [[nodiscard]] Result<TableName> resolve(std::string_view text) const;
    [[nodiscard]] const table::TableSchema& schema(const TableName& name) const;
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
        std::unique_ptr<table::Store> store;
        CqlDriver::MakeStore make_store;
    };
    std::map<std::string, Declared, std::less<>> stores_;
};

}  // namespace messina::plan
