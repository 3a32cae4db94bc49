//! Doing the same for each of several arguments.

use crate::error::Result;
use crate::{env, eprintln};

/// Does it for each; says what fails, and goes on. Returns the program's status.
pub fn each<T>(
    arguments: impl IntoIterator<Item = T>,
    mut act: impl FnMut(T) -> Result<()>,
) -> i32 {
    let mut status = 0;
    for argument in arguments {
        if let Err(error) = act(argument) {
            eprintln!("{}: {error}", env::program_name());
            status = 1;
        }
    }
    status
}
