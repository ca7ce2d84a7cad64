// Random values of a schema, for tests that must hold for all of them.
#pragma once

#include <string>

#include "base/arena.h"
#include "base/random.h"
#include "codec/avro/calendar.h"
#include "codec/avro/schema.h"
#include "data/value.h"

namespace messina::codec::avro::testing {

class RandomValues {
  public:
    RandomValues(const Schema& schema, uint64_t seed, Arena& arena)
        : schema_(schema), random_(seed), arena_(arena) {}

    Value operator()() { return make(schema_.root(), 0); }
    Value make(NodeIndex index, int depth) {
        const Node& node = schema_.node(index);
        switch (node.kind) {
            case SchemaKind::Null: return Value::null();
            case SchemaKind::Boolean: return Value::boolean(random_.chance(0.5));
            case SchemaKind::Int:
            case SchemaKind::Long: return integer(node);
            case SchemaKind::Float:
                return Value::floating(
                    static_cast<double>(static_cast<float>(random_.unit() * 1e6)));
            case SchemaKind::Double: return Value::floating((random_.unit() - 0.5) * 1e9);
            case SchemaKind::Bytes: return Value::bytes(text());
            case SchemaKind::String: return Value::string(text());
            case SchemaKind::Fixed: {
                std::string bytes(node.fixed_size, '\0');
                for (char& byte : bytes) byte = static_cast<char>(random_.next());
                return Value::bytes(arena_.copy(bytes));
            }
            case SchemaKind::Enum:
                return Value::string(node.symbols[random_.below(node.symbols.size())]);
            case SchemaKind::Array: {
                const size_t size = depth > 4 ? 0 : random_.below(4);
                Value* items = arena_.make_array<Value>(size);
                for (size_t i = 0; i < size; ++i) items[i] = make(node.item, depth + 1);
                return Value::list({items, size});
            }
            case SchemaKind::Map: {
                const size_t size = depth > 4 ? 0 : random_.below(4);
                MapEntry* entries = arena_.make_array<MapEntry>(size);
                for (size_t i = 0; i < size; ++i)
                    entries[i] = {Value::string(arena_.copy("k" + std::to_string(i))),
                                  make(node.item, depth + 1)};
                return Value::map({entries, size});
            }
            case SchemaKind::Union: {
                // Deep down the first branch, which is null where types recur.
                const size_t branch = depth > 4 ? 0 : random_.below(node.branches.size());
                return make(node.branches[branch], depth + 1);
            }
            case SchemaKind::Record: {
                MapEntry* entries = arena_.make_array<MapEntry>(node.fields.size());
                for (size_t i = 0; i < node.fields.size(); ++i)
                    entries[i] = {Value::string(node.fields[i].name),
                                  make(node.fields[i].node, depth + 1)};
                return Value::map({entries, node.fields.size()});
            }
        }
        return {};
    }

  private:
    Value integer(const Node& node) {
        // Of all lengths, both signs.
        const auto raw = static_cast<int64_t>(random_.next() >> random_.below(64));
        const int64_t number = random_.chance(0.5) ? raw : -raw;
        switch (node.logical) {
            case Logical::Date: {
                char text[kTimeTextBytes];
                const size_t size = print_date(static_cast<int32_t>(number), text);
                return Value::string(arena_.copy({text, size}));
            }
            case Logical::TimestampMillis:
                return Value::timestamp(number >> 12,
                                        static_cast<int32_t>(random_.below(1'000)) * 1'000'000);
            case Logical::TimestampMicros:
                return Value::timestamp(number >> 24,
                                        static_cast<int32_t>(random_.below(1'000'000)) * 1'000);
            default: break;
        }
        return Value::integer(node.kind == SchemaKind::Int ? static_cast<int32_t>(number) : number);
    }
    std::string_view text() {
        std::string made(random_.below(random_.chance(0.1) ? 200 : 12), '\0');
        for (char& c : made) c = static_cast<char>('a' + random_.below(26));
        if (random_.chance(0.2)) made += "ü→𝄞";
        return arena_.copy(made);
    }

    const Schema& schema_;
    Random random_;
    Arena& arena_;
};

/// A schema with everything in it that bytes can be made of.
inline constexpr std::string_view kRichSchema = R"({"type":"record","name":"shop.Order","fields":[
    {"name":"id","type":"long"},
    {"name":"flag","type":"boolean"},
    {"name":"small","type":"int"},
    {"name":"buyer","type":["null",{"type":"record","name":"Person","fields":[
        {"name":"name","type":"string"},
        {"name":"born","type":{"type":"int","logicalType":"date"}},
        {"name":"friend","type":["null","Person"],"default":null}]}]},
    {"name":"seller","type":"Person"},
    {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string"},{"name":"price","type":"double"},
        {"name":"hash","type":{"type":"fixed","name":"Hash","size":5}}]}}},
    {"name":"attributes","type":{"type":"map","values":["null","long","string"]}},
    {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","PAID","SENT"]}},
    {"name":"ratio","type":"float"},
    {"name":"blob","type":"bytes"},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"nothing","type":"null"},
    {"name":"matrix","type":{"type":"array","items":{"type":"array","items":"int"}}},
    {"name":"note","type":["null","string"],"default":null}]})";

}  // namespace messina::codec::avro::testing
