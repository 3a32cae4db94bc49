//! The table of locks against a model that knows every byte.

use super::table::*;
use abi::Errno;
use proptest::prelude::*;

const FILE: Key = (1, 1);
const BYTES: usize = 24;

fn lock(owner: u32, kind: Kind, first: u64, last: u64) -> RangeLock {
    RangeLock { owner: Owner::Process(owner), kind, span: Span { first, last } }
}

/// What each owner has of each byte.
#[derive(Clone, Default)]
struct Model([[Option<Kind>; BYTES]; 3]);

impl Model {
    fn excludes(&self, wanted: &RangeLock) -> bool {
        let Owner::Process(owner) = wanted.owner else { return false };
        (0..3).filter(|other| *other != owner as usize).any(|other| {
            (wanted.span.first..=wanted.span.last).any(|byte| match self.0[other][byte as usize] {
                Some(Kind::Write) => true,
                Some(Kind::Read) => wanted.kind == Kind::Write,
                None => false,
            })
        })
    }

    fn fill(&mut self, owner: usize, span: Span, kind: Option<Kind>) {
        self.0[owner][span.first as usize..=span.last as usize].fill(kind);
    }
}

proptest! {
    #[test]
    fn every_byte_is_locked_as_in_the_model(
        steps in prop::collection::vec((0..3_u32, 0..3_u8, 0..BYTES as u64, 0..8_u64), 1..60),
    ) {
        let (mut table, mut model) = (Table::new(), Model::default());
        for (owner, step, first, length) in steps {
            let last = (first + length).min(BYTES as u64 - 1);
            let kind = if step == 0 { Kind::Read } else { Kind::Write };
            let wanted = lock(owner, kind, first, last);
            if step == 2 {
                table.clear(FILE, wanted.owner, wanted.span);
                model.fill(owner as usize, wanted.span, None);
                continue;
            }
            let obstacle = table.obstacle(FILE, &wanted);
            prop_assert_eq!(obstacle.is_some(), model.excludes(&wanted));
            if obstacle.is_none() {
                table.set(FILE, wanted).unwrap();
                model.fill(owner as usize, wanted.span, Some(kind));
            }
        }
        for owner in 0..3 {
            table.clear_owner(Owner::Process(owner));
        }
        prop_assert_eq!(table.count(), 0);
    }
}

#[test]
fn neighbours_of_one_kind_become_one_lock_and_a_hole_makes_two() {
    let mut table = Table::new();
    table.set(FILE, lock(1, Kind::Read, 0, 4)).unwrap();
    table.set(FILE, lock(1, Kind::Read, 5, 9)).unwrap();
    assert_eq!(table.count(), 1);
    table.clear(FILE, Owner::Process(1), Span { first: 3, last: 3 });
    assert_eq!(table.count(), 2);
    table.set(FILE, lock(1, Kind::Write, 0, u64::MAX)).unwrap();
    assert_eq!(table.count(), 1);
}

#[test]
fn the_first_lock_in_the_way_is_told() {
    let mut table = Table::new();
    table.set(FILE, lock(2, Kind::Read, 50, 59)).unwrap();
    table.set(FILE, lock(3, Kind::Write, 10, 19)).unwrap();
    let found = table.obstacle(FILE, &lock(1, Kind::Write, 0, 99)).copied();
    assert_eq!(found, Some(lock(3, Kind::Write, 10, 19)));
    assert_eq!(table.obstacle(FILE, &lock(1, Kind::Read, 20, 99)), None);
    assert_eq!(table.obstacle((1, 2), &lock(1, Kind::Write, 0, 99)), None);
}

#[test]
fn a_circle_of_waits_is_refused_however_long_it_is() {
    let mut table = Table::new();
    for owner in 0..4 {
        table.set(FILE, lock(owner, Kind::Write, owner.into(), owner.into())).unwrap();
    }
    for owner in 0..3 {
        let next = u64::from(owner) + 1;
        let wanted = lock(owner, Kind::Write, next, next);
        assert_eq!(table.wait(FILE, &wanted, owner.into()), Ok(()));
    }
    let last = lock(3, Kind::Read, 0, 0);
    assert_eq!(table.wait(FILE, &last, 3), Err(Errno::EDEADLK));
    table.stop_waiting(1);
    assert_eq!(table.wait(FILE, &last, 3), Ok(()));
}

#[test]
fn one_owner_cannot_fill_the_table() {
    let mut table = Table::new();
    let refused =
        (0..5000).find(|byte| table.set(FILE, lock(1, Kind::Read, byte * 2, byte * 2)).is_err());
    assert_eq!(refused, Some(1023));
    assert_eq!(table.set(FILE, lock(2, Kind::Read, 0, 0)), Ok(()));
}

#[test]
fn two_threads_of_one_owner_wait_each_for_itself() {
    let mut table = Table::new();
    table.set(FILE, lock(1, Kind::Write, 1, 1)).unwrap();
    table.set(FILE, lock(2, Kind::Write, 2, 2)).unwrap();
    table.set(FILE, lock(3, Kind::Write, 3, 3)).unwrap();
    table.wait(FILE, &lock(1, Kind::Write, 2, 2), 10).unwrap();
    table.wait(FILE, &lock(1, Kind::Write, 3, 3), 11).unwrap();
    let back = lock(2, Kind::Write, 1, 1);
    assert_eq!(table.wait(FILE, &back, 12), Err(Errno::EDEADLK));
    table.stop_waiting(10);
    assert_eq!(table.wait(FILE, &back, 12), Ok(()));
}
