// Every step that a pipeline file can name. One file per YAML key; each exports its kind.
#pragma once

#include "plan/step_plan.h"

namespace messina::step {

extern const plan::StepKind kDedupe;
extern const plan::StepKind kExplode;
extern const plan::StepKind kFilter;
extern const plan::StepKind kLookup;
extern const plan::StepKind kSample;
extern const plan::StepKind kSet;
extern const plan::StepKind kUnset;
extern const plan::StepKind kUpsert;

}  // namespace messina::step
