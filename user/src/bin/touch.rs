//! `touch`: makes files, or says that they have changed now.
#![no_std]
#![no_main]

use abi::Errno;
use user::error::Result;
use user::fs::{self, File};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println};

const HELP: &str = "usage: touch [-c] FILE...\n\
    Makes the files, or sets the time of their last change to now; with -c makes none.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut makes = true;
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('c') => {
            makes = false;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        return Err(usage("which file?"));
    }
    Ok(user::each(paths, |path| match fs::touch(path) {
        Err(error) if error.errno() == Some(Errno::ENOENT) => {
            if makes {
                File::options().write().create().mode(0o666).open(path)?;
            }
            Ok(())
        }
        outcome => outcome,
    }))
}
