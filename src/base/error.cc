#include "base/error.h"

namespace messina {

std::string_view to_string(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::Transient: return "transient";
        case ErrorClass::Throttled: return "throttled";
        case ErrorClass::Poison: return "poison";
        case ErrorClass::Misconfigured: return "misconfigured";
        case ErrorClass::Fatal: return "fatal";
    }
    return "fatal";
}

std::string Error::to_text() const {
    return hint.empty() ? message : message + "\n  hint: " + hint;
}

Error Error::at(std::string_view where) && {
    message = std::string(where) + ": " + message;
    return std::move(*this);
}

}  // namespace messina
