//! `region save`, `load` and `create --file`: a region's bytes in a file, which outlasts the machine's
//! memory.

use super::{Outcome, Words};
use abi::Errno;
use alloc::format;
use alloc::vec;
use user::error::{Error, Result};
use user::fs::{self, File};
use user::interrupt::Interrupts;
use user::options::{Parsed, plain, usage};
use user::progress::Progress;
use user::region::{self, Region, RegionFlags};

/// What `save` does.
pub const SAVE_HELP: &str = "\
Writes a region's bytes into a file, which is there as a whole or as before.
What programs store meanwhile may be in it or not: to exclude them, run
`region lock NAME -- region save NAME FILE`.";

/// What `load` does.
pub const LOAD_HELP: &str = "\
Fills a region with a file's bytes; it gets the file's length, and is created
if it is not there.";

/// Bytes of one copy.
const PIECE: u64 = 1 << 20;

/// Writes a region into a file.
pub fn save(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, path] = plain[..] else { return Err(usage("save needs a name and a file")) };
    let region = Region::open_read_only(name)?;
    let part = format!("{path}.part");
    let interrupts = Interrupts::noted();
    let saved = write_file(&region, &part, &interrupts).and_then(|()| fs::rename(&part, path));
    if saved.is_err() {
        // What is half written helps nobody; that it stays is the lesser news.
        let _ = fs::unlink(&part);
    }
    match saved {
        Err(error) if error.errno() == Some(Errno::EINTR) => interrupts.end(),
        saved => saved.map(|()| Parsed::Run(0)),
    }
}

fn write_file(region: &Region, path: &str, interrupts: &Interrupts) -> Result<()> {
    let file = File::create(path)?;
    let mut bytes = vec![0; PIECE as usize];
    let mut at = 0;
    let mut progress = Progress::new(path, region.length()?);
    loop {
        let count = region.read(at, &mut bytes)?;
        if count == 0 {
            break;
        }
        file.write_all(&bytes[..count])?;
        at += count as u64;
        progress.advance(count as u64);
        if interrupts.have_come() {
            return Err(Error::new(Errno::EINTR, path));
        }
    }
    file.sync()
}

/// Fills a region with a file's bytes.
pub fn load(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [path, name] = plain[..] else { return Err(usage("load needs a file and a name")) };
    let file = File::open(path)?;
    let length = file.metadata()?.length();
    let region = if region::exists(name)? {
        let region = Region::open(name)?;
        region.set_length(length)?;
        region
    } else {
        let options = Region::options().bytes(length).mode(0o600);
        options.flags(RegionFlags::CLOSE_ON_EXEC).create(name)?
    };
    let mut bytes = vec![0; PIECE as usize];
    let mut at = 0;
    let mut progress = Progress::new(path, length);
    loop {
        let count = file.read(&mut bytes)?;
        if count == 0 {
            return Ok(Parsed::Run(0));
        }
        region.write(at, &bytes[..count])?;
        at += count as u64;
        progress.advance(count as u64);
    }
}

/// Names the region that a file on the card is, which is made if it is not there and as long as that.
pub fn name(path: &str, name: &str, bytes: u64) -> Result<Region> {
    if !region::exists(name)? {
        let file = File::options().read_write().create().open(path)?;
        if file.metadata()?.length() < bytes {
            file.set_length(bytes)?;
        }
        fs::link(path, &format!("/dev/shm/{}", name.trim_start_matches('/')))?;
    }
    Region::open(name)
}
