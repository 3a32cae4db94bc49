//! How a thread is to be scheduled, and what it is called.

use abi::limits::THREAD_NAME_MAX;
use abi::scheduling::{NICE_MAX, NICE_MIN, SCHED_OTHER, SCHED_RESET_ON_FORK};
use arch::clock;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How long a thread of the usual priority runs while others wait for its core.
pub const SLICE_NS: u64 = 10_000_000;
/// Names are kept in words, which are read and written without a lock.
const NAME_WORDS: usize = THREAD_NAME_MAX / size_of::<u64>();

/// A policy with the real-time priority that goes with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// One of `SCHED_…`, with the flag for children.
    pub number: u32,
    /// 0 for the usual policies.
    pub priority: u32,
}

impl Policy {
    /// Whether it is one of the two real-time policies.
    pub const fn is_real_time(self) -> bool {
        self.priority > 0
    }
}

/// A thread's attributes, which others may look at and change at any time.
pub struct Attributes {
    /// In its lowest byte how kind the thread is, and above that its slice in ticks; 0 there while
    /// nobody has asked for it.
    nice_and_slice: AtomicU64,
    policy: AtomicU32,
    priority: AtomicU32,
    /// A bit for each core that it may run on.
    cores: AtomicU32,
    /// NUL-padded; all zero while the thread is called like its process.
    name: [AtomicU64; NAME_WORDS],
}

impl Default for Attributes {
    fn default() -> Self {
        Self::new()
    }
}

impl Attributes {
    /// The usual ones, on all cores.
    pub const fn new() -> Self {
        Self {
            nice_and_slice: AtomicU64::new(0),
            policy: AtomicU32::new(SCHED_OTHER),
            priority: AtomicU32::new(0),
            cores: AtomicU32::new(u32::MAX),
            name: [const { AtomicU64::new(0) }; NAME_WORDS],
        }
    }

    /// Those of a thread that the thread with these makes.
    pub fn for_child(&self) -> Self {
        let child = Self::new();
        let (policy, nice) = (self.policy(), self.nice());
        let resets = policy.number & SCHED_RESET_ON_FORK != 0;
        child.set_nice(if resets { nice.max(0) } else { nice });
        if !resets {
            child.set_policy(policy);
        }
        child.set_cores(self.cores());
        for (to, from) in child.name.iter().zip(&self.name) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        child
    }

    /// How kind it is to others: -20 to 19.
    pub fn nice(&self) -> i32 {
        Self::nice_in(self.nice_and_slice.load(Ordering::Relaxed))
    }

    const fn nice_in(nice_and_slice: u64) -> i32 {
        nice_and_slice as i8 as i32
    }

    /// Sets that; a number beyond either end is the end.
    pub fn set_nice(&self, nice: i32) {
        let nice = nice.clamp(NICE_MIN, NICE_MAX) as u8;
        self.nice_and_slice.store(nice.into(), Ordering::Relaxed);
    }

    /// Its policy.
    pub fn policy(&self) -> Policy {
        let number = self.policy.load(Ordering::Relaxed);
        Policy { number, priority: self.priority.load(Ordering::Relaxed) }
    }

    /// Sets that.
    pub fn set_policy(&self, policy: Policy) {
        self.policy.store(policy.number, Ordering::Relaxed);
        self.priority.store(policy.priority, Ordering::Relaxed);
    }

    /// The cores that it may run on.
    pub fn cores(&self) -> u32 {
        self.cores.load(Ordering::Relaxed)
    }

    /// Sets them.
    pub fn set_cores(&self, cores: u32) {
        self.cores.store(cores, Ordering::Relaxed);
    }

    /// How long it runs while others wait for its core, in nanoseconds: shares of a core follow from
    /// that, from a twentieth of the usual one to twice as much.
    pub fn slice_ns(&self) -> u64 {
        Self::slice_for(self.nice())
    }

    fn slice_for(nice: i32) -> u64 {
        SLICE_NS * u64::from((NICE_MAX + 1 - nice).unsigned_abs()) / 20
    }

    /// The same in ticks of the clock.
    #[inline]
    pub(super) fn slice(&self) -> u64 {
        let known = self.nice_and_slice.load(Ordering::Relaxed) >> u8::BITS;
        if known != 0 { known } else { self.find_slice() }
    }

    fn find_slice(&self) -> u64 {
        let now = self.nice_and_slice.load(Ordering::Relaxed);
        let ticks = clock::ticks_in(Self::slice_for(Self::nice_in(now))).max(1);
        let found = ticks << u8::BITS | now & u64::from(u8::MAX);
        // Whoever has changed the thread's kindness meanwhile has made this wrong.
        _ = self.nice_and_slice.compare_exchange(now, found, Ordering::Relaxed, Ordering::Relaxed);
        ticks
    }

    /// Its own name, if it has one.
    pub fn name(&self) -> Option<[u8; THREAD_NAME_MAX]> {
        let mut name = [0; THREAD_NAME_MAX];
        for (bytes, word) in name.chunks_exact_mut(size_of::<u64>()).zip(&self.name) {
            bytes.copy_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
        }
        (name[0] != 0).then_some(name)
    }

    /// Names it, or lets it be called like its process again.
    pub fn set_name(&self, name: Option<[u8; THREAD_NAME_MAX]>) {
        let name = name.unwrap_or_default();
        for (bytes, word) in name.chunks_exact(size_of::<u64>()).zip(&self.name) {
            let mut value = [0; size_of::<u64>()];
            value.copy_from_slice(bytes);
            word.store(u64::from_le_bytes(value), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::scheduling::SCHED_FIFO;

    #[test]
    fn a_kind_thread_has_short_slices_and_no_thread_has_none() {
        let attributes = Attributes::new();
        assert_eq!(attributes.slice_ns(), SLICE_NS);
        for (asked, nice, slice) in [(100, 19, SLICE_NS / 20), (-100, -20, 2 * SLICE_NS)] {
            attributes.set_nice(asked);
            assert_eq!((attributes.nice(), attributes.slice_ns()), (nice, slice));
            for _ in 0..2 {
                assert_eq!(attributes.slice(), clock::ticks_in(slice));
            }
            assert_eq!(attributes.nice(), nice);
        }
    }

    #[test]
    fn a_child_inherits_all_unless_its_parent_says_otherwise() {
        let attributes = Attributes::new();
        let name = *b"worker\0\0\0\0\0\0\0\0\0\0";
        attributes.set_name(Some(name));
        attributes.set_cores(5);
        attributes.set_nice(-3);
        attributes.set_policy(Policy { number: SCHED_FIFO, priority: 7 });
        let child = attributes.for_child();
        assert_eq!((child.name(), child.cores(), child.nice()), (Some(name), 5, -3));
        assert_eq!(child.policy(), attributes.policy());
        attributes.set_policy(Policy { number: SCHED_FIFO | SCHED_RESET_ON_FORK, priority: 7 });
        let child = attributes.for_child();
        assert_eq!(child.policy(), Policy { number: SCHED_OTHER, priority: 0 });
        assert_eq!(child.nice(), 0);
    }
}
