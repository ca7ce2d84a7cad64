// The maker of records behind `generate`: deterministic in seed and record number, so that any
// record can be made again alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/random.h"
#include "config/option.h"
#include "data/type.h"

namespace messina::endpoint {

class Generator {
  public:
    /// `options`: of the `generate` section.
    static Result<Generator> make(const config::Options& options);
    /// Appends record `number` as one JSON object; returns its time in microseconds since the
    /// epoch, 0 when no field is a time.
    int64_t append(uint64_t number, Buffer& out) const;

    [[nodiscard]] uint64_t count() const { return count_; }
    [[nodiscard]] uint64_t seed() const { return seed_; }
    /// The record's fields and their types.
    [[nodiscard]] TypeRef type() const;

    struct Draw {
        enum class Order : uint8_t { Zipf, Uniform, Sequence };
        std::string name;
        Order order = Order::Uniform;
        uint64_t count = 1;
        double exponent = 1;
        [[nodiscard]] uint64_t draw(uint64_t number, Random& random) const;
    };
    /// Makes the JSON text of one field's value.
    class Field {
      public:
        virtual ~Field() = default;
        virtual void append(uint64_t number, const std::vector<uint64_t>& draws, Random& random,
                            Buffer& out) const = 0;
        [[nodiscard]] virtual TypeKind type() const { return TypeKind::String; }
        /// Of a time field.
        [[nodiscard]] virtual int64_t time_us(uint64_t) const { return 0; }
    };

  private:
    struct NamedField {
        std::string name;
        std::string prefix;  // "\"name\":" as JSON
        double share = 1;
        std::shared_ptr<const Field> field;
    };
    uint64_t count_ = 0;
    uint64_t seed_ = 1;
    std::vector<Draw> draws_;
    std::vector<NamedField> fields_;
};

}  // namespace messina::endpoint
