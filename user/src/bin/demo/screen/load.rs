//! Load beside the picture: processes that make, fill, pass on and end things without a rest.

use super::players::play;
use alloc::format;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::process::{self, ExitStatus, Fork, Pid, Signal};
use user::region::{Options, Protection};
use user::topic::{Pool, TopicPolicy};

/// Processes that do it, one for each core.
const WORKERS: usize = 4;
const BYTES: usize = 1 << 20;
const PAGE: usize = 4096;

/// The processes, which end with this.
pub struct Load(Vec<Pid>);

impl Load {
    /// Starts all of them.
    pub fn start() -> Result<Self> {
        let mut load = Self(Vec::new());
        for _ in 0..WORKERS {
            load.0.push(play(c"load", work)?);
        }
        Ok(load)
    }

    /// Ends all of them; fails if one has ended by itself.
    pub fn end(&mut self) -> Result<()> {
        let mut all_worked = true;
        for pid in self.0.drain(..) {
            all_worked &= process::kill(pid, Signal::TERM).is_ok();
            all_worked &= process::wait_for(pid)? == ExitStatus::Signalled(Signal::TERM as u8);
        }
        if all_worked { Ok(()) } else { Err(Error::message("the load has stopped by itself")) }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Something else has gone wrong, which is told.
        let _ = self.end();
    }
}

fn work() -> Result<()> {
    let pool = Pool::new()?;
    let publisher = pool.advertise::<u64>("/load", 16, TopicPolicy::Overwrite)?;
    let name = format!("/load-{}", process::id());
    for round in 0_u64.. {
        let region = Options::new().bytes(BYTES as u64).ephemeral().exclusive().create(&name)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        for page in (0..BYTES).step_by(PAGE) {
            view.write(page, &round.to_ne_bytes()).ok_or_else(|| Error::message("too short"))?;
        }
        // A child with all of it, which changes some and ends.
        match process::fork()? {
            Fork::Child => {
                view.write(0, &[1; PAGE]);
                process::exit(0)
            }
            Fork::Parent(child) => process::wait_for(child)?,
        };
        let mut message = publisher.loan()?;
        *message = round;
        message.publish()?;
    }
    Ok(())
}
