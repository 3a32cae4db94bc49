//! Calls about files and descriptors.

use super::{Outcome, invoke, signed};
use abi::Sysno;
use abi::file::{AT_EMPTY_PATH, AT_FDCWD, F_ADD_SEALS, F_GET_SEALS, OpenFlags, Stat};
use abi::file_system::StatFs;
use abi::poll::PollFd;
use abi::region::Seals;
use abi::time::TimeSpec;
use core::ffi::CStr;
use core::ptr;
use core::time::Duration;
use zerocopy::IntoBytes;

/// Opens a file.
pub fn openat(path: &CStr, flags: OpenFlags, mode: u32) -> Outcome<i32> {
    let arguments =
        [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(flags.bits()), u64::from(mode)];
    // SAFETY: the path is a NUL-terminated string that the kernel reads.
    unsafe { invoke(Sysno::Openat, arguments) }.map(|fd| fd as i32)
}

/// Closes a descriptor.
pub fn close(fd: i32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Close, [signed(fd)]) }.map(drop)
}

/// Reads into the buffer.
pub fn read(fd: i32, buffer: &mut [u8]) -> Outcome<usize> {
    let arguments = [signed(fd), buffer.as_mut_ptr() as u64, buffer.len() as u64];
    // SAFETY: the kernel writes at most the buffer's length.
    unsafe { invoke(Sysno::Read, arguments) }.map(|count| count as usize)
}

/// Writes from the buffer.
pub fn write(fd: i32, buffer: &[u8]) -> Outcome<usize> {
    let arguments = [signed(fd), buffer.as_ptr() as u64, buffer.len() as u64];
    // SAFETY: the kernel reads at most the buffer's length.
    unsafe { invoke(Sysno::Write, arguments) }.map(|count| count as usize)
}

/// Sets the times of a file's last use and change to now.
pub fn utimensat_now(path: &CStr) -> Outcome<()> {
    // Without times it is now.
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, 0, 0];
    // SAFETY: the path is a NUL-terminated string that the kernel reads.
    unsafe { invoke(Sysno::Utimensat, arguments) }.map(drop)
}

/// Reads where a symbolic link leads; returns how long that is.
pub fn readlinkat(path: &CStr, buffer: &mut [u8]) -> Outcome<usize> {
    let arguments =
        [signed(AT_FDCWD), path.as_ptr() as u64, buffer.as_mut_ptr() as u64, buffer.len() as u64];
    // SAFETY: the path is a NUL-terminated string, and the kernel writes at most the buffer's length.
    unsafe { invoke(Sysno::Readlinkat, arguments) }.map(|count| count as usize)
}

/// Moves the offset.
pub fn lseek(fd: i32, offset: i64, whence: u32) -> Outcome<u64> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Lseek, [signed(fd), offset as u64, u64::from(whence)]) }
}

/// Sets a file's length.
pub fn ftruncate(fd: i32, length: u64) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Ftruncate, [signed(fd), length]) }.map(drop)
}

/// Brings what has changed of a file to where it outlasts a power cut.
pub fn fsync(fd: i32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Fsync, [signed(fd)]) }.map(drop)
}

/// Locks a file, or takes the lock away.
pub fn flock(fd: i32, operation: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Flock, [signed(fd), u64::from(operation)]) }.map(drop)
}

/// Sets a file's permissions.
pub fn fchmod(fd: i32, mode: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Fchmod, [signed(fd), u64::from(mode)]) }.map(drop)
}

/// Sets the permissions of the file at a path.
pub fn fchmodat(path: &CStr, mode: u32) -> Outcome<()> {
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(mode)];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Fchmodat, arguments) }.map(drop)
}

/// Sets a file's owner and group; `u32::MAX` leaves one as it is.
pub fn fchown(fd: i32, uid: u32, gid: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Fchown, [signed(fd), u64::from(uid), u64::from(gid)]) }.map(drop)
}

/// Sets the owner and group of the file at a path; `u32::MAX` leaves one as it is.
pub fn fchownat(path: &CStr, uid: u32, gid: u32) -> Outcome<()> {
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(uid), u64::from(gid), 0];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Fchownat, arguments) }.map(drop)
}

/// Makes a file of memory without a name in any directory.
pub fn memfd_create(name: &CStr, flags: u32) -> Outcome<i32> {
    let arguments = [name.as_ptr() as u64, u64::from(flags)];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::MemfdCreate, arguments) }.map(|fd| fd as i32)
}

/// Adds seals to a file of memory.
pub fn add_seals(fd: i32, seals: Seals) -> Outcome<()> {
    fcntl(fd, F_ADD_SEALS, u64::from(seals.bits())).map(drop)
}

/// The seals of a file of memory.
pub fn get_seals(fd: i32) -> Outcome<Seals> {
    fcntl(fd, F_GET_SEALS, 0).map(|seals| Seals::from_bits_truncate(seals as u32))
}

/// Reads a descriptor's record.
pub fn fstat(fd: i32) -> Outcome<Stat> {
    let mut stat = Stat::default();
    let arguments = [signed(fd), stat.as_mut_bytes().as_mut_ptr() as u64];
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::Fstat, arguments) }.map(|_| stat)
}

/// Reads how much room a file system has.
pub fn statfs(path: &CStr) -> Outcome<StatFs> {
    let mut room = StatFs::default();
    let arguments = [path.as_ptr() as u64, room.as_mut_bytes().as_mut_ptr() as u64];
    // SAFETY: the kernel reads a path and fills one record.
    unsafe { invoke(Sysno::Statfs, arguments) }.map(|_| room)
}

/// Mounts a file system, or changes how one is mounted.
pub fn mount(source: &CStr, target: &CStr, kind: &CStr, flags: u64) -> Outcome<()> {
    let [source, target, kind] = [source, target, kind].map(|text| text.as_ptr() as u64);
    // SAFETY: the kernel reads the strings.
    unsafe { invoke(Sysno::Mount, [source, target, kind, flags, 0]) }.map(drop)
}

/// Takes a file system out of the tree of names.
pub fn umount(target: &CStr) -> Outcome<()> {
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Umount2, [target.as_ptr() as u64, 0]) }.map(drop)
}

/// Reads a path's record.
pub fn newfstatat(path: &CStr, flags: u32) -> Outcome<Stat> {
    let mut stat = Stat::default();
    let record = stat.as_mut_bytes().as_mut_ptr() as u64;
    let flags = u64::from(flags & !AT_EMPTY_PATH);
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, record, flags];
    // SAFETY: the kernel reads the string and fills one record.
    unsafe { invoke(Sysno::Newfstatat, arguments) }.map(|_| stat)
}

/// Whether the caller may use a path in this way.
pub fn faccessat(path: &CStr, mode: u32) -> Outcome<()> {
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(mode)];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Faccessat, arguments) }.map(drop)
}

/// Reads directory entries into the buffer.
pub fn getdents64(fd: i32, buffer: &mut [u8]) -> Outcome<usize> {
    let arguments = [signed(fd), buffer.as_mut_ptr() as u64, buffer.len() as u64];
    // SAFETY: the kernel writes at most the buffer's length.
    unsafe { invoke(Sysno::Getdents64, arguments) }.map(|count| count as usize)
}

/// Makes a pipe: the reading and the writing end.
pub fn pipe2(flags: OpenFlags) -> Outcome<[i32; 2]> {
    let mut ends = [0_i32; 2];
    let arguments = [ends.as_mut_ptr() as u64, u64::from(flags.bits())];
    // SAFETY: the kernel fills two descriptors.
    unsafe { invoke(Sysno::Pipe2, arguments) }.map(|_| ends)
}

/// Waits until a file is ready, at most for a while; fills in what is and returns how many are.
pub fn ppoll(files: &mut [PollFd], timeout: Option<Duration>) -> Outcome<usize> {
    let mut time = timeout.map(TimeSpec::from_duration);
    let time = time.as_mut().map_or(0, |time| ptr::from_mut(time) as u64);
    let arguments = [files.as_mut_ptr() as u64, files.len() as u64, time, 0, 0];
    // SAFETY: the kernel changes the records, and the time to what is left of it.
    unsafe { invoke(Sysno::Ppoll, arguments) }.map(|count| count as usize)
}

/// As [`ppoll`] without an end, with these signals blocked meanwhile and no others.
pub fn ppoll_blocking(files: &mut [PollFd], signals: u64) -> Outcome<usize> {
    let (set, size) = (ptr::from_ref(&signals) as u64, size_of_val(&signals) as u64);
    let arguments = [files.as_mut_ptr() as u64, files.len() as u64, 0, set, size];
    // SAFETY: the kernel changes the records, and reads the set.
    unsafe { invoke(Sysno::Ppoll, arguments) }.map(|count| count as usize)
}

/// Duplicates a descriptor to the lowest free one.
pub fn dup(fd: i32) -> Outcome<i32> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Dup, [signed(fd)]) }.map(|fd| fd as i32)
}

/// Duplicates a descriptor to a given one.
pub fn dup3(old: i32, new: i32, flags: OpenFlags) -> Outcome<i32> {
    let arguments = [signed(old), signed(new), u64::from(flags.bits())];
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Dup3, arguments) }.map(|fd| fd as i32)
}

/// A descriptor's commands that pass numbers.
pub fn fcntl(fd: i32, command: u32, argument: u64) -> Outcome<u64> {
    // SAFETY: none of the commands that Commons knows takes an address.
    unsafe { invoke(Sysno::Fcntl, [signed(fd), u64::from(command), argument]) }
}

/// Makes a directory.
pub fn mkdirat(path: &CStr, mode: u32) -> Outcome<()> {
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(mode)];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Mkdirat, arguments) }.map(drop)
}

/// Removes a name.
pub fn unlinkat(path: &CStr, flags: u32) -> Outcome<()> {
    let arguments = [signed(AT_FDCWD), path.as_ptr() as u64, u64::from(flags)];
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Unlinkat, arguments) }.map(drop)
}

/// Gives a file a further name.
pub fn linkat(old: &CStr, new: &CStr) -> Outcome<()> {
    let here = signed(AT_FDCWD);
    let arguments = [here, old.as_ptr() as u64, here, new.as_ptr() as u64, 0];
    // SAFETY: the kernel reads the strings.
    unsafe { invoke(Sysno::Linkat, arguments) }.map(drop)
}

/// Gives a file another name.
pub fn renameat(old: &CStr, new: &CStr) -> Outcome<()> {
    let here = signed(AT_FDCWD);
    let arguments = [here, old.as_ptr() as u64, here, new.as_ptr() as u64];
    // SAFETY: the kernel reads the strings.
    unsafe { invoke(Sysno::Renameat, arguments) }.map(drop)
}

/// Changes the current directory.
pub fn chdir(path: &CStr) -> Outcome<()> {
    // SAFETY: the kernel reads the string.
    unsafe { invoke(Sysno::Chdir, [path.as_ptr() as u64]) }.map(drop)
}

/// Reads the current directory's path; the length counts its NUL.
pub fn getcwd(buffer: &mut [u8]) -> Outcome<usize> {
    let arguments = [buffer.as_mut_ptr() as u64, buffer.len() as u64];
    // SAFETY: the kernel writes at most the buffer's length.
    unsafe { invoke(Sysno::Getcwd, arguments) }.map(|length| length as usize)
}
