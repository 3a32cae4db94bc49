//! The grammar: a row for every call of [`abi::number`], by family.

mod files;
mod memory;
mod messages;
mod native;
mod paths;
mod processes;
mod records;
mod signals;
mod sockets;
mod system;
mod waiting;

use super::kind::Kind;
use super::random::Random;
use abi::Sysno;

/// What a call gives when it succeeds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gives {
    /// Nothing that others take.
    Nothing,
    /// A descriptor of one of these [`Objects`](super::Objects).
    Fd(u32),
    /// Two descriptors, in memory at this argument.
    Pair(usize, u32),
    /// One of System V's objects, of this table.
    Ipc(usize),
    /// An address.
    Address,
    /// A timer, in memory at this argument.
    Timer(usize),
    /// A child.
    Child,
    /// A message of a topic.
    Entry,
}

/// What is to be taken care of, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Care {
    /// Nothing.
    None,
    /// Only a process without root's rights makes it.
    UserOnly(&'static str),
    /// Only a child that does nothing else makes it.
    Child(&'static str),
    /// Both.
    UserChild(&'static str),
}

/// A call, and how it is made.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub call: Sysno,
    /// What its arguments are.
    pub kinds: &'static [Kind],
    /// What it gives.
    pub gives: Gives,
    /// What it needs.
    pub care: Care,
    /// It is made once where others are made so many times.
    pub rarity: u64,
}

const fn call(call: Sysno, kinds: &'static [Kind]) -> Row {
    Row { call, kinds, gives: Gives::Nothing, care: Care::None, rarity: 1 }
}

impl Row {
    const fn gives(self, gives: Gives) -> Self {
        Self { gives, ..self }
    }

    const fn fd(self, objects: u32) -> Self {
        self.gives(Gives::Fd(objects))
    }

    const fn user_only(self, reason: &'static str) -> Self {
        Self { care: Care::UserOnly(reason), ..self }
    }

    const fn child(self, reason: &'static str) -> Self {
        Self { care: Care::Child(reason), rarity: 8, ..self }
    }

    const fn user_child(self, reason: &'static str) -> Self {
        Self { care: Care::UserChild(reason), rarity: 8, ..self }
    }

    const fn rare(self, rarity: u64) -> Self {
        Self { rarity, ..self }
    }
}

/// Calls about one subject.
pub struct Family {
    /// What `--group` takes.
    pub name: &'static str,
    /// Its calls.
    pub rows: &'static [Row],
}

/// All calls.
pub const FAMILIES: &[Family] = &[
    Family { name: "files", rows: files::ROWS },
    Family { name: "paths", rows: paths::ROWS },
    Family { name: "waiting", rows: waiting::ROWS },
    Family { name: "memory", rows: memory::ROWS },
    Family { name: "processes", rows: processes::ROWS },
    Family { name: "signals", rows: signals::ROWS },
    Family { name: "messages", rows: messages::ROWS },
    Family { name: "sockets", rows: sockets::ROWS },
    Family { name: "system", rows: system::ROWS },
    Family { name: "regions", rows: native::REGIONS },
    Family { name: "offers", rows: native::OFFERS },
    Family { name: "topics", rows: native::TOPICS },
    Family { name: "traces", rows: native::TRACES },
];

/// All rows, in the order of the families.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().flat_map(|family| family.rows)
}

/// How many rows there are.
pub const ROWS: usize = Sysno::ALL.len();

/// The next row to be called, with its place among all: mostly of one family, if one is asked for.
pub fn next_row(wanted: Option<&str>, random: &mut Random) -> (usize, &'static Row) {
    let others = random.once_in(8);
    loop {
        let index = random.below(ROWS as u64) as usize;
        let mut rest = index;
        let found = FAMILIES.iter().find_map(|family| match family.rows.get(rest) {
            Some(row) => Some((family, row)),
            None => {
                rest -= family.rows.len();
                None
            }
        });
        let Some((family, row)) = found else { continue };
        let is_wanted = wanted.is_none_or(|wanted| wanted == family.name) || others;
        if is_wanted && random.once_in(row.rarity) {
            return (index, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_one_row() {
        for wanted in Sysno::ALL {
            let count = rows().filter(|row| row.call == *wanted).count();
            assert_eq!(count, 1, "{wanted:?} has {count} rows in the grammar of calls");
        }
        assert_eq!(rows().count(), Sysno::ALL.len());
    }

    #[test]
    fn a_row_has_as_many_kinds_as_there_are_registers() {
        for row in rows() {
            assert!(row.kinds.len() <= 6 && row.rarity > 0, "{row:?}");
            let place = match row.gives {
                Gives::Pair(place, _) | Gives::Timer(place) => place,
                _ => 0,
            };
            assert!(place == 0 || place < row.kinds.len(), "{row:?}");
        }
    }

    #[test]
    fn what_ends_the_fuzzer_or_harms_others_is_tamed_for_a_reason() {
        let care = |wanted: Sysno| rows().find(|row| row.call == wanted).map(|row| row.care);
        for call in [Sysno::Reboot, Sysno::Umount2, Sysno::ClockSettime, Sysno::RegionQuota] {
            assert!(matches!(care(call), Some(Care::UserOnly(why)) if why.len() > 10), "{call:?}");
        }
        for call in [Sysno::ExitGroup, Sysno::Execve, Sysno::Setrlimit] {
            assert!(matches!(care(call), Some(Care::Child(why)) if why.len() > 10), "{call:?}");
        }
    }

    #[test]
    fn a_family_that_is_asked_for_is_called_most() {
        let mut random = Random::new(4);
        let signals = (0..400).filter(|_| {
            let (index, row) = next_row(Some("signals"), &mut random);
            assert_eq!(rows().nth(index).map(|row| row.call), Some(row.call));
            signals::ROWS.iter().any(|of| of.call == row.call)
        });
        assert!(signals.count() > 300);
    }

    #[test]
    fn families_have_names_of_their_own() {
        for (index, family) in FAMILIES.iter().enumerate() {
            assert!(FAMILIES[..index].iter().all(|other| other.name != family.name));
            assert!(!family.rows.is_empty());
        }
    }
}
