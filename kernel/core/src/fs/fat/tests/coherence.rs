//! Random operations on a file by calls and by a view, while pages come and go and the card fails.

use super::card::{Shared, is_mark};
use super::mapped::{View, on_card, volume};
use super::system;
use crate::fs::tests::{read, write};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_SET};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Store(u64, usize, u8),
    Load(u64, usize),
    Write(u64, usize, u8),
    Read(u64, usize),
    SetLength(u64),
    /// By the region, as one with a name is changed.
    SetRegionLength(u64),
    Sync,
    Remap,
    /// Pages go, as when memory is short.
    Drop,
    /// As `Store` and `Load`, while the card gives so many blocks more.
    StoreBadly(u64, usize, u8, u64),
    LoadBadly(u64, usize, u64),
    /// As `Sync`, while it takes so many blocks more.
    SyncBadly(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (at, length) = (0..170_000_u64, 0..50_000_usize);
    let blocks = 0..60_u64;
    prop_oneof![
        3 => (at.clone(), length.clone(), any::<u8>())
            .prop_map(|(at, n, byte)| Step::Store(at, n, byte)),
        2 => (at.clone(), length.clone()).prop_map(|(at, n)| Step::Load(at, n)),
        3 => (at.clone(), length.clone(), any::<u8>())
            .prop_map(|(at, n, byte)| Step::Write(at, n, byte)),
        1 => (at.clone(), length.clone()).prop_map(|(at, n)| Step::Read(at, n)),
        1 => at.clone().prop_map(Step::SetLength),
        1 => at.clone().prop_map(Step::SetRegionLength),
        1 => Just(Step::Sync),
        1 => Just(Step::Remap),
        3 => Just(Step::Drop),
        1 => (at.clone(), length.clone(), any::<u8>(), blocks.clone())
            .prop_map(|(at, n, byte, left)| Step::StoreBadly(at, n, byte, left)),
        1 => (at, length, blocks.clone()).prop_map(|(at, n, left)| Step::LoadBadly(at, n, left)),
        1 => blocks.prop_map(Step::SyncBadly),
    ]
}

/// What the file should be.
struct Model(Vec<u8>);

impl Model {
    fn part(&self, at: u64, length: usize) -> &[u8] {
        let start = self.0.len().min(at as usize);
        &self.0[start..self.0.len().min(start + length)]
    }

    fn write(&mut self, at: u64, length: usize, byte: u8) {
        let end = at as usize + length;
        if length > 0 {
            self.0.resize(self.0.len().max(end), 0);
            self.0[at as usize..end].fill(byte);
        }
    }

    /// How much of a store lies in the file.
    fn room(&self, at: u64, length: usize) -> usize {
        self.part(at, length).len()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn views_and_calls_see_the_same_bytes(steps in prop::collection::vec(step(), 1..50)) {
        let card = Shared::formatted(64 << 20);
        let system = system(&card);
        let volume = volume(&system);
        let file = system.create("sd/f");
        let mut view = View::of(&file);
        let mut model = Model(Vec::new());
        for step in steps {
            match step {
                Step::Store(at, length, byte) => {
                    let length = model.room(at, length);
                    view.store(at, &vec![byte; length]);
                    model.write(at, length, byte);
                }
                Step::Load(at, length) => {
                    prop_assert_eq!(view.load(at, length), model.part(at, length));
                }
                Step::Write(at, length, byte) => {
                    file.seek(at as i64, SEEK_SET).unwrap();
                    prop_assert_eq!(write(&file, &vec![byte; length]), Ok(length));
                    model.write(at, length, byte);
                }
                Step::Read(at, length) => {
                    file.seek(at as i64, SEEK_SET).unwrap();
                    prop_assert_eq!(read(&file, length).unwrap(), model.part(at, length));
                }
                Step::SetLength(length) => {
                    file.set_length(length).unwrap();
                    model.0.resize(length as usize, 0);
                }
                Step::SetRegionLength(length) => {
                    let _turn = view.0.turn(crate::region::Purpose::Write).unwrap();
                    view.0.set_length(length).unwrap();
                    model.0.resize(length as usize, 0);
                    prop_assert_eq!(file.stat().st_size as u64, length);
                }
                Step::Sync => {
                    file.node().synchronise().unwrap();
                    prop_assert_eq!(&on_card(&card, "sd/f"), &model.0);
                }
                Step::Remap => {
                    drop(view);
                    volume.write_back().unwrap();
                    view = View::of(&file);
                }
                Step::Drop => while volume.make_room(None) {},
                Step::StoreBadly(at, length, byte, left) => {
                    let bytes = vec![byte; model.room(at, length)];
                    card.fail_reads_after(left);
                    let outcome = view.0.write(at, &mut UserData::kernel(&bytes));
                    card.recover();
                    prop_assert!(matches!(outcome, Ok(_) | Err(Errno::EIO)));
                    model.write(at, outcome.unwrap_or(0), byte);
                }
                Step::LoadBadly(at, length, left) => {
                    card.fail_reads_after(left);
                    let mut bytes = vec![0; length];
                    let outcome = view.0.read(at, &mut UserBuffer::kernel(&mut bytes));
                    card.recover();
                    match outcome {
                        Ok(count) => prop_assert_eq!(&bytes[..count], model.part(at, count)),
                        Err(error) => prop_assert_eq!(error, Errno::EIO),
                    }
                }
                Step::SyncBadly(left) => {
                    card.fail_after(left);
                    let outcome = file.node().synchronise();
                    while volume.make_room(None) {}
                    card.recover();
                    if outcome.is_ok() {
                        prop_assert_eq!(&on_card(&card, "sd/f"), &model.0);
                    }
                }
            }
        }
        drop(view);
        volume.sync().unwrap();
        prop_assert_eq!(&on_card(&card, "sd/f"), &model.0);
        prop_assert!(card.findings().iter().all(|text| is_mark(text)));
        let flags = OpenFlags::WRITE_ONLY | OpenFlags::TRUNCATE;
        drop(system.open("sd/f", flags).unwrap());
    }
}
