//! `comm`: the name of a thread, which its process's own threads may change.

use super::process::find;
use crate::fs::node::{Identity, Node, Place, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process::Process;
use crate::sched::{self, Thread};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{S_IFREG, Stat};
use abi::limits::THREAD_NAME_MAX;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The name of a thread, as a file.
pub struct NameFile {
    identity: Identity,
    pid: u32,
    tid: u32,
}

impl NameFile {
    /// That of a thread of a process; the first one's is the process's.
    pub const fn new(identity: Identity, pid: u32, tid: u32) -> Self {
        Self { identity, pid, tid }
    }

    fn thread(&self) -> Result<(Arc<Process>, Arc<Thread>), Errno> {
        let process = find(self.pid)?;
        let thread = process.thread(self.tid).ok_or(Errno::ESRCH)?;
        Ok((process, thread))
    }
}

/// A thread's name, without what pads it.
pub fn name_of(process: &Process, thread: &Thread) -> Vec<u8> {
    process.thread_name(thread).into_iter().take_while(|byte| *byte != 0).collect()
}

impl Node for NameFile {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn permissions(&self) -> Permissions {
        let owner = find(self.pid).map(|process| process.credentials()).unwrap_or_default();
        Permissions { mode: S_IFREG | 0o644, uid: owner.uid, gid: owner.gid }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        let (process, thread) = self.thread()?;
        let mut name = name_of(&process, &thread);
        name.push(b'\n');
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(name.len());
        if start == name.len() { Ok(0) } else { to.put(&name[start..]) }
    }

    /// As on Linux, everything is taken and the beginning of it is the name.
    fn write(&self, _: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        let (process, thread) = self.thread()?;
        if sched::process_if_any().is_none_or(|caller| caller.pid != process.pid) {
            return Err(Errno::EINVAL);
        }
        let count = from.remaining();
        let mut name = [0; THREAD_NAME_MAX];
        from.take(&mut name[..THREAD_NAME_MAX - 1])?;
        let end = name.iter().position(|byte| matches!(byte, 0 | b'\n')).unwrap_or(name.len());
        name[end..].fill(0);
        process.rename_thread(&thread, name);
        Ok(Written { count, end: count as u64 })
    }

    /// Opening it for writing may want to cut it, which changes nothing.
    fn set_length(&self, _: u64) -> Result<(), Errno> {
        Ok(())
    }
}
