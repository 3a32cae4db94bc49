//! The story of a region that others may not open, and then not change.

use super::actor::actor;
use super::stage::{Name, claim, refused, say};
use abi::Errno;
use user::error::{Error, Result};
use user::process::{self, Signal};
use user::region::{Protection, Region};

/// A user like any other.
const STRANGER: u32 = 1000;

/// Tells the story.
pub fn run() -> Result<()> {
    if process::effective_user() != 0 {
        return Err(Error::message("this story needs root, who can become another user"));
    }
    let name = Name::new("denied");
    say("Root makes a region with mode 600 and writes into it.");
    let region = Region::options().bytes(4096).mode(0o600).create(&name)?;
    region.write(0, b"secret")?;
    let stranger = actor(|_| {
        process::become_user(STRANGER, STRANGER)?;
        refused("user 1000 may not open it", Errno::EACCES, Region::open_read_only(&name).map(drop))
    })?;
    stranger.ends_well()?;

    say("Root sets mode 644: others may read.");
    region.set_mode(0o644)?;
    let stranger = actor(|_| {
        process::become_user(STRANGER, STRANGER)?;
        refused("not open to write", Errno::EACCES, Region::open(&name).map(drop))?;
        let region = Region::open_read_only(&name)?;
        refused(
            "not mapped to write",
            Errno::EACCES,
            region.map(Protection::READ | Protection::WRITE),
        )?;
        refused("not unlinked", Errno::EACCES, user::region::unlink(&name))?;
        let view = region.map(Protection::READ)?;
        let mut bytes = [0; 6];
        view.read(0, &mut bytes);
        claim("a view to read shows the bytes", &bytes == b"secret")?;
        say("Now it stores through that view all the same:");
        user::io::flush().map_err(|errno| Error::new(errno, "standard output"))?;
        view.write(0, b"broken");
        claim("the store is stopped", false)
    })?;
    stranger.ends_by(Signal::SEGV)?;
    say("The line above is the kernel's: which process, where, and which right was missing.");
    let mut bytes = [0; 6];
    region.read(0, &mut bytes)?;
    claim("the process ended by it, and the bytes are as they were", &bytes == b"secret")
}
