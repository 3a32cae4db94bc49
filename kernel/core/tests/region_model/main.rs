//! Regions against a plain model: after any sequence of create, open, grow, shrink, seal, unlink,
//! close, map, unmap, touch, fork and exit, every region is what the model says, names and memory
//! live exactly as long as they should, and frames, promises and quotas add up.

mod check;
mod machine;
mod model;
mod step;

use arch::addr::PhysAddr;
use kcore::mm::frames;
use machine::Machine;
use proptest::prelude::*;

fn set_up_memory() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x200_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], arch::addr::PhysAddr::new(0)) };
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn regions_names_memory_and_quotas_are_what_the_model_says(
        steps in prop::collection::vec(step::any(), 1..120),
    ) {
        set_up_memory();
        let before = frames::statistics();
        let mut machine = Machine::new();
        for step in &steps {
            machine.take(step);
            machine.check(before);
        }
        machine.end();
        let after = frames::statistics();
        prop_assert_eq!((after.free, after.promised), (before.free, before.promised));
    }
}
