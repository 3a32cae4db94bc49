//! Claiming pages: such as are passed on, and private memory.

use super::Question;
use crate::handing::{Contents, Handing, Origin};
use alloc::vec;
use alloc::vec::Vec;
use user::error::Result;

pub const OF_CLAIMS: Question = Question {
    name: "claims",
    columns: &["PAGES", "CLAIM-PASSED-ON", "CLAIM-PRIVATE"],
    most: 1 << 14,
    measure,
};

fn measure(pages: usize, rounds: u32) -> Result<Vec<u64>> {
    let claim =
        |origin| Handing { origin, contents: Contents::Written, pages }.measure(rounds.into());
    Ok(vec![claim(Origin::PassedOn)?.claim, claim(Origin::Private)?.claim])
}
