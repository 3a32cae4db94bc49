//! System V's shared memory, semaphores and messages (sysvipc(7)): commands, flags and structures.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The key of an object that nobody else finds.
pub const IPC_PRIVATE: i32 = 0;
/// `…get`: make it if it is not there.
pub const IPC_CREAT: u32 = 0o1000;
/// `…get`: with [`IPC_CREAT`], fail if it is there.
pub const IPC_EXCL: u32 = 0o2000;
/// Fail instead of waiting.
pub const IPC_NOWAIT: u32 = 0o4000;

/// `…ctl`: take the object away.
pub const IPC_RMID: u32 = 0;
/// `…ctl`: change owner and mode.
pub const IPC_SET: u32 = 1;
/// `…ctl`: tell of the object.
pub const IPC_STAT: u32 = 2;
/// `…ctl`: tell the limits.
pub const IPC_INFO: u32 = 3;

/// `shmctl`: keep the pages in memory.
pub const SHM_LOCK: u32 = 11;
/// `shmctl`: the pages may leave memory again.
pub const SHM_UNLOCK: u32 = 12;
/// `shmctl`: as [`IPC_STAT`], by the place in the kernel's table.
pub const SHM_STAT: u32 = 13;
/// `shmctl`: tell what is used.
pub const SHM_INFO: u32 = 14;
/// `shmctl`: as [`SHM_STAT`], whatever the mode.
pub const SHM_STAT_ANY: u32 = 15;
/// `shmat`: for reading.
pub const SHM_RDONLY: u32 = 0o10000;
/// `shmat`: round the address down.
pub const SHM_RND: u32 = 0o20000;
/// `shmat`: in place of what is there.
pub const SHM_REMAP: u32 = 0o40000;
/// `shmat`: for executing, too.
pub const SHM_EXEC: u32 = 0o100000;
/// `shmget`: of huge pages.
pub const SHM_HUGETLB: u32 = 0o4000;
/// `shmget`: set no memory aside.
pub const SHM_NORESERVE: u32 = 0o10000;
/// A segment's mode: it goes with its last view.
pub const SHM_DEST: u32 = 0o1000;
/// A segment's mode: its pages stay in memory.
pub const SHM_LOCKED: u32 = 0o2000;
/// Segments at a time.
pub const SHMMNI: usize = 4096;
/// Bytes of a segment, and pages of all, as Linux has them: no limit.
pub const SHMMAX: u64 = u64::MAX - (1 << 24);

/// `semctl`: who changed it last.
pub const GETPID: u32 = 11;
/// `semctl`: the value.
pub const GETVAL: u32 = 12;
/// `semctl`: all values.
pub const GETALL: u32 = 13;
/// `semctl`: how many wait for more.
pub const GETNCNT: u32 = 14;
/// `semctl`: how many wait for 0.
pub const GETZCNT: u32 = 15;
/// `semctl`: set the value.
pub const SETVAL: u32 = 16;
/// `semctl`: set all.
pub const SETALL: u32 = 17;
/// `semctl`: as [`IPC_STAT`], by the place in the kernel's table.
pub const SEM_STAT: u32 = 18;
/// `semctl`: tell what is used.
pub const SEM_INFO: u32 = 19;
/// `semctl`: as [`SEM_STAT`], whatever the mode.
pub const SEM_STAT_ANY: u32 = 20;
/// `semop`: take it back when the process ends.
pub const SEM_UNDO: u32 = 0x1000;
/// Sets at a time.
pub const SEMMNI: usize = 32_000;
/// Semaphores in a set.
pub const SEMMSL: usize = 32_000;
/// Semaphores in all sets.
pub const SEMMNS: usize = SEMMNI * SEMMSL;
/// Operations in one call.
pub const SEMOPM: usize = 500;
/// The highest value.
pub const SEMVMX: i32 = 32_767;

/// `msgctl`: as [`IPC_STAT`], by the place in the kernel's table.
pub const MSG_STAT: u32 = 11;
/// `msgctl`: tell what is used.
pub const MSG_INFO: u32 = 12;
/// `msgctl`: as [`MSG_STAT`], whatever the mode.
pub const MSG_STAT_ANY: u32 = 13;
/// `msgrcv`: cut what is too long.
pub const MSG_NOERROR: u32 = 0o10000;
/// `msgrcv`: of any other type.
pub const MSG_EXCEPT: u32 = 0o20000;
/// `msgrcv`: the message at a place, which stays.
pub const MSG_COPY: u32 = 0o40000;
/// Queues at a time.
pub const MSGMNI: usize = 32_000;
/// Bytes of a message.
pub const MSGMAX: usize = 8192;
/// Bytes in a queue.
pub const MSGMNB: u64 = 16_384;

/// Whose an object is (`struct ipc64_perm`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct IpcPermissions {
    /// What it is found by.
    pub key: i32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Who made it.
    pub maker_uid: u32,
    /// Group of who made it.
    pub maker_gid: u32,
    /// Permission bits, and what else is told.
    pub mode: u32,
    /// Tells objects at one place of the table apart.
    pub sequence: u16,
    /// Zero.
    pub padding: [u16; 3],
    /// Zero.
    pub unused: [u64; 2],
}

/// What is told of a segment (`struct shmid64_ds`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SegmentStatus {
    /// Whose it is.
    pub permissions: IpcPermissions,
    /// Bytes.
    pub bytes: u64,
    /// When it was attached last.
    pub attached: i64,
    /// When it was detached last.
    pub detached: i64,
    /// When it was made or its owner changed.
    pub changed: i64,
    /// Who made it.
    pub maker: u32,
    /// Who attached or detached it last.
    pub last: u32,
    /// How often it is attached.
    pub attachments: u64,
    /// Zero.
    pub unused: [u64; 2],
}

/// The limits of segments (`struct shminfo64`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SegmentLimits {
    /// Bytes of one, at most and at least.
    pub bytes: [u64; 2],
    /// Segments, and attached by one process.
    pub segments: [u64; 2],
    /// Pages of all.
    pub pages: u64,
    /// Zero.
    pub unused: [u64; 4],
}

/// What segments use (`struct shm_info`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SegmentUsage {
    /// Segments.
    pub count: u32,
    /// Zero.
    pub padding: u32,
    /// Pages of all, in memory and elsewhere.
    pub pages: [u64; 3],
    /// Not kept.
    pub swaps: [u64; 2],
}

/// What is told of a set of semaphores (`struct semid64_ds`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SetStatus {
    /// Whose it is.
    pub permissions: IpcPermissions,
    /// When `semop` succeeded last.
    pub operated: i64,
    /// When it was made or changed.
    pub changed: i64,
    /// Semaphores.
    pub count: u64,
    /// Zero.
    pub unused: [u64; 2],
}

/// The limits of sets, and what they use (`struct seminfo`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SetLimits {
    /// Not used.
    pub map: u32,
    /// Sets.
    pub sets: u32,
    /// Semaphores.
    pub semaphores: u32,
    /// Undo structures.
    pub undos: u32,
    /// Semaphores in a set.
    pub in_set: u32,
    /// Operations in a call.
    pub operations: u32,
    /// Undo entries of a process.
    pub undo_entries: u32,
    /// Bytes of an undo structure; of `SEM_INFO`, sets.
    pub undo_bytes: u32,
    /// The highest value.
    pub value: u32,
    /// The highest value that is undone; of `SEM_INFO`, semaphores.
    pub undo_value: u32,
}

/// One operation of `semop` (`struct sembuf`).
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct SemaphoreOperation {
    /// Which semaphore.
    pub number: u16,
    /// What is added; 0 waits for 0.
    pub change: i16,
    /// [`IPC_NOWAIT`] and [`SEM_UNDO`].
    pub flags: u16,
}

/// What is told of a message queue (`struct msqid64_ds`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct QueueStatus {
    /// Whose it is.
    pub permissions: IpcPermissions,
    /// When the last message was sent.
    pub sent: i64,
    /// When the last one was received.
    pub received: i64,
    /// When it was made or changed.
    pub changed: i64,
    /// Bytes in it.
    pub bytes: u64,
    /// Messages in it.
    pub messages: u64,
    /// Bytes that there may be in it.
    pub bytes_max: u64,
    /// Who sent last.
    pub sender: u32,
    /// Who received last.
    pub receiver: u32,
    /// Zero.
    pub unused: [u64; 2],
}

/// The limits of queues, and what they use (`struct msginfo`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct QueueLimits {
    /// Not used; of `MSG_INFO`, queues.
    pub pool: u32,
    /// Not used; of `MSG_INFO`, messages.
    pub map: u32,
    /// Bytes of a message.
    pub message_bytes: u32,
    /// Bytes in a queue.
    pub queue_bytes: u32,
    /// Queues.
    pub queues: u32,
    /// Not used.
    pub segment_bytes: u32,
    /// Not used; of `MSG_INFO`, bytes of all messages.
    pub headers: u32,
    /// Not used.
    pub segments: u16,
    /// Zero.
    pub padding: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_have_linux_sizes() {
        assert_eq!(size_of::<IpcPermissions>(), 48);
        assert_eq!(size_of::<SegmentStatus>(), 112);
        assert_eq!(size_of::<SegmentLimits>(), 72);
        assert_eq!(size_of::<SegmentUsage>(), 48);
        assert_eq!(size_of::<SetStatus>(), 88);
        assert_eq!(size_of::<SetLimits>(), 40);
        assert_eq!(size_of::<SemaphoreOperation>(), 6);
        assert_eq!(size_of::<QueueStatus>(), 120);
        assert_eq!(size_of::<QueueLimits>(), 32);
    }
}
