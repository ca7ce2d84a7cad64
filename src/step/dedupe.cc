// dedupe: lets the first record of an id pass and drops the others within a window, remembered in a
// table.
#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "base/check.h"
#include "plan/key_plan.h"
#include "step/steps.h"

namespace messina::step {
namespace {

const config::Section kSection = {
    .name = "dedupe",
    .summary = "Lets the first record of an id pass and drops the others within a window.",
    .options = {{.name = "id",
                 .type = config::expression(),
                 .is_required = true,
                 .doc = "What makes two records the same.",
                 .example = "event.event_id"},
                {.name = "window",
                 .type = config::duration(std::chrono::seconds(1), std::chrono::hours(24 * 365)),
                 .is_required = true,
                 .doc = "How long an id is remembered.",
                 .example = "1h"},
                {.name = "table",
                 .type = config::text(),
                 .is_required = true,
                 .doc = "Table that remembers: one text key column, and a text column `seen_at`.",
                 .example = "state.seen"}},
    .details =
        "The table keeps where the first record of an id stood. A record that is read again after "
        "a crash is known by its place and "
        "passes, so that nothing is lost; a record without an id passes.",
    .example = "dedupe: { id: event.event_id, window: 1h, table: state.seen }",
};

struct Spec {
    std::string name;
    std::unique_ptr<cel::Program> id;
    std::string id_text;
    std::string table_text;
    plan::TableName table;
    size_t seen_at_column = 0;
    int64_t window_seconds = 0;
};

/// One batch: reads what is known of its ids, decides, writes what is new, then goes on.
class Pass final : public table::ReadReceiver, public table::WriteReceiver {
  public:
    Pass(const Spec& spec, Batch& batch, std::function<void(Pass&)> ended)
        : spec_(spec), batch_(batch), ended_(std::move(ended)) {}

    void run(const table::KeyEncoder& encoder, table::Table& table);
    [[nodiscard]] Batch& batch() { return batch_; }
    engine::Resumption* resumption = nullptr;
    bool is_in_process = true;
    bool is_done = false;

    void on_row(size_t key, const table::RowView* row) override {
        if (row != nullptr && row->cells[0]) known_[key] = std::string(*row->cells[0]);
    }
    void on_error(size_t, const Error& error) override { error_ = error; }
    void on_end() override { decide(); }
    void on_written(size_t, const Error* error) override {
        if (error != nullptr) error_ = *error;
        if (--writes_outstanding_ == 0) finish();
    }

  private:
    [[nodiscard]] std::string place_of(RowIndex row) const {
        return fmt::format("{} {}", batch_.lane, to_text(batch_.record_of(row).position));
    }
    void decide();
    void finish();

    const Spec& spec_;
    Batch& batch_;
    std::function<void(Pass&)> ended_;
    table::Table* table_ = nullptr;
    std::vector<std::string_view> keys_;             // distinct
    std::vector<std::vector<RowIndex>> rows_;        // of each key, in order
    std::unordered_map<size_t, std::string> known_;  // place of the first record, by key
    std::vector<RowIndex> dropped_;
    size_t writes_outstanding_ = 0;
    std::optional<Error> error_;
};

void Pass::run(const table::KeyEncoder& encoder, table::Table& table) {
    table_ = &table;
    std::unordered_map<std::string_view, size_t> numbers;
    Buffer scratch;
    for (const RowIndex row : batch_.live()) {
        const Value id = plan::evaluate(*spec_.id, batch_, row);
        if (!id.has_content()) continue;
        scratch.clear();
        const std::string text =
            id.is(Kind::String) ? std::string(id.as_text()) : to_debug_text(id);
        const Value key = Value::string(text);
        Result<void> encoded = id.is(Kind::Error) ? fail(plan::expression_error(id, spec_.id_text))
                                                  : encoder.encode({&key, 1}, scratch);
        if (!encoded) {
            batch_.fail_row(row, spec_.name, std::move(encoded.error()));
            continue;
        }
        const std::string_view bytes = batch_.arena.copy(scratch.view());
        const auto [found, is_new] = numbers.try_emplace(bytes, keys_.size());
        if (is_new) {
            keys_.push_back(bytes);
            rows_.emplace_back();
        }
        rows_[found->second].push_back(row);
    }
    if (keys_.empty()) return finish();
    const size_t columns[] = {spec_.seen_at_column};
    table.read({keys_, columns}, *this);
}

/// All answers are there.
void Pass::decide() {
    std::vector<table::Mutation> mutations;
    auto* columns = batch_.arena.make<size_t>(spec_.seen_at_column);
    for (size_t key = 0; key < keys_.size(); ++key) {
        const auto known = known_.find(key);
        const RowIndex first = rows_[key].front();
        const bool is_new = known == known_.end();
        for (const RowIndex row : rows_[key]) {
            const bool passes = is_new ? row == first : known->second == place_of(row);
            if (!passes) dropped_.push_back(row);
        }
        if (!is_new) continue;
        auto* cell =
            batch_.arena.make<std::optional<std::string_view>>(batch_.arena.copy(place_of(first)));
        table::Mutation mutation;
        mutation.key = keys_[key];
        mutation.columns = {columns, 1};
        mutation.cells = {cell, 1};
        mutation.timestamp_us = batch_.record_of(first).timestamp_us;
        mutation.ttl_seconds = spec_.window_seconds;
        mutations.push_back(mutation);
    }
    if (error_ || mutations.empty()) return finish();
    writes_outstanding_ = mutations.size();
    table_->write(mutations, *this);
}

void Pass::finish() {
    if (error_) {
        // Without its memory the step cannot tell: the records are neither dropped nor let through.
        Error cause = *error_;
        cause.error_class = ErrorClass::Fatal;
        for (const auto& rows : rows_)
            for (const RowIndex row : rows) batch_.fail_row(row, spec_.name, cause);
    } else {
        std::ranges::sort(dropped_);
        batch_.dropped += dropped_.size();
        batch_.retain([this](RowIndex row) { return !std::ranges::binary_search(dropped_, row); });
    }
    is_done = true;
    if (!is_in_process) ended_(*this);
}

class Dedupe final : public engine::Step {
  public:
    Dedupe(const Spec& spec, table::KeyEncoder encoder, std::unique_ptr<table::Table> table)
        : spec_(spec), encoder_(std::move(encoder)), table_(std::move(table)) {}
    [[nodiscard]] const std::string& name() const override { return spec_.name; }

    engine::StepState process(Batch& batch, engine::Resumption& resumption) override {
        passes_.push_back(std::make_unique<Pass>(spec_, batch, [this](Pass& ended) {
            engine::Resumption& waiting = *ended.resumption;
            forget(ended);
            waiting.resume();
        }));
        Pass& pass = *passes_.back();
        pass.resumption = &resumption;
        pass.run(encoder_, *table_);
        pass.is_in_process = false;
        if (!pass.is_done) return engine::StepState::Pending;
        forget(pass);
        return engine::StepState::Ready;
    }

  private:
    void forget(Pass& pass) {
        std::erase_if(passes_, [&](const auto& other) { return other.get() == &pass; });
    }
    const Spec& spec_;
    table::KeyEncoder encoder_;
    std::unique_ptr<table::Table> table_;
    std::vector<std::unique_ptr<Pass>> passes_;
};

class DedupePlan final : public plan::StepPlan {
  public:
    DedupePlan(Spec spec, plan::BuildContext& context)
        : spec_(std::move(spec)), context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport) const override {
        MESSINA_TRY(auto encoder,
                    table::KeyEncoder::make(context_.stores().schema(spec_.table), 1));
        MESSINA_TRY(auto table, context_.stores().open_table(spec_.table));
        return std::make_unique<Dedupe>(spec_, std::move(encoder), std::move(table));
    }
    [[nodiscard]] std::string describe() const override {
        return fmt::format("first of each {} within {} s, kept in {}", spec_.id_text,
                           spec_.window_seconds, spec_.table_text);
    }

  private:
    Spec spec_;
    plan::BuildContext& context_;
};

Result<std::unique_ptr<plan::StepPlan>> build(std::string name, const config::Options& options,
                                              plan::BuildContext& context) {
    Spec spec;
    spec.name = std::move(name);
    const config::ExpressionText id = options.get_expression("id");
    MESSINA_TRY(spec.id, context.compile(id));
    spec.id_text = id.text;
    spec.table_text = options.get_text("table");
    spec.window_seconds =
        std::chrono::ceil<std::chrono::seconds>(options.get_duration("window")).count();
    Result<plan::TableName> table = context.stores().resolve(spec.table_text);
    if (!table)
        return fail(config::error_at(options.mark_of("table"), table.error().code,
                                     table.error().message, table.error().hint));
    spec.table = *table;
    const table::TableSchema& schema = context.stores().schema(spec.table);
    const auto seen_at = schema.find("seen_at");
    const bool fits = seen_at && schema.partition_key_count() == 1 &&
                      schema.clustering_key_count() == 0 &&
                      schema.columns[0].type.kind == cql::TypeKind::Text &&
                      schema.columns[*seen_at].type.kind == cql::TypeKind::Text;
    if (!fits)
        return fail(config::error_at(options.mark_of("table"), "dedupe.table",
                                     fmt::format("table {} cannot remember ids", spec.table_text),
                                     "declare it as { key: [id], columns: { seen_at: text } }"));
    spec.seen_at_column = *seen_at;
    return std::make_unique<DedupePlan>(std::move(spec), context);
}

}  // namespace

const plan::StepKind kDedupe = {&kSection, build};

}  // namespace messina::step
