//! What the runtime's objects are called, and how they are made and removed.

use super::blocks::BLOCK_BYTES;
use alloc::format;
use alloc::string::String;
use user::error::{Context, Result};
use user::posix::{self, OpenFlags};
use user::{process, region};

/// A block of shared memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Name {
    /// What the network wants of the devices.
    Goals,
    /// What the executor has the devices do.
    Commands,
    /// What the devices say.
    Readings,
    /// What the robot is about, and what its processes have done.
    State,
}

impl Name {
    const ALL: [Self; 4] = [Self::Goals, Self::Commands, Self::Readings, Self::State];
}

/// A semaphore that counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Count {
    /// Goals that the executor has not seen.
    Goals,
    /// Cycles that the network handler has done.
    Cycles,
    /// The device handler holds still, with a lock.
    Held,
}

impl Count {
    const ALL: [Self; 3] = [Self::Goals, Self::Cycles, Self::Held];
}

/// The names of this telling; what is left of them goes with it, however it ends.
pub struct Names {
    story: String,
}

impl Names {
    /// Names that no other telling has.
    pub fn new() -> Self {
        Self { story: format!("runtime-{}", process::id()) }
    }

    /// A block's; by custom they end so.
    pub fn block(&self, block: Name) -> String {
        let name = match block {
            Name::Goals => "goals",
            Name::Commands => "commands",
            Name::Readings => "readings",
            Name::State => "state",
        };
        format!("/{}-{name}-shm", self.story)
    }

    /// A semaphore's.
    pub fn count(&self, count: Count) -> String {
        let name = match count {
            Count::Goals => "goals",
            Count::Cycles => "cycles",
            Count::Held => "held",
        };
        format!("/{}-{name}", self.story)
    }

    /// Makes all of them. A new block is zeroes, and those are good records.
    pub fn create(&self) -> Result<()> {
        let only = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        for name in Name::ALL.map(|block| self.block(block)) {
            let fd = posix::shm_open(&name, only | OpenFlags::READ_WRITE, 0o660).context(&*name)?;
            posix::ftruncate(fd.as_raw(), BLOCK_BYTES as i64).context(name)?;
        }
        for name in Count::ALL.map(|count| self.count(count)) {
            posix::sem_open(&name, only, 0o660, 0).context(name)?;
        }
        Ok(())
    }

    /// Removes all names.
    pub fn remove(&self) -> Result<()> {
        for name in Name::ALL.map(|block| self.block(block)) {
            posix::shm_unlink(&name).context(name)?;
        }
        for name in Count::ALL.map(|count| self.count(count)) {
            posix::sem_unlink(&name).context(name)?;
        }
        Ok(())
    }

    /// How many names are left.
    pub fn left(&self) -> Result<usize> {
        let own = |name: &str| name.strip_prefix('/').unwrap_or(name).starts_with(&self.story);
        let regions = region::list()?;
        let blocks =
            regions.iter().filter(|record| core::str::from_utf8(record.name()).is_ok_and(own));
        let semaphores = posix::sem_list()?;
        Ok(blocks.count() + semaphores.iter().filter(|name| own(name)).count())
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        // A story that has gone well has removed them already.
        for block in Name::ALL {
            let _ = posix::shm_unlink(self.block(block));
        }
        for count in Count::ALL {
            let _ = posix::sem_unlink(self.count(count));
        }
    }
}
