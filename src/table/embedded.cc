#include "table/embedded.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/nearest.h"
#include "table/database.h"
#include "table/embedded_table.h"

namespace messina::table {
namespace {

class EmbeddedStore final : public Store {
  public:
    explicit EmbeddedStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

    Result<std::unique_ptr<Table>> open_table(std::string_view name) override {
        StoredTable* table = database_->find(name);
        if (table != nullptr) return std::make_unique<EmbeddedTable>(database_, *table);
        std::vector<std::string_view> names;
        for (const auto& known : database_->tables()) names.emplace_back(known->schema.name);
        return fail(ErrorClass::Misconfigured, "table.unknown",
                    fmt::format("there is no table '{}'", name), did_you_mean(name, names));
    }

    [[nodiscard]] std::vector<TableSchema> tables() const override {
        std::vector<TableSchema> schemas;
        for (const auto& table : database_->tables()) schemas.push_back(table->schema);
        return schemas;
    }

    Result<void> sync() override { return database_->sync(); }

  private:
    std::shared_ptr<Database> database_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_embedded(const EmbeddedOptions& options) {
    MESSINA_TRY(std::shared_ptr<Database> database, Database::open(options));
    return std::make_unique<EmbeddedStore>(std::move(database));
}

}  // namespace messina::table
