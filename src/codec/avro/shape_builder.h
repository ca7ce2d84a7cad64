// Makes reading plans. Internal to the room: use Shapes::plain and Shapes::resolved.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "codec/avro/shape.h"

namespace messina::codec::avro {

class ShapeBuilder {
  public:
    ShapeBuilder(SchemaRef writer, SchemaRef reader);
    Result<std::shared_ptr<const Shapes>> plain();
    Result<std::shared_ptr<const Shapes>> resolved();

  private:
    using Resolved = Result<ShapeIndex>;

    ShapeIndex plain(NodeIndex index);
    ShapeIndex add(const Shape& shape);
    [[nodiscard]] static Shape leaf(const Node& node);
    [[nodiscard]] static Form form_of(const Node& node);
    void add_symbols(const Node& node, Shape& shape);
    void fill_record(const Node& node, Shape& shape);

    Resolved resolve(NodeIndex writer, NodeIndex reader);
    Resolved resolve_scalar(NodeIndex writer, NodeIndex reader);
    Resolved resolve_enum(NodeIndex writer, NodeIndex reader);
    Resolved resolve_container(NodeIndex writer, NodeIndex reader);
    Resolved resolve_record(NodeIndex writer, NodeIndex reader);
    Result<void> resolve_fields(NodeIndex writer, NodeIndex reader, Shape& shape);
    Result<Value> default_value(const Field& field);
    Resolved resolve_written_union(NodeIndex writer, NodeIndex reader);
    Resolved resolve_into_union(NodeIndex writer, NodeIndex reader);
    [[nodiscard]] std::unexpected<Error> incompatible(NodeIndex writer, NodeIndex reader,
                                                      std::string_view why) const;

    void measure(ShapeIndex index);
    void measure_record(Shape& shape);

    enum class Progress : uint8_t { Untouched, Open, Done };

    std::shared_ptr<Shapes> shapes_;
    const Schema& writer_;
    const Schema& reader_;
    std::map<std::pair<NodeIndex, NodeIndex>, ShapeIndex> resolved_of_;
    std::vector<Progress> progress_;  // of measure, by shape
    ShapesRef reader_plain_;          // reads the reader's defaults; made when first needed
    std::string place_;               // the field being resolved, for messages
};

}  // namespace messina::codec::avro
