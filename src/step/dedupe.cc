// dedupe: lets the first record of an id pass and drops the others within a window, remembered in a
// table.
#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "base/backoff.h"
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
        "passes, so that nothing is lost; a record without an id passes. Batches of one worker ask "
        "the table one after the other; records of one id must come in one lane, as a Kafka key "
        "does. A table that does not answer is asked again with growing delays.",
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

/// One batch: reads what is known of its ids, decides, writes what is new, then goes on. What fails
/// for a while is done again from the reading on: the place that was written tells its own record.
class Pass final : public table::ReadReceiver, public table::WriteReceiver {
  public:
    Pass(const Spec& spec, Batch& batch, engine::Resumption& resumption,
         engine::WorkerContext& worker, std::function<void()> ended)
        : spec_(spec),
          batch_(batch),
          resumption_(resumption),
          worker_(worker),
          ended_(std::move(ended)) {}

    void run(const table::KeyEncoder& encoder, table::Table& table);
    [[nodiscard]] engine::Resumption& resumption() { return resumption_; }
    [[nodiscard]] bool is_done() const { return is_done_; }

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
    void ask();
    void decide();
    void finish();

    const Spec& spec_;
    Batch& batch_;
    engine::Resumption& resumption_;
    engine::WorkerContext& worker_;
    std::function<void()> ended_;
    table::Table* table_ = nullptr;
    std::vector<std::string_view> keys_;             // distinct
    std::vector<std::vector<RowIndex>> rows_;        // of each key, in order
    std::unordered_map<size_t, std::string> known_;  // place of the first record, by key
    std::vector<RowIndex> dropped_;
    size_t writes_outstanding_ = 0;
    std::optional<Error> error_;
    std::optional<Backoff> backoff_;
    bool is_done_ = false;
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
    ask();
}

void Pass::ask() {
    known_.clear();
    dropped_.clear();
    error_.reset();
    table_->read({keys_, {&spec_.seen_at_column, 1}}, *this);
}

/// All answers are there.
void Pass::decide() {
    std::vector<table::Mutation> mutations;
    if (error_) return finish();
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
        mutation.columns = {&spec_.seen_at_column, 1};
        mutation.cells = {cell, 1};
        mutation.timestamp_us = batch_.record_of(first).timestamp_us;
        mutation.ttl_seconds = spec_.window_seconds;
        mutations.push_back(mutation);
    }
    if (mutations.empty()) return finish();
    writes_outstanding_ = mutations.size();
    table_->write(mutations, *this);
}

void Pass::finish() {
    const bool can_retry = error_ && (error_->error_class == ErrorClass::Transient ||
                                      error_->error_class == ErrorClass::Throttled);
    if (can_retry) {
        if (!backoff_) backoff_.emplace(BackoffOptions{}, reinterpret_cast<uintptr_t>(this));
        worker_.schedule(backoff_->next(), [this] { ask(); });
        return;
    }
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
    is_done_ = true;
    ended_();
}

/// Passes go one after the other: what the table says to one is only true when the one before it
/// has written what it saw first.
class Dedupe final : public engine::Step {
  public:
    Dedupe(const Spec& spec, table::KeyEncoder encoder, std::unique_ptr<table::Table> table,
           engine::WorkerContext& worker)
        : spec_(spec), encoder_(std::move(encoder)), table_(std::move(table)), worker_(worker) {}
    [[nodiscard]] const std::string& name() const override { return spec_.name; }

    engine::StepState process(Batch& batch, engine::Resumption& resumption) override {
        passes_.push_back(
            std::make_unique<Pass>(spec_, batch, resumption, worker_, [this] { go_on(); }));
        if (passes_.size() > 1) return engine::StepState::Pending;
        is_running_ = true;
        passes_.front()->run(encoder_, *table_);
        is_running_ = false;
        if (!passes_.front()->is_done()) return engine::StepState::Pending;
        passes_.pop_front();
        return engine::StepState::Ready;
    }

  private:
    /// The first pass has ended, at once or later.
    void go_on() {
        if (is_running_) return;
        is_running_ = true;
        while (!passes_.empty() && passes_.front()->is_done()) {
            engine::Resumption& resumption = passes_.front()->resumption();
            passes_.pop_front();
            resumption.resume();
            if (!passes_.empty()) passes_.front()->run(encoder_, *table_);
        }
        is_running_ = false;
    }

    const Spec& spec_;
    table::KeyEncoder encoder_;
    std::unique_ptr<table::Table> table_;
    engine::WorkerContext& worker_;
    std::deque<std::unique_ptr<Pass>> passes_;
    bool is_running_ = false;  // a pass that ends now is seen by who runs it
};

class DedupePlan final : public plan::StepPlan {
  public:
    DedupePlan(Spec spec, plan::BuildContext& context)
        : spec_(std::move(spec)), context_(context) {}
    Result<std::unique_ptr<engine::Step>> make(plan::StepSupport support) const override {
        MESSINA_TRY(auto encoder,
                    table::KeyEncoder::make(context_.stores().schema(spec_.table), 1));
        MESSINA_TRY(auto table, context_.stores().open_table(spec_.table, support.worker));
        return std::make_unique<Dedupe>(spec_, std::move(encoder), std::move(table),
                                        support.worker);
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
