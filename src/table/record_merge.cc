#include "table/record_merge.h"

#include <algorithm>

#include "table/record.h"

namespace messina::table {
namespace {

/// Folds stored forms one after the other. Kept per thread: RocksDB merges on many.
class Folder {
  public:
    void begin() { sum_.clear(); }
    bool add(const rocksdb::Slice& bytes) {
        // Views of what was added stay valid: RocksDB keeps all operands until the merge is done.
        if (!decode({bytes.data(), bytes.size()}, next_)) return false;
        merge(sum_, next_, scratch_);
        return true;
    }
    void finish(std::string& out) const {
        out.clear();
        encode(sum_, out);
    }

  private:
    Record sum_;
    Record next_;
    std::vector<Cell> scratch_;
};

Folder& folder() {
    thread_local Folder one;
    return one;
}

class RecordMerge final : public rocksdb::MergeOperator {
  public:
    [[nodiscard]] const char* Name() const override { return "messina.record"; }

    bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
        if (in.existing_value == nullptr && in.operand_list.size() == 1) {
            out->existing_operand = in.operand_list.front();
            return true;
        }
        Folder& fold = folder();
        fold.begin();
        if (in.existing_value != nullptr && !fold.add(*in.existing_value)) return false;
        const bool is_good = std::ranges::all_of(
            in.operand_list, [&](const rocksdb::Slice& operand) { return fold.add(operand); });
        if (is_good) fold.finish(out->new_value);
        return is_good;
    }

    bool PartialMergeMulti(const rocksdb::Slice& /*key*/,
                           const std::deque<rocksdb::Slice>& operands, std::string* new_value,
                           rocksdb::Logger* /*logger*/) const override {
        Folder& fold = folder();
        fold.begin();
        const bool is_good = std::ranges::all_of(
            operands, [&](const rocksdb::Slice& operand) { return fold.add(operand); });
        if (is_good) fold.finish(*new_value);
        return is_good;
    }
};

/// One compaction's; used by one thread.
class RecordPurge final : public rocksdb::CompactionFilter {
  public:
    RecordPurge(uint32_t now, uint32_t grace) : now_(now), grace_(grace) {}
    [[nodiscard]] const char* Name() const override { return "messina.record_purge"; }

    /// Only whole values are touched: below a value no older one can come to light again, below a
    /// single operand it could.
    Decision FilterV2(int /*level*/, const rocksdb::Slice& /*key*/, ValueType type,
                      const rocksdb::Slice& existing, std::string* new_value,
                      std::string* /*skip_until*/) const override {
        if (type != ValueType::kValue || !decode({existing.data(), existing.size()}, record_))
            return Decision::kKeep;
        purge(record_, now_, grace_);
        if (record_.is_empty()) return Decision::kRemove;
        new_value->clear();
        encode(record_, *new_value);
        return new_value->size() == existing.size() ? Decision::kKeep : Decision::kChangeValue;
    }

  private:
    uint32_t now_;
    uint32_t grace_;
    mutable Record record_;
};

class RecordPurgeFactory final : public rocksdb::CompactionFilterFactory {
  public:
    RecordPurgeFactory(Clock& clock, std::chrono::seconds grace)
        : clock_(clock), grace_(static_cast<uint32_t>(grace.count())) {}
    [[nodiscard]] const char* Name() const override { return "messina.record_purge_factory"; }
    std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
        const rocksdb::CompactionFilter::Context& /*context*/) override {
        return std::make_unique<RecordPurge>(seconds_of(clock_.now()), grace_);
    }

  private:
    Clock& clock_;
    uint32_t grace_;
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> make_record_merge() {
    return std::make_shared<RecordMerge>();
}

std::shared_ptr<rocksdb::CompactionFilterFactory> make_record_purge(Clock& clock,
                                                                    std::chrono::seconds grace) {
    return std::make_shared<RecordPurgeFactory>(clock, grace);
}

uint32_t seconds_of(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, UINT32_MAX));
}

}  // namespace messina::table
