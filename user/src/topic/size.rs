//! How large a pool is at first.

use crate::error::{Error, Result};
use alloc::format;

/// The variable that says so.
pub const VARIABLE: &str = "MEMPOOL_SIZE";

/// The unit that sizes are rounded up to.
const STEP: u64 = 100_000;

/// The first size for the variable's value, in bytes.
pub fn first_size(value: Option<&str>) -> Result<u64> {
    let Some(text) = value else { return Ok(STEP) };
    let bytes = text.trim().parse::<u64>().ok().filter(|bytes| *bytes > 0);
    bytes.and_then(|bytes| bytes.checked_next_multiple_of(STEP)).ok_or_else(|| {
        Error::message(format!("{VARIABLE}={text}"))
            .problem("that is no size of a message pool")
            .advice("a number of bytes above 0, such as 1000000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up_to_100_kilobytes() {
        for (value, bytes) in [
            (None, 100_000),
            (Some("1"), 100_000),
            (Some("100000"), 100_000),
            (Some(" 100001 "), 200_000),
        ] {
            assert_eq!(first_size(value), Ok(bytes));
        }
    }

    #[test]
    fn a_bad_size_is_a_clear_error() {
        for value in ["", "0", "-1", "1M", "lots", "18446744073709551615"] {
            let error = first_size(Some(value)).unwrap_err();
            assert!(std::string::ToString::to_string(&error).starts_with("MEMPOOL_SIZE="));
        }
    }
}
