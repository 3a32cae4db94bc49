//! `mkcard`: the image of an SD card, from the kernel's image and the boards' firmware.

use lexopt::prelude::*;
use mkcard::Error;
use mkcard::contents::Contents;
use mkcard::size::CardSize;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str =
    "usage: mkcard --output CARD [--size SIZE] [--file NAME=PATH]… [--tree NAME=DIRECTORY]…
  --size SIZE            of the whole card, a power of two such as 256M (which it is if not given)
  --file NAME=PATH       the file PATH as NAME
  --tree NAME=DIRECTORY  everything below DIRECTORY under NAME, which may be /";

struct Options {
    output: PathBuf,
    size: CardSize,
    contents: Contents,
}

fn main() -> ExitCode {
    let made = parse(lexopt::Parser::from_env()).and_then(|options| {
        mkcard::build_at(&options.output, options.size, &options.contents)?;
        let files = options.contents.iter().count();
        println!("{}: {}, {files} files", options.output.display(), options.size);
        Ok(())
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mkcard: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Options, Error> {
    let (mut output, mut contents) = (None, Contents::default());
    let mut size = CardSize::parse("256M")?;
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("output") => output = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Long("size") => size = CardSize::parse(&text(&mut parser)?)?,
            Long("file") => {
                let (name, path) = pair(&mut parser)?;
                contents.add_file(&name, &path)?;
            }
            Long("tree") => {
                let (name, path) = pair(&mut parser)?;
                contents.add_tree(&name, &path)?;
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    let output = output.ok_or_else(|| usage("--output is needed"))?;
    Ok(Options { output, size, contents })
}

fn usage(problem: impl std::fmt::Display) -> Error {
    Error::Usage(format!("{problem}\n{USAGE}"))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, Error> {
    parser.value().and_then(|value| value.string()).map_err(usage)
}

/// NAME=PATH; a path may have more of the signs in it.
fn pair(parser: &mut lexopt::Parser) -> Result<(String, PathBuf), Error> {
    let value = text(parser)?;
    let (name, path) =
        value.split_once('=').ok_or_else(|| usage(format!("'{value}' is not NAME=PATH")))?;
    Ok((name.to_owned(), PathBuf::from(path)))
}
