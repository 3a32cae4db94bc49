//! Calls on files and descriptors.

use super::{Answer, call};
use abi::Sysno;
use abi::file::{AT_FDCWD, OpenFlags, Stat};
use abi::poll::PollFd;
use abi::time::TimeSpec;
use core::ffi::CStr;
use core::time::Duration;
use zerocopy::IntoBytes;

/// `AT_FDCWD` as an argument.
pub const HERE: u64 = AT_FDCWD as i64 as u64;

/// Opens a file; the mode is for one that is created.
pub fn open(path: &CStr, flags: OpenFlags, mode: u32) -> Answer<i32> {
    let path = path.as_ptr() as u64;
    call(Sysno::Openat, [HERE, path, flags.bits().into(), mode.into()]).map(|fd| fd as i32)
}

/// Opens a file to read it.
pub fn open_to_read(path: &CStr) -> Answer<i32> {
    open(path, OpenFlags::empty(), 0)
}

/// Creates a file, cut to length 0, to read and write it.
pub fn create(path: &CStr, mode: u32) -> Answer<i32> {
    open(path, OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::READ_WRITE, mode)
}

/// A descriptor as an argument.
pub fn fd(descriptor: i32) -> u64 {
    i64::from(descriptor) as u64
}

/// Closes a descriptor.
pub fn close(descriptor: i32) -> Answer {
    call(Sysno::Close, [fd(descriptor)])
}

/// Closes descriptors, whether they are open or not.
pub fn close_all(descriptors: impl IntoIterator<Item = i32>) {
    descriptors.into_iter().for_each(|descriptor| super::ignore(close(descriptor)));
}

/// Reads once.
pub fn read(descriptor: i32, buffer: &mut [u8]) -> Answer {
    call(Sysno::Read, [fd(descriptor), buffer.as_mut_ptr() as u64, buffer.len() as u64])
}

/// Reads until the buffer is full or the end is reached.
pub fn read_full(descriptor: i32, buffer: &mut [u8]) -> Answer<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match read(descriptor, &mut buffer[length..])? {
            0 => break,
            more => length += more as usize,
        }
    }
    Ok(length)
}

/// Writes once.
pub fn write(descriptor: i32, bytes: &[u8]) -> Answer {
    call(Sysno::Write, [fd(descriptor), bytes.as_ptr() as u64, bytes.len() as u64])
}

/// Moves the offset.
pub fn seek(descriptor: i32, offset: i64, whence: u32) -> Answer {
    call(Sysno::Lseek, [fd(descriptor), offset as u64, whence.into()])
}

/// Makes a pipe: the end to read and the end to write.
pub fn pipe(flags: OpenFlags) -> Answer<[i32; 2]> {
    let mut ends = [-1; 2];
    call(Sysno::Pipe2, [ends.as_mut_ptr() as u64, flags.bits().into()]).map(|_| ends)
}

/// Waits until a file is ready, at most for some nanoseconds.
pub fn poll(files: &mut [PollFd], patience: Option<u64>) -> Answer {
    let mut time =
        patience.map(|nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds)));
    let timeout = time.as_mut().map_or(0, |time| time.as_mut_bytes().as_mut_ptr() as u64);
    call(Sysno::Ppoll, [files.as_mut_ptr() as u64, files.len() as u64, timeout, 0, 0])
}

/// Makes a second descriptor with a number of one's choice.
pub fn duplicate(old: i32, new: i32, flags: u32) -> Answer<i32> {
    call(Sysno::Dup3, [fd(old), fd(new), flags.into()]).map(|fd| fd as i32)
}

/// `fcntl`.
pub fn control(descriptor: i32, command: u32, argument: u64) -> Answer {
    call(Sysno::Fcntl, [fd(descriptor), command.into(), argument])
}

/// What is known about an open file.
pub fn stat(descriptor: i32) -> Answer<Stat> {
    let mut stat = Stat::default();
    let address = stat.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::Fstat, [fd(descriptor), address]).map(|_| stat)
}

/// Sets a file's length.
pub fn set_length(descriptor: i32, length: u64) -> Answer {
    call(Sysno::Ftruncate, [fd(descriptor), length])
}

/// Removes a name.
pub fn unlink(path: &CStr) -> Answer {
    call(Sysno::Unlinkat, [HERE, path.as_ptr() as u64, 0])
}

/// Removes an empty directory.
pub fn remove_directory(path: &CStr) -> Answer {
    let flags = abi::file::AT_REMOVEDIR.into();
    call(Sysno::Unlinkat, [HERE, path.as_ptr() as u64, flags])
}

/// Makes a directory.
pub fn make_directory(path: &CStr) -> Answer {
    call(Sysno::Mkdirat, [HERE, path.as_ptr() as u64, 0o755])
}

/// Sends standard input, output and error nowhere.
pub fn silence() {
    if let Ok(null) = open(c"/dev/null", OpenFlags::READ_WRITE, 0) {
        for standard in 0..3 {
            // A child that prints too much is no failure.
            let _ = duplicate(null, standard, 0);
        }
    }
}

/// What is known about an open file, which is closed then.
pub fn stat_and_close(descriptor: i32) -> Answer<Stat> {
    let answer = stat(descriptor);
    close(descriptor)?;
    answer
}
