//! What the runtime's objects are called.

use super::DEVICES;
use alloc::format;
use alloc::string::String;
use user::error::{Context, Result};
use user::{posix, process, region};

/// A block of shared memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Block {
    /// What the devices say.
    Readings,
    /// What the devices are to do.
    Commands,
    /// What the robot is about: its mode, and which readings are new.
    Robot,
    /// What happened.
    Log,
}

impl Block {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Readings, Self::Commands, Self::Robot, Self::Log];
}

/// A semaphore. Who takes several takes them in this order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mutex {
    /// The list of devices, which nobody changes while somebody goes through it.
    Catalog,
    /// A device's reading.
    Reading(usize),
    /// A device's command.
    Command(usize),
    /// The bits that say which readings are new.
    Changes,
    /// The log.
    Log,
    /// No mutex but a count: readings that the executor has not seen.
    News,
}

impl Mutex {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_devices = |make: fn(usize) -> Self| (0..DEVICES).map(make);
        let single = [Self::Catalog, Self::Changes, Self::Log, Self::News];
        of_devices(Self::Reading).chain(of_devices(Self::Command)).chain(single)
    }

    /// The value that it begins with.
    pub const fn first_value(self) -> u32 {
        match self {
            Self::News => 0,
            _ => 1,
        }
    }
}

/// The names of this telling; what is left of them goes with it, however it ends.
pub struct Names {
    story: String,
}

impl Names {
    /// Names that no other telling has.
    pub fn new() -> Self {
        Self { story: format!("robot-{}", process::id()) }
    }

    /// A block's; by custom they end so.
    pub fn block(&self, block: Block) -> String {
        let name = match block {
            Block::Readings => "readings",
            Block::Commands => "commands",
            Block::Robot => "robot",
            Block::Log => "log",
        };
        format!("/{}-{name}-shm", self.story)
    }

    /// A semaphore's.
    pub fn mutex(&self, mutex: Mutex) -> String {
        let story = &self.story;
        match mutex {
            Mutex::Catalog => format!("/{story}-catalog"),
            Mutex::Reading(device) => format!("/{story}-reading-{device}"),
            Mutex::Command(device) => format!("/{story}-command-{device}"),
            Mutex::Changes => format!("/{story}-changes"),
            Mutex::Log => format!("/{story}-log"),
            Mutex::News => format!("/{story}-news"),
        }
    }

    /// Removes all names.
    pub fn remove(&self) -> Result<()> {
        for block in Block::ALL {
            let name = self.block(block);
            posix::shm_unlink(&name).context(name)?;
        }
        for mutex in Mutex::all() {
            let name = self.mutex(mutex);
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
        for block in Block::ALL {
            let _ = posix::shm_unlink(self.block(block));
        }
        for mutex in Mutex::all() {
            let _ = posix::sem_unlink(self.mutex(mutex));
        }
    }
}
