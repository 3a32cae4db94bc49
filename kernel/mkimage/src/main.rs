//! The command `mkimage`, which `make image` runs.

mod options;

use mkimage::Error;
use options::Options;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Options::parse(lexopt::Parser::from_env()).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mkimage: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Error> {
    let kernel = fs::read(&options.kernel).map_err(Error::io("read", &options.kernel))?;
    let image = mkimage::build(&kernel, &options.contents)?;
    // An image that is already there keeps its time, and nothing that depends on it is made again.
    if fs::read(&options.output).is_ok_and(|old| old == image) {
        return Ok(());
    }
    write_whole(&options.output, &image)?;
    let entries = options.contents.iter().count();
    println!("{}: {} KiB, {entries} archive entries", options.output.display(), image.len() / 1024);
    Ok(())
}

/// Puts the file in place in one step: an interrupted build leaves the old image or none.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, bytes).map_err(Error::io("write", &unfinished))?;
    fs::rename(&unfinished, path).map_err(Error::io("write", path))
}
