//! What happens to the robot's runtime: it is made, used, and one of its processes is killed.

use super::blocks::{BLOCK_BYTES, Mode, Record, Runtime};
use super::names::{Block, Mutex, Names};
use super::{DEVICES, ROUNDS, roles};
use crate::actor::{Actor, actor};
use crate::stage::{claim, say};
use alloc::format;
use user::error::{Context, Result};
use user::posix::{self, OpenFlags};
use user::process::{self, Signal};
use user::region::{Locked, Region};

/// A process makes all objects and leaves.
pub fn create(names: &Names) -> Result<()> {
    say("A process makes four blocks and the semaphores that guard them, and ends.");
    let creator = actor(|_| {
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
        for block in Block::ALL {
            let name = names.block(block);
            let fd = posix::shm_open(&name, flags, 0o660).context(&*name)?;
            posix::ftruncate(fd.as_raw(), BLOCK_BYTES as i64).context(name)?;
        }
        for mutex in Mutex::all() {
            let name = names.mutex(mutex);
            let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
            posix::sem_open(&name, flags, 0o660, mutex.first_value()).context(name)?;
        }
        let runtime = Runtime::attach(names)?;
        for device in 0..DEVICES {
            runtime.readings.store(device, Record::default())?;
            runtime.commands.store(device, Record::default())?;
        }
        runtime.set_mode(Mode::Run)
    })?;
    creator.ends_well()?;
    let made = Block::ALL.len() + Mutex::all().count();
    claim(&format!("it has gone, and {made} names are there"), names.left()? == made)
}

/// The runtime at work.
pub struct Robot<'a> {
    names: &'a Names,
    /// As the one who starts and watches the processes has it.
    runtime: Runtime,
    devices: Actor,
    executor: Actor,
    monitor: Actor,
}

/// Three processes attach by name and work.
pub fn first_half(names: &Names) -> Result<Robot<'_>> {
    say("Devices, executor and monitor are processes that know the names, and nothing else.");
    say(
        "They take catalog, reading, command and changes in this order, so nobody waits in a ring.",
    );
    let devices = actor(|line| roles::devices(names, line))?;
    let executor = actor(|line| roles::executor(names, line))?;
    let monitor = actor(|line| roles::monitor(names, line))?;
    devices.cue()?;
    devices.wait()?;
    monitor.cue()?;
    monitor.wait()?;
    let runtime = Runtime::attach(names)?;
    let robot = Robot { names, runtime, devices, executor, monitor };
    claim(&format!("{ROUNDS} rounds, and no record was torn"), robot.all_read(ROUNDS)?)?;
    Ok(robot)
}

impl<'a> Robot<'a> {
    fn all_read(&self, rounds: u64) -> Result<bool> {
        let mut all = true;
        for device in 0..DEVICES {
            let _reading = self.runtime.take(Mutex::Reading(device))?;
            let record = self.runtime.readings.load(device)?;
            all &= record.is_some_and(|record| record.round == rounds);
        }
        Ok(all)
    }

    /// The executor is killed while it writes a command.
    pub fn killed(self) -> Result<Survivors<'a>> {
        let Self { names, runtime, devices, executor, monitor } = self;
        runtime.set_mode(Mode::Hold)?;
        runtime.give(Mutex::News)?;
        executor.wait()?;
        say("The executor is killed in the middle of a command, with its semaphore taken:");
        process::kill(executor.pid, Signal::KILL)?;
        executor.ends_by(Signal::KILL)?;
        claim(
            "a semaphore does not know who took it: it stays at 0 for ever",
            runtime.value(Mutex::Command(0))? == 0,
        )?;
        Ok(Survivors { names, runtime, devices, monitor })
    }
}

/// The processes that are left.
pub struct Survivors<'a> {
    names: &'a Names,
    runtime: Runtime,
    devices: Actor,
    monitor: Actor,
}

impl Survivors<'_> {
    /// They finish what they have to do.
    pub fn second_half(self) -> Result<()> {
        let Self { names, runtime, devices, monitor } = self;
        devices.cue()?;
        devices.wait()?;
        claim(
            "the devices waited with sem_clockwait, and went on without that command in the end",
            runtime.missing()? == 1,
        )?;
        say(
            "Nobody but this process knows of the death. It repairs the command and posts for the dead.",
        );
        claim("the command is half written", runtime.commands.load(0)?.is_none())?;
        runtime.commands.store(0, Record::default())?;
        runtime.give(Mutex::Command(0))?;
        devices.cue()?;
        devices.wait()?;
        monitor.cue()?;
        monitor.wait()?;
        devices.cue()?;
        devices.ends_well()?;
        monitor.ends_well()?;
        let whole = (0..DEVICES).try_fold(true, |whole, device| {
            let record = Runtime::attach(names)?.readings.load(device)?;
            Ok::<_, user::error::Error>(
                whole && record.is_some_and(|record| record.round == 2 * ROUNDS),
            )
        })?;
        claim(&format!("devices and monitor finished all {} rounds", 2 * ROUNDS), whole)
    }
}

/// A process dies with the lock of a block, and the next one is told.
pub fn lock_of_the_dead(names: &Names) -> Result<()> {
    let name = names.block(Block::Commands);
    let region = Region::open(&name)?;
    let holder = actor(|line| {
        let region = Region::open(&name)?;
        let _lock = region.lock()?;
        line.cue()?;
        line.wait()
    })?;
    holder.wait()?;
    claim("the lock is taken", region.try_lock()?.is_none())?;
    process::kill(holder.pid, Signal::KILL)?;
    holder.ends_by(Signal::KILL)?;
    match region.lock()? {
        Locked::OwnerDied(guard) => {
            claim("the next one has the lock at once, and is told that its holder died", true)?;
            guard.unlock_consistent()?;
        }
        Locked::Clean(_) => claim("the next one is told that the lock's holder died", false)?,
    }
    claim("and says that the bytes are right again", !region.lock()?.owner_died())
}
