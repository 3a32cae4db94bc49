//! What can happen to regions.

use abi::region::{RegionFlags, Seals};
use proptest::prelude::*;
use proptest::sample::Index;

/// Processes on the stage.
pub const PROCESSES: usize = 3;
/// Names on the stage.
pub const NAMES: usize = 3;

/// One thing that a process does.
#[derive(Clone, Debug)]
pub enum Step {
    Create { process: usize, name: Option<usize>, pages: usize, units: usize, flags: RegionFlags },
    Open { process: usize, name: usize, writes: bool },
    Close { process: usize, handle: Index },
    Resize { process: usize, handle: Index, pages: usize },
    Seal { process: usize, handle: Index, seals: Seals },
    Unlink { name: usize },
    Map { process: usize, handle: Index, writes: bool },
    Unmap { process: usize, view: Index },
    Touch { process: usize, view: Index, page: usize, writes: bool },
    Fork { from: usize, to: usize },
    Exit { process: usize },
}

fn flags() -> impl Strategy<Value = RegionFlags> {
    let choice = [
        RegionFlags::EPHEMERAL,
        RegionFlags::SINGLE_WRITER,
        RegionFlags::VIEWS_READ_ONLY,
        RegionFlags::SPARSE,
        RegionFlags::SAME_ADDRESS,
    ];
    prop::collection::vec(prop::sample::select(choice.to_vec()), 0..3)
        .prop_map(|flags| flags.into_iter().collect())
}

fn seals() -> impl Strategy<Value = Seals> {
    prop_oneof![
        1 => Just(Seals::SEAL),
        3 => Just(Seals::SHRINK),
        3 => Just(Seals::GROW),
        3 => Just(Seals::WRITE),
        2 => Just(Seals::FUTURE_WRITE),
    ]
}

fn pages() -> impl Strategy<Value = usize> {
    prop_oneof![0..4_usize, 510..515_usize, 0..1600_usize]
}

/// Any of them.
pub fn any() -> impl Strategy<Value = Step> {
    let (process, name) = (0..PROCESSES, 0..NAMES);
    let index = || any_index();
    prop_oneof![
        4 => (process.clone(), prop::option::weighted(0.8, name.clone()), pages(), 1..4_usize, flags())
            .prop_map(|(process, name, pages, units, flags)| {
                Step::Create { process, name, pages, units, flags }
            }),
        3 => (process.clone(), name.clone(), any_bool())
            .prop_map(|(process, name, writes)| Step::Open { process, name, writes }),
        3 => (process.clone(), index()).prop_map(|(process, handle)| Step::Close { process, handle }),
        3 => (process.clone(), index(), pages())
            .prop_map(|(process, handle, pages)| Step::Resize { process, handle, pages }),
        1 => (process.clone(), index(), seals())
            .prop_map(|(process, handle, seals)| Step::Seal { process, handle, seals }),
        1 => name.prop_map(|name| Step::Unlink { name }),
        4 => (process.clone(), index(), any_bool())
            .prop_map(|(process, handle, writes)| Step::Map { process, handle, writes }),
        2 => (process.clone(), index()).prop_map(|(process, view)| Step::Unmap { process, view }),
        6 => (process.clone(), index(), pages(), any_bool())
            .prop_map(|(process, view, page, writes)| Step::Touch { process, view, page, writes }),
        1 => (process.clone(), process.clone()).prop_map(|(from, to)| Step::Fork { from, to }),
        1 => process.prop_map(|process| Step::Exit { process }),
    ]
}

fn any_index() -> impl Strategy<Value = Index> {
    proptest::prelude::any::<Index>()
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::prelude::any::<bool>()
}
