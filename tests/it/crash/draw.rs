//! Draws that repeat: everything follows from a seed.

/// A stream of numbers (SplitMix64, public domain).
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for something with a name and a number.
    pub fn about(seed: u64, name: &str, number: u32) -> Self {
        // FNV-1a.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let named = name.bytes().chain(number.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325 ^ seed, hash);
        let mut draw = Self(named);
        draw.next();
        draw
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from a range.
    pub fn from(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// Yes in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.from(0..100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.from(0..choice.len() as u64) as usize]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.from(0..end as u64 + 1) as usize);
        }
    }
}
