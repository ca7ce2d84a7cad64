// The first step of every pipeline: the decoder, and what `meta` says of a record.
#pragma once

#include <memory>

#include "codec/codec.h"
#include "data/slots.h"
#include "engine/step.h"
#include "engine/worker_context.h"

namespace messina::pipeline {

/// `layout` is complete: only the parts of `meta` that some expression reads are filled.
std::unique_ptr<engine::Step> make_decode_step(std::unique_ptr<codec::Decoder> decoder,
                                               const SlotLayout& layout,
                                               engine::WorkerContext& worker);

}  // namespace messina::pipeline
