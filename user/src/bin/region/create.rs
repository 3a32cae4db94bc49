//! `region create`.

use alloc::format;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Arguments, parse_size, unknown, usage};
use user::region::{Region, RegionFlags};

/// Creates a region; one that exists must have the size that is asked for.
pub fn run(words: impl Iterator<Item = &'static str>) -> Result<()> {
    let mut flags = RegionFlags::empty();
    let mut mode = 0o600;
    let mut plain = Vec::new();
    let mut arguments = Arguments::new(words);
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Long("exclusive") | Argument::Short('x') => flags |= RegionFlags::EXCLUSIVE,
            Argument::Long("mode") | Argument::Short('m') => mode = parse_mode(arguments.value()?)?,
            Argument::Positional(word) => plain.push(word),
            option => return Err(unknown(option)),
        }
    }
    let [name, size] = plain[..] else {
        return Err(usage("create needs a name and a size"));
    };
    let bytes = parse_size(size)?;
    let options = Region::options().bytes(bytes).flags(flags).mode(mode);
    let length = options.create(name)?.length()?;
    if length == bytes {
        return Ok(());
    }
    Err(user::Error::message(format!("{name}: the region exists with {length} bytes"))
        .advice(format!("region resize {name} {size} changes that")))
}

fn parse_mode(text: &str) -> Result<u32> {
    u32::from_str_radix(text, 8)
        .ok()
        .filter(|mode| *mode <= 0o777)
        .ok_or_else(|| usage(format!("{text}: a mode is octal, from 0 to 777")))
}
