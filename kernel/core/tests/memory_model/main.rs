//! Address spaces and regions against a plain model: after any sequence of map, unmap, protect,
//! store, fork, grow, shrink and exit, programs see what the model says, and when all is over
//! every frame is free again.

mod machine;
mod model;
mod step;

use arch::addr::PhysAddr;
use kcore::mm::frames;
use machine::Machine;
use proptest::prelude::*;
use std::sync::Once;
use step::step;

fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x400_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram]) };
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn programs_see_what_the_model_says_and_no_frame_is_lost(steps in proptest::collection::vec(step(), 1..60)) {
        set_up();
        let before = frames::statistics();
        let mut machine = Machine::new();
        for step in &steps {
            machine.apply(step)?;
            machine.check_tables()?;
        }
        machine.check()?;
        drop(machine);
        let after = frames::statistics();
        prop_assert_eq!(after.free, before.free);
        prop_assert_eq!((after.user, after.tables), (0, 0));
    }
}
