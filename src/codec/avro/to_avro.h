// Values to the integers and texts that carry them: the way back of logical.h, shared by writing
// and by the choice of a union's branch (fitness.h).
#pragma once

#include <string>
#include <string_view>

#include "codec/avro/datum_writer.h"
#include "codec/avro/fault.h"
#include "codec/avro/schema.h"
#include "data/value.h"

namespace messina::codec::avro {

/// The number that stands for `value` under an int or long node, range checked. Fault::None when
/// that went well.
Fault to_integer(const Node& node, const Value& value, FinerTime finer_time, int64_t& number);
/// The number as text when `value` is one that a decimal may hold.
bool to_number_text(const Value& value, std::string& text);
/// Text for a string node.
Fault to_text(const Node& node, const Value& value, std::string& storage, std::string_view& text);
/// The text of a map key: strings as they are, other keys printed.
std::string_view key_text(const Value& key, std::string& storage);
/// months, days and milliseconds of a value that reads like a duration.
bool to_duration(const Value& value, uint32_t (&parts)[3]);

}  // namespace messina::codec::avro
