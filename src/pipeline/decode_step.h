// The first step of every pipeline: the decoders of value and key, and what else `meta` says of a
// record.
#pragma once

#include <memory>

#include "codec/codec.h"
#include "data/slots.h"
#include "engine/step.h"
#include "engine/worker_context.h"

namespace messina::pipeline {

/// `layout` is complete: only the parts of `meta` that some expression reads are filled. `keys`
/// fills `meta.key`; null when nothing reads it.
std::unique_ptr<engine::Step> make_decode_step(std::unique_ptr<codec::Decoder> values,
                                               std::unique_ptr<codec::Decoder> keys,
                                               const SlotLayout& layout,
                                               engine::WorkerContext& worker);

/// The slots of `meta.key` and below.
Projection key_projection(const SlotLayout& layout);

}  // namespace messina::pipeline
