//! Random numbers in integers: the same on every machine.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The numbers of `seed` and `name`.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        // FNV-1a, so that symbols of one seed share nothing
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: u32) -> i64 {
        i64::from(u32::try_from((u64::from(end) * (self.next() >> 32)) >> 32).unwrap_or(0))
    }

    /// A nearly normal number, mean 0, in thousandths of its deviation: twelve 16-bit numbers less their mean.
    pub(crate) fn normal(&mut self) -> i64 {
        let mut sum = 0_i64;
        for _ in 0..3 {
            let bits = self.next();
            for shift in [0, 16, 32, 48] {
                sum += i64::try_from((bits >> shift) & 0xffff).unwrap_or(0);
            }
        }
        (sum - 6 * 65_535) * 1_000 / 65_536
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // first outputs of the reference implementation (splitmix64.c) for the state 1234567
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn normal_numbers_have_their_mean_and_deviation() {
        let mut random = Random::new(1, "BTCUSDT");
        let drawn: Vec<i64> = (0..10_000).map(|_| random.normal()).collect();
        let mean = drawn.iter().sum::<i64>() / 10_000;
        let variance = drawn.iter().map(|n| n * n).sum::<i64>() / 10_000;
        // five standard errors: 1000 / sqrt(10000) = 10, and 10^6 sqrt(2 / 10000) = 14142
        assert!(mean.abs() < 50, "{mean}");
        assert!((variance - 1_000_000).abs() < 70_710, "{variance}");
    }
}
