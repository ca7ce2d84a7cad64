#include "table/cql/segments.h"

#include "cql/bytes.h"
#include "cql/fixed_size.h"
#include "cql/order.h"

namespace messina::table {
namespace {

struct Bound {
    std::vector<std::string_view> columns;  // serialized
    std::vector<std::string> ordered;       // the same, sortable in clustering order
    bool is_inclusive = true;

    [[nodiscard]] size_t size() const { return columns.size(); }
    [[nodiscard]] bool is_last(size_t column) const { return column + 1 == columns.size(); }
    /// Of column `column`, which is the last one or one on the way to it.
    [[nodiscard]] Segment::Limit limit(size_t column) const {
        return {columns[column], is_last(column) && is_inclusive};
    }
};

Result<Bound> read_bound(const TableSchema& schema, const ClusteringBound& given) {
    Bound bound;
    bound.is_inclusive = given.is_inclusive;
    const auto malformed = [] {
        return fail(ErrorClass::Poison, "table.key_malformed",
                    "a bound is not a beginning of the table's clustering key");
    };
    const size_t first = schema.partition_key_count();
    const size_t count = schema.clustering_key_count();
    cql::ByteReader reader(given.prefix);
    for (size_t i = 0; !reader.is_empty(); ++i) {
        const auto size = reader.take<uint32_t>();
        const auto column = size ? reader.take_bytes(*size) : std::nullopt;
        if (!column || i == count) return malformed();
        bound.columns.push_back(*column);
        Buffer ordered;
        const Column& definition = schema.columns[first + i];
        MESSINA_TRY_VOID(definition.is_descending
                             ? cql::append_descending(definition.type, *column, ordered)
                             : cql::append_ordered(definition.type, *column, ordered));
        bound.ordered.emplace_back(ordered.view());
    }
    return bound;
}

Segment starting_with(const Bound& bound, size_t equal_count) {
    Segment segment;
    segment.equal.assign(bound.columns.begin(),
                         bound.columns.begin() + static_cast<ptrdiff_t>(equal_count));
    return segment;
}

/// From deepest to shallowest: what lies after `from` under each of its prefixes longer than
/// `common`.
void add_after(const Bound& from, size_t common, std::vector<Segment>& out) {
    for (size_t column = from.size(); column-- > common;) {
        Segment segment = starting_with(from, column);
        segment.from = from.limit(column);
        out.push_back(std::move(segment));
    }
}

void add_before(const Bound& to, size_t common, std::vector<Segment>& out) {
    for (size_t column = common; column < to.size(); ++column) {
        Segment segment = starting_with(to, column);
        segment.to = to.limit(column);
        out.push_back(std::move(segment));
    }
}

/// A serialized value of the type; any will do.
std::string some_value(const cql::Type& type) {
    if (const size_t size = cql::fixed_size(type.kind); size != 0) {
        std::string zeros(size, '\0');
        constexpr size_t version_at = 6;
        if (type.kind == cql::TypeKind::Timeuuid) zeros[version_at] = 0x10;
        return zeros;
    }
    switch (type.kind) {
        case cql::TypeKind::Inet: return std::string(4, '\0');
        case cql::TypeKind::Varint: return std::string(1, '\0');
        case cql::TypeKind::Decimal: return std::string(5, '\0');
        case cql::TypeKind::List:
        case cql::TypeKind::Set:
        case cql::TypeKind::Map: return std::string(4, '\0');
        case cql::TypeKind::Tuple:
        case cql::TypeKind::Udt:
            return std::string(type.arguments.size() * sizeof(int32_t), '\xff');  // all null
        case cql::TypeKind::Vector: {
            std::string items;
            const bool has_sizes = cql::fixed_size(type.arguments[0].kind) == 0;
            const std::string item = has_sizes ? std::string(1, '\0')  // size 0
                                               : some_value(type.arguments[0]);
            for (uint32_t i = 0; i < type.dimension; ++i) items += item;
            return items;
        }
        default: return {};
    }
}

}  // namespace

Result<std::vector<Segment>> split_range(const TableSchema& schema, const ClusteringBound& from,
                                         const ClusteringBound& to) {
    MESSINA_TRY(const Bound begin, read_bound(schema, from));
    MESSINA_TRY(const Bound end, read_bound(schema, to));
    size_t common = 0;
    while (common < begin.size() && common < end.size() &&
           begin.ordered[common] == end.ordered[common])
        ++common;
    std::vector<Segment> segments;
    if (common == begin.size() && common == end.size()) {
        // An exclusive bound leaves nothing of the prefix that both have; no columns, no bound.
        const bool is_empty = common > 0 && !(begin.is_inclusive && end.is_inclusive);
        if (!is_empty) segments.push_back(starting_with(begin, common));
        return segments;
    }
    if (common == begin.size()) {
        if (common == 0 || begin.is_inclusive) add_before(end, common, segments);
        return segments;
    }
    if (common == end.size()) {
        if (common == 0 || end.is_inclusive) add_after(begin, common, segments);
        return segments;
    }
    if (begin.ordered[common] > end.ordered[common]) return segments;
    add_after(begin, common + 1, segments);
    Segment middle = starting_with(begin, common);
    middle.from = begin.limit(common);
    middle.to = end.limit(common);
    segments.push_back(std::move(middle));
    add_before(end, common + 1, segments);
    return segments;
}

void append_values(const Segment& segment, cql::ValueWriter& values) {
    for (const std::string_view value : segment.equal) values.add(value);
    if (segment.from) values.add(segment.from->value);
    if (segment.to) values.add(segment.to->value);
}

std::vector<Segment> split_everything(const TableSchema& schema, std::string& pivot) {
    pivot = some_value(schema.columns[schema.partition_key_count()].type);
    Segment up_to;
    up_to.to = {pivot, true};
    Segment after;
    after.from = {pivot, false};
    return {std::move(up_to), std::move(after)};
}

}  // namespace messina::table
