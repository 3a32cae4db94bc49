//! Opening one of many names, and one more name beside them.

use super::Question;
use crate::clock::Samples;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::posix::{self, OpenFlags};
use user::region;

pub const OF_NAMES: Question = Question {
    name: "names",
    columns: &["NAMES", "OPEN-CLOSE", "CREATE-UNLINK"],
    most: 100_000,
    measure,
};

/// Steps through the names in an order of no pattern; a number that has no factor in common with
/// how many there are.
const STRIDE: usize = 61_463;

fn name(index: usize) -> String {
    format!("/growth.{index:06}")
}

/// Names that go when it is dropped.
struct Names(usize);

impl Names {
    fn make(count: usize) -> Result<Self> {
        let mut names = Self(0);
        for index in 0..count {
            create(&name(index))?;
            names.0 += 1;
        }
        Ok(names)
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        (0..self.0).for_each(|index| drop(region::unlink(&name(index))));
    }
}

fn open(name: &str, flags: OpenFlags) -> Result<()> {
    let opened = posix::shm_open(name, flags, 0o600);
    opened.map(drop).map_err(|errno| Error::new(errno, name))
}

fn create(name: &str) -> Result<()> {
    open(name, OpenFlags::READ_WRITE | OpenFlags::CREATE)
}

fn measure(count: usize, rounds: u32) -> Result<Vec<u64>> {
    let _names = Names::make(count)?;
    let rounds = rounds * 8;
    let (opens, creates) = (Samples::new(rounds.into())?, Samples::new(rounds.into())?);
    for round in 0..rounds as usize {
        let name = name(round * STRIDE % count);
        opens.time(|| open(&name, OpenFlags::READ_WRITE))?;
        let other = format!("/another.{round:06}");
        creates.time(|| create(&other).and_then(|()| region::unlink(&other)))?;
    }
    Ok(vec![opens.median(), creates.median()])
}
