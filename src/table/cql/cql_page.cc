// Partitions page by page: the segments of the range one after the other, each with the server's
// own paging.
#include <algorithm>
#include <limits>

#include "cql/bytes.h"
#include "cql/errors.h"
#include "table/cql/cql_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

/// Page::resume: the segment's number, then the paging state in it.
struct Place {
    uint32_t segment = 0;
    std::string paging;

    [[nodiscard]] std::string encode() const {
        Buffer bytes;
        cql::append_big_endian(bytes, segment);
        return std::string(bytes.view()) + paging;
    }
    static std::optional<Place> decode(std::string_view text) {
        Place place;
        if (text.empty()) return place;
        cql::ByteReader reader(text);
        const auto segment = reader.take<uint32_t>();
        if (!segment) return std::nullopt;
        place.segment = *segment;
        place.paging = text.substr(sizeof *segment);
        return place;
    }
};

class PageCall final : public CqlCall {
  public:
    struct Plan {
        std::string partition;  // encoded
        std::string from, to;   // what the segments look into
        std::vector<Segment> segments;
        std::vector<cql::Statement*> statements;  // of each segment
        size_t partition_count = 0;
        size_t clustering_count = 0;
        size_t column_count = 0;
    };
    PageCall(CqlTable& table, std::unique_ptr<Plan> plan, Place place,
             std::function<void(Result<Page>)> done)
        : table_(table), plan_(std::move(plan)), place_(std::move(place)), done_(std::move(done)) {}

    void ask() {
        values_.clear();
        values_.add_encoded(plan_->partition, static_cast<uint32_t>(plan_->partition_count));
        append_values(plan_->segments[place_.segment], values_);
        table_.session().execute(*plan_->statements[place_.segment], values_, place_.paging, *this,
                                 0);
        table_.session().flush();
    }
    void on_rows(uint64_t /*tag*/, const cql::Rows& rows) override {
        place_.paging = rows.paging;
        const bool is_segment_over = place_.paging.empty();
        if (is_segment_over) ++place_.segment;
        const bool is_over = place_.segment == plan_->segments.size();
        // Pages may be empty: whoever asked wants rows.
        if (rows.row_count == 0 && !is_over) return ask();
        Page page;
        if (!read(rows, page)) {
            const cql::Failure failure{cql::Outcome::Protocol, 0, "a page of rows ends early"};
            return finish(fail(table_.in_table(cql::to_error(failure, cql::Use::Execute))));
        }
        if (!is_over) page.resume = place_.encode();
        finish(std::move(page));
    }
    void on_failure(uint64_t /*tag*/, const Error& error) override {
        finish(fail(table_.in_table(error)));
    }

  private:
    bool read(const cql::Rows& rows, Page& page) const {
        std::vector<std::optional<std::string_view>> cells(plan_->clustering_count +
                                                           plan_->column_count);
        cql::RowReader reader(rows);
        while (reader.has_next()) {
            if (!reader.next(cells)) return false;
            Page::Row& row = page.rows.emplace_back();
            for (size_t i = 0; i < cells.size(); ++i)
                (i < plan_->clustering_count ? row.clustering : row.cells)
                    .push_back(cells[i] ? std::optional(std::string(*cells[i])) : std::nullopt);
        }
        return true;
    }
    void finish(Result<Page> page) {
        const std::unique_ptr<CqlCall> held = table_.retire(*this);
        done_(std::move(page));
    }

    CqlTable& table_;
    std::unique_ptr<const Plan> plan_;
    Place place_;
    std::function<void(Result<Page>)> done_;
    cql::ValueWriter values_;
};

}  // namespace

void CqlTable::read_partition(const PageRequest& request, std::function<void(Result<Page>)> done) {
    // In one place to the end: segments view into its bounds.
    auto owned = std::make_unique<PageCall::Plan>();
    PageCall::Plan& plan = *owned;
    plan.partition = request.partition_key;
    plan.from = request.from.prefix;
    plan.to = request.to.prefix;
    plan.partition_count = partition_count_;
    plan.clustering_count = key_count_ - partition_count_;
    plan.column_count = request.columns.size();
    auto prepared = [&]() -> Result<Place> {
        for (const size_t column : request.columns)
            if (column >= schema_.columns.size()) return fail(unknown_column(schema_, column));
        MESSINA_TRY(const StoredKeys::Parts parts, keys_.split(plan.partition));
        MESSINA_TRY_VOID(keys_.check_partition(parts.partition));
        MESSINA_TRY(plan.segments, split_range(schema_, {plan.from, request.from.is_inclusive},
                                               {plan.to, request.to.is_inclusive}));
        if (request.is_reversed) std::ranges::reverse(plan.segments);
        auto place = Place::decode(request.resume_after);
        const bool is_known =
            place && (place->segment < plan.segments.size() || request.resume_after.empty());
        if (!is_known)
            return fail(ErrorClass::Poison, "table.resume",
                        "this is no place to resume the partition at");
        return std::move(*place);
    }();
    if (!prepared) return done(fail(prepared.error()));
    if (plan.segments.empty()) return done(Page{});
    const auto page_rows = static_cast<uint32_t>(
        std::clamp<size_t>(request.rows_max, 1, std::numeric_limits<int32_t>::max()));
    for (const Segment& segment : plan.segments)
        plan.statements.push_back(&session().statement(
            text_.read_segment(request.columns, segment, request.is_reversed),
            {.is_read = true, .page_rows = page_rows, .consistency = context_->read_consistency}));
    calls_
        .start(std::make_unique<PageCall>(*this, std::move(owned), std::move(*prepared),
                                          std::move(done)))
        .ask();
}

}  // namespace messina::table
