//! `seq`: numbers in a row.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use user::error::Result;
use user::options::usage;
use user::{env, print, println};

const HELP: &str = "usage: seq [FIRST [STEP]] LAST\n\
    Prints whole numbers from FIRST (1) to LAST, in steps of STEP (1), which may be negative.";

user::entry!(main);

fn main() -> Result<()> {
    let mut numbers = [1, 1, 1];
    let mut count = 0;
    // Words like -3 are numbers here.
    for word in env::args().skip(1) {
        if matches!(word, "--help" | "-h") {
            println!("{HELP}");
            return Ok(());
        }
        let number: i64 =
            word.parse().map_err(|_| usage(format!("{word}: a whole number is needed")))?;
        *numbers.get_mut(count).ok_or_else(|| usage(format!("{word}: one word too many")))? =
            number;
        count += 1;
    }
    let (first, step, last) = match (count, numbers) {
        (1, [last, ..]) => (1, 1, last),
        (2, [first, last, _]) => (first, 1, last),
        (3, [first, step, last]) => (first, step, last),
        _ => return Err(usage("up to which number?")),
    };
    if step == 0 {
        return Err(usage("a step of 0 leads nowhere"));
    }
    let mut next = Some(first);
    while let Some(number) =
        next.filter(|next| if step > 0 { *next <= last } else { *next >= last })
    {
        print!("{number}\n");
        next = number.checked_add(step);
    }
    Ok(())
}
