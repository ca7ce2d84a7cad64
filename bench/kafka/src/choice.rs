//! Which cookie an event has: uniform or by Zipf's law, the same sequence for the same seed.

use crate::event::scatter;

pub struct Choice {
    state: u64,
    cookies: u64,
    /// Shares of the ranks, added up; empty when all are alike.
    cumulative: Vec<f64>,
}

impl Choice {
    /// `exponent` 0 is uniform.
    pub fn new(seed: u64, cookies: u64, exponent: f64) -> Self {
        let mut cumulative = Vec::new();
        if exponent > 0.0 {
            let mut sum = 0.0;
            cumulative.extend((1..=cookies).map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            }));
        }
        Choice { state: scatter(seed), cookies, cumulative }
    }

    pub fn next_cookie(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let unit = (scatter(self.state) >> 11) as f64 / (1u64 << 53) as f64;
        let Some(total) = self.cumulative.last() else { return (unit * self.cookies as f64) as u64 };
        let wanted = unit * total;
        let rank = self.cumulative.partition_point(|&sum| sum <= wanted) as u64;
        self.spread(rank.min(self.cookies - 1))
    }

    /// A bijection of the ranks, so that the cookies without a row (the highest numbers) are not the rare ones.
    fn spread(&self, rank: u64) -> u64 {
        const PRIME: u64 = 2_654_435_761;
        if self.cookies % PRIME == 0 { rank } else { (u128::from(rank) * u128::from(PRIME) % u128::from(self.cookies)) as u64 }
    }
}
