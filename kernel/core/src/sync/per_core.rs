//! One value for each core.

use arch::cpu;

/// A value per core; other cores' values can be looked at, so `T` guards itself.
pub struct PerCore<T>([T; cpu::MAX_CORES]);

impl<T> PerCore<T> {
    /// From the values, in the order of the cores.
    pub const fn new(values: [T; cpu::MAX_CORES]) -> Self {
        Self(values)
    }

    /// The value of the core that asks.
    #[inline]
    pub fn mine(&self) -> &T {
        &self.0[cpu::core_id() % cpu::MAX_CORES]
    }

    /// The value of core `core`, if there is such a core.
    pub fn get(&self, core: usize) -> Option<&T> {
        self.0.get(core)
    }

    /// All values, in the order of the cores.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}
