//! Address spaces and regions against a plain model: after any sequence of map, unmap, protect,
//! store, fork under any policy of inheritance, grow, shrink and exit, programs see what the model says, and when all is over
//! every frame is free again.

#[path = "../common/mod.rs"]
mod common;
mod machine;
mod model;
mod step;

use common::memory;
use kcore::mm::frames;
use machine::Machine;
use proptest::prelude::*;
use step::steps;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]
    #[test]
    fn programs_see_what_the_model_says_and_no_frame_is_lost(steps in steps()) {
        let _memory = memory();
        let before = frames::statistics();
        let mut machine = Machine::new();
        for (number, step) in steps.iter().enumerate() {
            machine.apply(step)?;
            machine.check_tables()?;
            if number % 8 == 0 {
                machine.check_books()?;
            }
        }
        machine.check()?;
        machine.check_books()?;
        drop(machine);
        let after = frames::statistics();
        prop_assert_eq!(after.free, before.free);
        prop_assert_eq!((after.user, after.tables), (0, 0));
    }
}
