//! A call's arguments: registers as types, and structures in user memory.

use crate::fs::Fd;
use abi::limits::PATH_MAX;
use abi::{Errno, Sysno};
use alloc::vec::Vec;
use arch::addr::{USER_END, VirtAddr};
use arch::trap::TrapFrame;
use arch::user_memory::{self, StringError};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// The registers that a call was made with; six of them are its arguments.
#[derive(Clone, Copy)]
pub struct Arguments<'a>(&'a TrapFrame);

/// A range that a program names: not proven to be mapped, or to be its own.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Where it begins.
    pub address: VirtAddr,
    /// How long it is said to be.
    pub bytes: usize,
}

impl Claim {
    /// Fails with `EFAULT` if the range is not within the user half: a size may be any number.
    pub const fn check(&self) -> Result<(), Errno> {
        match self.address.value().checked_add(self.bytes) {
            Some(end) if end <= USER_END => Ok(()),
            _ => Err(Errno::EFAULT),
        }
    }
}

impl<'a> Arguments<'a> {
    /// The arguments in a program's registers.
    pub const fn of(frame: &'a TrapFrame) -> Self {
        Self(frame)
    }

    /// The call, for functions that make several; it is known to exist.
    pub const fn call(self) -> Result<Sysno, Errno> {
        match Sysno::from_number(self.0.x[8]) {
            Some(call) => Ok(call),
            None => Err(Errno::ENOSYS),
        }
    }

    /// The program's stack pointer.
    pub const fn stack_pointer(self) -> u64 {
        self.0.sp
    }

    /// Argument `index` as it is.
    pub const fn u64(self, index: usize) -> u64 {
        self.0.x[index]
    }

    /// The low half of argument `index`: the rest of the register means nothing.
    pub const fn u32(self, index: usize) -> u32 {
        self.0.x[index] as u32
    }

    /// Argument `index` as a descriptor.
    pub const fn fd(self, index: usize) -> Fd {
        Fd(self.0.x[index] as u32)
    }

    /// Argument `index` as an address.
    pub const fn address(self, index: usize) -> VirtAddr {
        VirtAddr::new(self.0.x[index] as usize)
    }

    /// Argument `index` as a size.
    pub const fn size(self, index: usize) -> usize {
        self.0.x[index] as usize
    }

    /// Arguments `address` and `size` as a range.
    pub const fn buffer(self, address: usize, size: usize) -> Claim {
        Claim { address: self.address(address), bytes: self.size(size) }
    }
}

/// Copies a structure out of user memory.
pub fn load<T: FromBytes + IntoBytes>(address: VirtAddr) -> Result<T, Errno> {
    let mut value = T::new_zeroed();
    user_memory::copy_in(value.as_mut_bytes(), address).map_err(|_| Errno::EFAULT)?;
    Ok(value)
}

/// Copies a structure into user memory.
pub fn store<T: IntoBytes + Immutable>(address: VirtAddr, value: &T) -> Result<(), Errno> {
    user_memory::copy_out(address, value.as_bytes()).map_err(|_| Errno::EFAULT)
}

/// As [`store`], unless the address is 0.
pub fn store_if_asked<T: IntoBytes + Immutable>(address: VirtAddr, value: &T) -> Result<(), Errno> {
    if address.value() == 0 { Ok(()) } else { store(address, value) }
}

/// Copies as many records as there is room for into user memory; returns how many there are.
///
/// They are made one by one, so that a long list needs no memory.
pub fn store_list<T: IntoBytes + Immutable>(
    to: VirtAddr,
    capacity: usize,
    records: impl Iterator<Item = T>,
) -> Result<u64, Errno> {
    let mut count = 0;
    for record in records {
        if count < capacity {
            store(to.add(count * size_of::<T>()), &record)?;
        }
        count += 1;
    }
    Ok(count as u64)
}

/// Copies a NUL-terminated string of at most `limit` bytes, its NUL included.
///
/// `too_long` is the error for a longer one.
pub fn string(address: VirtAddr, limit: usize, too_long: Errno) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 256];
    loop {
        let length = chunk.len().min(limit - bytes.len());
        let at = address.add(bytes.len());
        let (found, ended) = match user_memory::read_string(at, &mut chunk[..length]) {
            Ok(found) => (found, true),
            Err(StringError::TooLong) => (length, false),
            Err(StringError::BadAddress) => return Err(Errno::EFAULT),
        };
        bytes.try_reserve(found).map_err(|_| Errno::ENOMEM)?;
        bytes.extend_from_slice(&chunk[..found]);
        if ended {
            return Ok(bytes);
        }
        if bytes.len() >= limit {
            return Err(too_long);
        }
    }
}

/// Where a path is copied to: on the kernel's stack, as far as it is no longer than most.
pub struct PathBuffer {
    short: [u8; Self::SHORT],
    long: Vec<u8>,
}

impl PathBuffer {
    /// Longer paths go to the heap.
    const SHORT: usize = 64;

    /// Room for a path.
    pub const fn new() -> Self {
        Self { short: [0; Self::SHORT], long: Vec::new() }
    }

    /// Copies a path out of user memory.
    #[inline]
    pub fn read(&mut self, address: VirtAddr) -> Result<&[u8], Errno> {
        match user_memory::read_string(address, &mut self.short) {
            Ok(length) => Ok(&self.short[..length]),
            Err(StringError::BadAddress) => Err(Errno::EFAULT),
            Err(StringError::TooLong) => {
                self.long = string(address, PATH_MAX, Errno::ENAMETOOLONG)?;
                Ok(&self.long)
            }
        }
    }
}

/// Copies a name that is given with its length.
pub fn name(claim: Claim, limit: usize) -> Result<Vec<u8>, Errno> {
    if claim.bytes > limit {
        return Err(Errno::ENAMETOOLONG);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve(claim.bytes).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(claim.bytes, 0);
    user_memory::copy_in(&mut bytes, claim.address).map_err(|_| Errno::EFAULT)?;
    Ok(bytes)
}
