//! `region create`.

use super::{Outcome, Words, describe, file, run};
use alloc::format;
use alloc::vec::Vec;
use user::eprintln;
use user::error::{Error, Result};
use user::options::{Argument, Arguments, Parsed, parse, parse_mode, parse_size, unknown, usage};
use user::region::{self, Options, Region, RegionFlags, Seals};

/// How it is called.
pub const USAGE: &str = "NAME SIZE [OPTION...] [-- COMMAND...]";

/// What it does.
pub const HELP: &str = "\
Creates a region; one that exists must be as it is asked for.
  --max SIZE          the length that it may grow to, with room in every view
                      (without this, SIZE rounded up to 2M)
  -m, --mode OCTAL    who may open it (600 if not given; the umask is taken away)
  -x, --exclusive     fail if it exists
  --ephemeral         the name goes with the last process that uses it
  --single-writer     only one may have it open for writing
  --views-read-only   views may not store; data is changed with `region write`
  --same-address      all processes see it at one address
  --sparse            do not set memory aside for it
  --file FILE         its bytes are those of a file on the SD card, which is made
                      if it is not there; mode and flags are the file's
  --seal SEAL,...     shrink, grow, write, future-write, seal: what is forbidden
Behind -- stands a command that is run while the region is held open, which an
ephemeral one needs to be there at all.";

/// Flags that a region keeps, so that one that exists can be compared.
const KEPT: RegionFlags = RegionFlags::EPHEMERAL
    .union(RegionFlags::SINGLE_WRITER)
    .union(RegionFlags::VIEWS_READ_ONLY)
    .union(RegionFlags::SAME_ADDRESS)
    .union(RegionFlags::SPARSE);

/// What the region is to be.
struct Wish {
    flags: RegionFlags,
    seals: Seals,
    maximum: u64,
    mode: u32,
    file: Option<&'static str>,
}

/// Creates a region, and runs the command behind `--`.
pub fn run(words: Words) -> Outcome {
    let flags = RegionFlags::CLOSE_ON_EXEC;
    let mut wish = Wish { flags, seals: Seals::empty(), maximum: 0, mode: 0o600, file: None };
    let Parsed::Run(plain) = parse(words, |option, values| wish.take(option, values))? else {
        return Ok(Parsed::Help);
    };
    let [name, size, ref command @ ..] = plain[..] else {
        return Err(usage("create needs a name and a size"));
    };
    let bytes = parse_size(size)?;
    if wish.maximum != 0 && wish.maximum < bytes {
        return Err(usage(format!("--max {}: that is less than the size", wish.maximum)));
    }
    let region = match wish.file {
        Some(path) => file::name(path, name, bytes)?,
        None => wish.options(bytes).create(name).map_err(|error| explain(error, name, bytes))?,
    };
    wish.compare(&region, name, bytes)?;
    if !command.is_empty() {
        return run::command(command).map(Parsed::Run);
    }
    if wish.flags.contains(RegionFlags::EPHEMERAL) && region.stat()?.users == 1 {
        eprintln!(
            "region: {name} is ephemeral: its only user ends now, and it goes \
             (to hold it: region create {name} {size} --ephemeral -- COMMAND)"
        );
    }
    Ok(Parsed::Run(0))
}

impl Wish {
    fn take(
        &mut self,
        option: Argument<'static>,
        values: &mut Arguments<'static, Words>,
    ) -> Result<()> {
        match option {
            Argument::Long("exclusive") | Argument::Short('x') => {
                self.flags |= RegionFlags::EXCLUSIVE;
            }
            Argument::Long("mode") | Argument::Short('m') => {
                self.mode = parse_mode(values.value()?)?;
            }
            Argument::Long("file") => self.file = Some(values.value()?),
            Argument::Long("max") => self.maximum = values.size()?,
            Argument::Long("seal") => {
                for seal in values.value()?.split(',') {
                    self.seals |= describe::parse_seal(seal)?;
                }
            }
            Argument::Long("ephemeral") => self.flags |= RegionFlags::EPHEMERAL,
            Argument::Long("single-writer") => self.flags |= RegionFlags::SINGLE_WRITER,
            Argument::Long("views-read-only") => self.flags |= RegionFlags::VIEWS_READ_ONLY,
            Argument::Long("same-address") => self.flags |= RegionFlags::SAME_ADDRESS,
            Argument::Long("sparse") => self.flags |= RegionFlags::SPARSE,
            option => return Err(unknown(option)),
        }
        Ok(())
    }

    fn options(&self, bytes: u64) -> Options {
        let options = Region::options().bytes(bytes).maximum(self.maximum).mode(self.mode);
        options.flags(self.flags).seals(self.seals)
    }

    /// Fails if the region was there and is another one than is asked for.
    fn compare(&self, region: &Region, name: &str, bytes: u64) -> Result<()> {
        let record = region.stat()?;
        if record.length != bytes {
            let text = format!("{name}: the region exists with {} bytes", record.length);
            return Err(
                Error::message(text).advice(format!("region resize {name} {bytes} changes that"))
            );
        }
        let missing = (self.flags & KEPT) - RegionFlags::from_bits_truncate(record.flags);
        let wanted: Vec<&str> = describe::flag_names(missing).collect();
        if !wanted.is_empty() {
            let text = format!("{name}: the region exists and is not {}", wanted.join(", "));
            return Err(Error::message(text)
                .advice("that is chosen at creation; region rm removes the name"));
        }
        if self.maximum != 0 && record.maximum != self.maximum {
            let text = format!("{name}: the region exists and may grow to {}", record.maximum);
            return Err(Error::message(text)
                .advice("that is chosen at creation; region rm removes the name"));
        }
        Ok(())
    }
}

fn explain(error: Error, name: &str, bytes: u64) -> Error {
    use abi::Errno;
    match error.errno() {
        Some(Errno::ENOMEM) => error
            .problem(format!("no memory is left to set {bytes} bytes aside"))
            .advice(format!("free shows it; region create {name} {bytes} --sparse promises none")),
        Some(Errno::EDQUOT) => error
            .problem(region::excess(bytes, bytes))
            .advice("limit shows quotas, and root changes them with it"),
        _ => error,
    }
}
