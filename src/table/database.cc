#include "table/database.h"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/options_util.h>

#include "cql/bytes.h"
#include "table/catalog.h"
#include "table/database_keys.h"
#include "table/record_merge.h"
#include "table/rocks_options.h"

namespace messina::table {
namespace {

constexpr std::string_view kInMemory = ":memory:";

/// "t7": families are named by number because a table's name may hold anything.
std::string family_name(uint16_t number) {
    return fmt::format("t{}", number);
}

Error open_error(const rocksdb::Status& status, const std::string& path) {
    Error error = to_error(status, fmt::format("open {}", path));
    const bool is_locked = error.message.find("lock") != std::string::npos;
    if (status.IsIOError() && is_locked) {
        error.error_class = ErrorClass::Misconfigured;
        error.code = "table.locked";
        error.hint = "another process has the directory open; give each its own";
    } else if (status.IsIOError() && !status.IsNoSpace()) {
        error.error_class = ErrorClass::Misconfigured;
        error.code = "table.open";
        error.hint = "check that the path is a directory that may be written";
    }
    return error;
}

}  // namespace

Error to_error(const rocksdb::Status& status, std::string_view what) {
    std::string message = fmt::format("{}: {}", what, status.ToString());
    if (status.IsCorruption())
        return {ErrorClass::Fatal, "table.corrupt", std::move(message),
                "restore the directory from a copy, or fill the table anew"};
    if (status.IsInvalidArgument() || status.IsNotSupported())
        return {ErrorClass::Fatal, "table.rocksdb", std::move(message), ""};
    return {ErrorClass::Transient, "table.io", std::move(message),
            status.IsNoSpace() ? "free some disk space" : ""};
}

Database::Database(const EmbeddedOptions& options, Clock& clock)
    : options_(options), clock_(clock), row_cache_(row_cache_bytes(options)) {}

Database::~Database() {
    if (rocks_ == nullptr) return;
    rocksdb::CancelAllBackgroundWork(rocks_.get(), true);
    for (rocksdb::ColumnFamilyHandle* family : families_) rocks_->DestroyColumnFamilyHandle(family);
    rocks_->Close();
}

Result<std::shared_ptr<Database>> Database::open(const EmbeddedOptions& options) {
    for (const TableSchema& schema : options.tables) MESSINA_TRY_VOID(check_schema(schema));
    Clock& clock = options.clock != nullptr ? *options.clock : system_clock();
    std::shared_ptr<Database> database(new Database(options, clock));
    MESSINA_TRY_VOID(database->open_rocks());
    for (const TableSchema& schema : options.tables) MESSINA_TRY_VOID(database->open_table(schema));
    database->collect_garbage();
    return database;
}

Result<void> Database::open_rocks() {
    rocksdb::DBOptions options = rocks_options(options_);
    family_options_ = family_options(options_, clock_);
    std::string path = options_.path;
    if (path == kInMemory) {
        env_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
        options.env = env_.get();
        path = "/memory";
    } else {
        std::error_code error;
        std::filesystem::create_directories(path, error);
        if (error)
            return fail(ErrorClass::Misconfigured, "table.open",
                        fmt::format("create {}: {}", path, error.message()),
                        "check that the path is a directory that may be written");
    }
    std::vector<std::string> names;
    if (!rocksdb::DB::ListColumnFamilies(options, path, &names).ok())
        names = {rocksdb::kDefaultColumnFamilyName};
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
        families.emplace_back(name, name == rocksdb::kDefaultColumnFamilyName
                                        ? rocksdb::ColumnFamilyOptions()
                                        : family_options_);
    rocksdb::DB* rocks = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, path, families, &families_, &rocks);
    rocks_.reset(rocks);
    if (!status.ok()) return fail(open_error(status, options_.path));
    return {};
}

Result<void> Database::open_table(const TableSchema& schema) {
    const std::string catalog_key = keys::catalog(schema.name);
    std::string bytes;
    rocksdb::Status status = rocks_->Get({}, catalog_key, &bytes);
    if (!status.ok() && !status.IsNotFound())
        return fail(to_error(status, fmt::format("open table {}", schema.name)));
    CatalogTable stored;
    if (status.ok()) {
        auto decoded = CatalogTable::decode(bytes);
        if (!decoded)
            return fail(ErrorClass::Fatal, "table.corrupt",
                        fmt::format("table {}: its stored definition is malformed", schema.name));
        stored = std::move(*decoded);
    } else {
        // Numbers are never used twice, also when a crash left a family without definition.
        stored.number = static_cast<uint16_t>(families_.size());
        while (std::ranges::any_of(families_, [&](rocksdb::ColumnFamilyHandle* family) {
            return family->GetName() == family_name(stored.number);
        }))
            ++stored.number;
    }
    MESSINA_TRY(const CatalogTable table, reconcile(schema, stored));

    auto opened = std::make_unique<StoredTable>(schema, table.number, table.column_numbers(schema));
    for (rocksdb::ColumnFamilyHandle* family : families_)
        if (family->GetName() == family_name(table.number)) opened->family = family;
    if (opened->family == nullptr) {
        status =
            rocks_->CreateColumnFamily(family_options_, family_name(table.number), &opened->family);
        if (!status.ok()) return fail(to_error(status, "create table " + schema.name));
        families_.push_back(opened->family);
    }
    if (table != stored) {
        rocksdb::WriteOptions synced;
        synced.sync = true;
        status = rocks_->Put(synced, catalog_key, table.encode());
        if (!status.ok()) return fail(to_error(status, "create table " + schema.name));
    }
    opened->has_heads = rocks_->Get({}, keys::has_heads(table.number), &bytes).ok();
    tables_.push_back(std::move(opened));
    return {};
}

StoredTable* Database::find(std::string_view name) const {
    for (const auto& table : tables_)
        if (table->schema.name == name) return table.get();
    return nullptr;
}

uint32_t Database::now_seconds() const {
    return seconds_of(clock_.now());
}

Result<void> Database::commit(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = options_.sync == Sync::Machine;
    const std::shared_lock lock(head_mutex_);
    const rocksdb::Status status = rocks_->Write(options, &batch);
    if (status.ok()) return {};
    // After an error of the disk RocksDB refuses all writes until it is told to go on.
    if (status.IsIOError()) rocks_->Resume().PermitUncheckedError();
    return fail(to_error(status, "write"));
}

Result<void> Database::sync() {
    const rocksdb::Status status = rocks_->FlushWAL(true);
    if (!status.ok()) return fail(to_error(status, "sync"));
    return {};
}

}  // namespace messina::table
