// An Avro object container file as an output: blocks of whole records behind a header with the
// schema.
#pragma once

#include <memory>

#include "endpoint/append_file.h"
#include "endpoint/format.h"

namespace messina::endpoint {

/// `format` is Avro. Without a schema of its own the file's is derived from the first input file's;
/// input of another schema is then Misconfigured. A file that is there is gone on with when its
/// schema is the same. Thread-safe.
Result<std::shared_ptr<StreamOutput>> open_avro_output(AppendOptions options, const Format& format);

}  // namespace messina::endpoint
