#include "engine/retry.h"

namespace messina::engine {

Policy policy_for(ErrorClass error_class, Outcome outcome) {
    switch (error_class) {
        case ErrorClass::Transient:
        case ErrorClass::Throttled: return Policy::Retry;
        case ErrorClass::Poison:
            return outcome == Outcome::Unknown ? Policy::Retry : Policy::DeadLetter;
        case ErrorClass::Misconfigured:
        case ErrorClass::Fatal: return Policy::Stop;
    }
    return Policy::Stop;
}

}  // namespace messina::engine
