//! Chance without a state: every draw is a hash of what it is about, so that a run repeats whatever its order.

/// Spreads a number over all 64 bits, one to one (the finaliser of SplitMix64, public domain).
pub(super) const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A hash of some bytes.
pub(super) fn of_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(mix(seed ^ bytes.len() as u64), |hash, word| mix(hash ^ u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash ^ u64::from_le_bytes(last))
}

/// Where in `0..limit` a hash falls.
pub(super) const fn below(hash: u64, limit: u64) -> u64 {
    ((hash as u128 * limit as u128) >> 64) as u64
}
