// "Did you mean": the nearest of a set of names, for every message about an unknown word.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace messina {

/// The candidate within a small edit distance of `word`, or empty when none is near enough to be
/// meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);
/// "did you mean 'columns'?" or empty.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace messina
