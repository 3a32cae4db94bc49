//! `lock_stat`, in debug kernels only: how often the locks of each rank are taken and waited for.

use super::text::Text;
use crate::sync::{Rank, counts};
use core::fmt::Write;

/// A line for each rank whose locks were taken.
pub fn write(text: &mut Text) {
    let _ = writeln!(text, "class taken contended spins");
    for rank in Rank::ALL {
        let counts = counts(*rank);
        if counts.taken > 0 {
            let _ =
                writeln!(text, "{rank:?} {} {} {}", counts.taken, counts.contended, counts.spins);
        }
    }
}
