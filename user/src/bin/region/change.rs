//! `region rm`, `grow`, `resize`, `seal`, `chmod` and `chown`.

use super::{Outcome, Words, describe};
use abi::Errno;
use alloc::format;
use alloc::vec::Vec;
use user::each;
use user::error::{Error, Result};
use user::options::{Parsed, parse_mode, parse_owner, parse_size, plain, usage};
use user::posix::name::DIRECTORY;
use user::region::{self, Region, Seals};
use user::{fs, println};

/// What `rm` does.
pub const REMOVE_HELP: &str = "\
Removes names; they are free at once.
The memory goes with the last process that uses it.";

/// What `grow` does.
pub const GROW_HELP: &str = "\
Makes a region longer, up to its maximum.
Every view of the whole region sees that at once, at the same addresses.";

/// What `resize` does.
pub const RESIZE_HELP: &str = "\
Makes a region longer or shorter.
What is cut off is gone from every view; a touch there is SIGBUS.";

/// What `seal` does.
pub const SEAL_HELP: &str = "\
Forbids something for ever, and tells what is forbidden.
  shrink        it never gets shorter
  grow          it never gets longer
  write         its bytes never change; fails while somebody may store to it
  future-write  nobody else gets to write
  seal          there are no more seals";

/// Removes names.
pub fn remove(words: Words) -> Outcome {
    let Parsed::Run(names) = plain(words)? else { return Ok(Parsed::Help) };
    if names.is_empty() {
        return Err(usage("rm needs a name"));
    }
    Ok(Parsed::Run(each(names, |name| {
        region::unlink(name).map_err(|error| match error.errno() {
            Some(Errno::EACCES | Errno::EPERM) => error.advice("its owner or root can"),
            _ => error,
        })
    })))
}

/// Makes a region longer.
pub fn grow(words: Words) -> Outcome {
    change_length(words, |region, name, bytes| {
        let length = region.length()?;
        if length > bytes {
            let text = format!("{name}: it has {length} bytes already");
            return Err(Error::message(text)
                .advice(format!("region resize {name} {bytes} makes it shorter")));
        }
        region.set_length(bytes)
    })
}

/// Makes a region longer or shorter.
pub fn resize(words: Words) -> Outcome {
    change_length(words, |region, _, bytes| region.set_length(bytes))
}

fn change_length(words: Words, change: fn(&Region, &str, u64) -> Result<()>) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, size] = plain[..] else {
        return Err(usage("a name and a size are needed"));
    };
    let bytes = parse_size(size)?;
    change(&Region::open(name)?, name, bytes)?;
    Ok(Parsed::Run(0))
}

/// Adds seals, and tells all.
pub fn seal(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, ref wanted @ ..] = plain[..] else {
        return Err(usage("seal needs a name, and seals"));
    };
    let mut seals = Seals::empty();
    for word in wanted {
        seals |= describe::parse_seal(word)?;
    }
    let all = if seals.is_empty() {
        Seals::from_bits_truncate(describe::find(name)?.seals)
    } else {
        Region::open(name)?.seal(seals).map_err(unsealed)?
    };
    let names: Vec<&str> = describe::seal_names(all).collect();
    println!("{name}: {}", if names.is_empty() { "no seals".into() } else { names.join(" ") });
    Ok(Parsed::Run(0))
}

fn unsealed(error: Error) -> Error {
    match error.errno() {
        Some(Errno::EBUSY) => error
            .problem("somebody may store to it through a view")
            .advice("region stat counts the writers; future-write leaves them and stops others"),
        Some(Errno::EPERM) => error.problem("it is sealed against more seals"),
        _ => error,
    }
}

/// Sets who may open a region.
pub fn mode(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let (name, mode) = name_and(&plain, "chmod needs a name and a mode")?;
    let mode = parse_mode(mode)?;
    fs::set_mode(&path(name)?, mode)
        .map_err(|error| denied(error, name, "only its owner and root change its mode"))?;
    Ok(Parsed::Run(0))
}

/// Gives a region another owner.
pub fn owner(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let (name, owner) = name_and(&plain, "chown needs a name and a user")?;
    let (uid, gid) = parse_owner(owner)?;
    // The greatest number leaves the group as it is.
    let gid = gid.unwrap_or(u32::MAX);
    fs::set_owner(&path(name)?, uid, gid)
        .map_err(|error| denied(error, name, "only root gives regions away"))?;
    Ok(Parsed::Run(0))
}

/// A name and another word; in either order, as `chmod` has it the other way round for files.
fn name_and<'a>(plain: &[&'a str], otherwise: &str) -> Result<(&'a str, &'a str)> {
    match *plain {
        [name, word] if name.starts_with('/') => Ok((name, word)),
        [word, name] if name.starts_with('/') => Ok((name, word)),
        _ => Err(usage(otherwise)),
    }
}

/// A region's file. Its mode is changed there, as who may not open it may still own it.
fn path(name: &str) -> Result<alloc::string::String> {
    describe::find(name)?;
    Ok(format!("{DIRECTORY}{name}"))
}

fn denied(error: Error, name: &str, rule: &str) -> Error {
    match error.errno() {
        Some(errno @ (Errno::EPERM | Errno::EACCES)) => {
            Error::new(errno, name).problem(rule).advice("region ls shows owners, id who this is")
        }
        _ => error,
    }
}
