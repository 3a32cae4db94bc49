//! Fork, exit and wait: with private pages, and with views of regions.

use super::{Question, RIGHTS, touch};
use crate::clock::Samples;
use crate::handing;
use abi::limits::PAGE_SIZE;
use alloc::vec;
use alloc::vec::Vec;
use user::error::Result;
use user::offer::Pages;
use user::process::{self, Fork};
use user::region::Region;

pub const OF_PAGES: Question =
    Question { name: "fork", columns: &["PAGES", "FORK"], most: 1 << 16, measure: with_pages };

pub const OF_VIEWS: Question =
    Question { name: "views", columns: &["VIEWS", "FORK"], most: 1 << 10, measure: with_views };

/// A child that ends at once, and its parent's wait.
pub fn once() -> Result<()> {
    match process::fork()? {
        Fork::Child => process::exit(0),
        Fork::Parent(child) => process::wait_for(child).map(drop),
    }
}

/// What that costs.
pub fn cost(rounds: u32) -> Result<u64> {
    let samples = Samples::new(rounds.into())?;
    for _ in 0..rounds {
        samples.time(once)?;
    }
    Ok(samples.median())
}

fn with_pages(pages: usize, rounds: u32) -> Result<Vec<u64>> {
    let memory = Pages::new(pages * PAGE_SIZE)?;
    handing::write(&memory)?;
    Ok(vec![cost(rounds)?])
}

fn with_views(views: usize, rounds: u32) -> Result<Vec<u64>> {
    let view = |_| {
        let view = Region::options().bytes(PAGE_SIZE as u64).anonymous()?.map(RIGHTS)?;
        touch(view.memory(), 0);
        Ok(view)
    };
    let _views = (0..views).map(view).collect::<Result<Vec<_>>>()?;
    Ok(vec![cost(rounds)?])
}
