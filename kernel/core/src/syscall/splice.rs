//! Calls that move bytes through pipes: `splice`, `tee` and `vmsplice`. They are copied.

use super::arguments::{load, store};
use super::file::get;
use super::transfer::{TRANSFER_MAX, offset_of, vector};
use crate::fs::{Fd, OpenFile, Waiting, pipe};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFIFO, S_IFMT, SPLICE_FLAGS, SPLICE_NONBLOCK};
use abi::limits::PIPE_CAPACITY;
use abi::poll::PollEvents;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;

/// What is moved at a time: what a pipe takes in one piece.
const PART: usize = abi::limits::PIPE_BUF;

/// One side of a `splice`.
struct Side {
    file: Arc<OpenFile>,
    /// Where its offset is in the program's memory.
    place: VirtAddr,
    offset: Option<u64>,
}

impl Side {
    fn new(fd: Fd, place: VirtAddr) -> Result<Self, Errno> {
        Ok(Self { file: get(fd)?, place, offset: None })
    }

    fn is_pipe(&self) -> bool {
        is_pipe(&self.file)
    }

    /// Reads the offset, if the program gives one.
    fn find_offset(&mut self) -> Result<(), Errno> {
        if self.place.value() == 0 {
            return Ok(());
        }
        if self.is_pipe() {
            return Err(Errno::ESPIPE);
        }
        if !self.file.has_offsets() {
            return Err(Errno::EINVAL);
        }
        self.offset = Some(offset_of(load(self.place)?)?);
        Ok(())
    }

    fn read(&mut self, bytes: &mut [u8], waiting: Waiting) -> Result<usize, Errno> {
        let mut to = UserBuffer::kernel(bytes);
        match &mut self.offset {
            Some(offset) => self.file.read_at(*offset, &mut to),
            None if self.file.has_offsets() => self.file.read_at(self.file.offset()?, &mut to),
            None => self.file.node().read(0, &mut to, waiting),
        }
    }

    /// Notes that so many bytes were read and reached the other side.
    fn advance(&mut self, count: usize) -> Result<(), Errno> {
        match &mut self.offset {
            Some(offset) => *offset += count as u64,
            None if self.file.has_offsets() => {
                self.file.set_offset(self.file.offset()? + count as u64)?;
            }
            None => {}
        }
        Ok(())
    }

    /// Writes all bytes; what was taken out of the other side is not lost, so that this waits.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut from = UserData::kernel(bytes);
        if let Some(offset) = &mut self.offset {
            let count = self.file.write_at(*offset, &mut from)?;
            *offset += count as u64;
            return Ok(count);
        }
        if self.file.has_offsets() {
            return self.file.write(&mut from);
        }
        Ok(self.file.node().write(crate::fs::Place::End, &mut from, Waiting::Allowed)?.count)
    }

    fn tell_offset(&self) -> Result<(), Errno> {
        self.offset.map_or(Ok(()), |offset| store(self.place, &offset))
    }
}

fn is_pipe(file: &OpenFile) -> bool {
    file.node().permissions().mode & S_IFMT == S_IFIFO
}

fn check_flags(flags: u32) -> Result<(), Errno> {
    if flags & !SPLICE_FLAGS == 0 { Ok(()) } else { Err(Errno::EINVAL) }
}

pub fn splice(
    (from, from_place): (Fd, VirtAddr),
    (to, to_place): (Fd, VirtAddr),
    count: usize,
    flags: u32,
) -> Result<u64, Errno> {
    check_flags(flags)?;
    if count == 0 {
        return Ok(0);
    }
    let (mut from, mut to) = (Side::new(from, from_place)?, Side::new(to, to_place)?);
    from.find_offset()?;
    to.find_offset()?;
    if !from.file.reads() || !to.file.writes() {
        return Err(Errno::EBADF);
    }
    let is_same = from.file.node().identity() == to.file.node().identity();
    let appends = to.file.status_flags().contains(OpenFlags::APPEND);
    let has_pipe = from.is_pipe() || to.is_pipe();
    if !has_pipe || from.is_pipe() && to.is_pipe() && is_same || appends {
        return Err(Errno::EINVAL);
    }
    let outcome = carry(&mut from, &mut to, count.min(TRANSFER_MAX), flags);
    from.tell_offset()?;
    to.tell_offset()?;
    outcome.map(|count| count as u64)
}

/// Moves bytes until it would have to wait for more; what was moved before an error counts.
fn carry(from: &mut Side, to: &mut Side, count: usize, flags: u32) -> Result<usize, Errno> {
    let refuses = |side: &Side| {
        flags & SPLICE_NONBLOCK != 0 && side.is_pipe() || side.file.waiting() == Waiting::Refused
    };
    let (from_refuses, to_refuses) = (refuses(from), refuses(to));
    let mut part = Vec::new();
    part.try_reserve_exact(PART).map_err(|_| Errno::ENOMEM)?;
    part.resize(PART, 0);
    let mut done = 0;
    while done < count {
        let is_first = done == 0;
        let has_room = to.file.readiness().contains(PollEvents::OUT);
        if !has_room && (to_refuses || !is_first) {
            return if is_first { Err(Errno::EAGAIN) } else { Ok(done) };
        }
        let wanted = PART.min(count - done);
        let waits = is_first && !from_refuses;
        let waiting = if waits { Waiting::Allowed } else { Waiting::Refused };
        let step = sched::rest().and_then(|()| {
            let length = from.read(&mut part[..wanted], waiting)?;
            let written = if length == 0 { 0 } else { to.write(&part[..length])? };
            from.advance(written)?;
            Ok(written)
        });
        match step {
            Ok(0) => break,
            Ok(written) => done += written,
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

/// Puts a program's bytes into a pipe, or takes a pipe's bytes into its memory.
pub fn vmsplice(fd: Fd, at: VirtAddr, count: u64, flags: u32) -> Result<u64, Errno> {
    check_flags(flags)?;
    let file = get(fd)?;
    if !is_pipe(&file) {
        return Err(Errno::EBADF);
    }
    let parts = vector(at, count)?;
    if parts.remaining() == 0 {
        return Ok(0);
    }
    let refuses = flags & SPLICE_NONBLOCK != 0 || file.waiting() == Waiting::Refused;
    let waiting = if refuses { Waiting::Refused } else { Waiting::Allowed };
    let moved = if file.writes() {
        let mut from = UserData::Vector(parts);
        file.node().write(crate::fs::Place::End, &mut from, waiting)?.count
    } else {
        file.node().read(0, &mut UserBuffer::Vector(parts), waiting)?
    };
    Ok(moved as u64)
}

/// Copies what is in a pipe to another one; it stays in the first.
pub fn tee(from: Fd, to: Fd, count: usize, flags: u32) -> Result<u64, Errno> {
    check_flags(flags)?;
    let (from, to) = (get(from)?, get(to)?);
    if !from.reads() || !to.writes() {
        return Err(Errno::EBADF);
    }
    let (Some(source), true) = (pipe::of_node(from.node()), is_pipe(&to)) else {
        return Err(Errno::EINVAL);
    };
    if from.node().identity() == to.node().identity() {
        return Err(Errno::EINVAL);
    }
    if count == 0 {
        return Ok(0);
    }
    let refuses =
        |file: &OpenFile| flags & SPLICE_NONBLOCK != 0 || file.waiting() == Waiting::Refused;
    let waiting = |file: &OpenFile| {
        if refuses(file) { Waiting::Refused } else { Waiting::Allowed }
    };
    let mut bytes = Vec::new();
    let room = count.min(PIPE_CAPACITY);
    bytes.try_reserve_exact(room).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(room, 0);
    let length = source.look(&mut UserBuffer::kernel(&mut bytes), waiting(&from))?;
    let put = |bytes: &[u8], waiting| {
        let mut from = UserData::kernel(bytes);
        Ok(to.node().write(crate::fs::Place::End, &mut from, waiting)?.count as u64)
    };
    match put(&bytes[..length], Waiting::Refused) {
        // There is less room than for a short write: waits for that much.
        Err(Errno::EAGAIN) => put(&bytes[..length.min(PART)], waiting(&to)),
        outcome => outcome,
    }
}
