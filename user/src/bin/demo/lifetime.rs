//! The story of how long regions live: by their name, or by their users.

use super::actor::actor;
use super::stage::{Name, claim, must, say};
use user::error::Result;
use user::process::{self, Signal};
use user::region::{self, Protection, Region};

/// Tells the story.
pub fn run() -> Result<()> {
    persistent()?;
    ephemeral()?;
    unlinked()
}

fn persistent() -> Result<()> {
    say("A persistent region: the process that makes it ends.");
    let name = Name::new("persistent");
    let maker = actor(|_| Region::options().bytes(4096).create(&name)?.write(0, b"left behind"))?;
    maker.ends_well()?;
    let mut bytes = [0; 11];
    Region::open(&name)?.read(0, &mut bytes)?;
    claim("the name and the bytes are still there", &bytes == b"left behind")?;
    region::unlink(&name)?;
    claim("until the name is removed", !region::exists(&name)?)
}

fn ephemeral() -> Result<()> {
    say("An ephemeral region: its name lives as long as somebody uses it.");
    let name = Name::new("ephemeral");
    let region = Region::options().bytes(4096).ephemeral().close_on_exec().create(&name)?;
    let other = actor(|line| {
        let own = Region::open(&name)?;
        let _view = own.map(Protection::READ)?;
        line.cue()?;
        line.wait()
    })?;
    other.wait()?;
    must("region ls")?;
    drop(region);
    claim("its maker has left, another process uses it: it is there", region::exists(&name)?)?;
    say("The other process is killed:");
    process::kill(other.pid, Signal::KILL)?;
    other.ends_by(Signal::KILL)?;
    claim("with its last user the name has gone", !region::exists(&name)?)
}

fn unlinked() -> Result<()> {
    say("A name is removed while a process has the region mapped.");
    let name = Name::new("unlinked");
    Region::options().bytes(4096).create(&name)?.write(0, b"still here")?;
    let user = actor(|line| {
        let view = Region::open(&name)?.map(Protection::READ)?;
        line.cue()?;
        line.wait()?;
        let mut bytes = [0; 10];
        view.read(0, &mut bytes);
        claim("the process still has the bytes", &bytes == b"still here")
    })?;
    user.wait()?;
    region::unlink(&name)?;
    claim("the name is free at once", !region::exists(&name)?)?;
    let successor = Region::options().bytes(4096).exclusive().create(&name)?;
    let mut bytes = [1; 10];
    successor.read(0, &mut bytes)?;
    claim("a new region of that name is another one, of zeroes", bytes == [0; 10])?;
    user.cue()?;
    user.ends_well()
}
