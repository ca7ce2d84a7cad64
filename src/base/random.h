// The only source of chance: a seeded generator (xoshiro256**, Blackman and Vigna 2018, public
// domain), so that every run that used one can be repeated from its seed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace messina {

class Random {
  public:
    explicit Random(uint64_t seed) {
        // SplitMix64 spreads any seed, zero too, over the whole state.
        for (uint64_t& word : state_) {
            seed += 0x9e3779b97f4a7c15;
            uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word = z ^ (z >> 31);
        }
    }

    uint64_t next() {
        const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }
    /// Uniform in [0, bound); bound > 0.
    uint64_t below(uint64_t bound) {
        return static_cast<uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
    }
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double probability) { return unit() < probability; }

  private:
    __extension__ using Wide = unsigned __int128;
    std::array<uint64_t, 4> state_{};
};

/// A seed from the operating system, for runs that were not given one.
uint64_t system_seed();

}  // namespace messina
