//! Calls that make, join and set sockets.

use super::arguments::{Claim, load, name as copy_name, store};
use super::file::{get, insert, insert_pair};
use super::file_path::Place;
use crate::fs::socket::{self, Kind, Shut, Socket, names};
use crate::fs::{self, Fd, OpenFile, Waiting};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{AT_FDCWD, OpenFlags};
use abi::socket::{
    AF_UNIX, PeerCredentials, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_ACCEPTCONN, SO_DOMAIN, SO_ERROR,
    SO_PASSCRED, SO_PEERCRED, SO_PROTOCOL, SO_RCVBUF, SO_RCVTIMEO, SO_REUSEADDR, SO_SNDBUF,
    SO_SNDTIMEO, SO_TYPE, SOCK_CLOEXEC, SOCK_NONBLOCK, SOL_SOCKET, SUN_PATH_MAX,
};
use abi::time::{TimeSpec, TimeValue};
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use core::time::Duration;
use zerocopy::{Immutable, IntoBytes};

/// Bytes of the family at the beginning of an address.
const FAMILY: usize = size_of::<u16>();
/// `AF_UNSPEC`: no address.
const AF_UNSPEC: u16 = 0;

/// The open file of a socket, and its socket.
pub struct Handle(Arc<OpenFile>);

impl Handle {
    /// The socket behind a descriptor.
    pub fn get(fd: Fd) -> Result<Self, Errno> {
        let file = get(fd)?;
        if socket::of_node(file.node()).is_none() {
            return Err(Errno::ENOTSOCK);
        }
        Ok(Self(file))
    }

    /// The socket.
    pub fn socket(&self) -> Result<&Socket, Errno> {
        socket::of_node(self.0.node()).ok_or(Errno::ENOTSOCK)
    }

    /// Whether a call may wait, by the open file and by its own word.
    pub fn waiting(&self, refuses: bool) -> Waiting {
        if refuses { Waiting::Refused } else { self.0.waiting() }
    }
}

fn kind_and_flags(family: u32, number: u32, protocol: u32) -> Result<(Kind, OpenFlags), Errno> {
    if family != AF_UNIX.into() {
        return Err(Errno::EAFNOSUPPORT);
    }
    let flags = OpenFlags::from_bits_truncate(number & (SOCK_CLOEXEC | SOCK_NONBLOCK));
    // The only protocol of the family has its number.
    if protocol != 0 && protocol != AF_UNIX.into() {
        return Err(Errno::EPROTONOSUPPORT);
    }
    match number & !(SOCK_CLOEXEC | SOCK_NONBLOCK) {
        number if number > 0xF => Err(Errno::EINVAL),
        number => Ok((Kind::from_number(number).ok_or(Errno::ESOCKTNOSUPPORT)?, flags)),
    }
}

pub fn socket(family: u32, number: u32, protocol: u32) -> Result<u64, Errno> {
    let (kind, flags) = kind_and_flags(family, number, protocol)?;
    insert(socket::create(kind, flags)?, flags)
}

pub fn socketpair(family: u32, number: u32, protocol: u32, fds: VirtAddr) -> Result<u64, Errno> {
    let (kind, flags) = kind_and_flags(family, number, protocol)?;
    insert_pair(socket::create_pair(kind, flags)?, flags, fds)
}

/// An address that a program gives.
pub enum Address {
    /// None, or none yet.
    Unnamed,
    /// The path of a file.
    Path(Vec<u8>),
    /// A name that begins with a NUL.
    Abstract(Vec<u8>),
    /// Of no family at all.
    Unspecified,
}

impl Address {
    /// Copies an address.
    pub fn load(at: VirtAddr, length: u32) -> Result<Self, Errno> {
        let length = length as usize;
        if !(FAMILY..=FAMILY + SUN_PATH_MAX).contains(&length) {
            return Err(Errno::EINVAL);
        }
        let bytes = copy_name(Claim { address: at, bytes: length }, length)?;
        match u16::from_le_bytes([bytes[0], bytes[1]]) {
            AF_UNIX => {}
            AF_UNSPEC => return Ok(Self::Unspecified),
            _ => return Err(Errno::EINVAL),
        }
        let name = &bytes[FAMILY..];
        match name.first() {
            None => Ok(Self::Unnamed),
            Some(0) => Ok(Self::Abstract(name.to_vec())),
            Some(_) => {
                let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                Ok(Self::Path(name[..end].to_vec()))
            }
        }
    }

    /// The socket with this address.
    pub fn find(self) -> Result<Arc<Socket>, Errno> {
        match self {
            Self::Abstract(name) => names::find_abstract(&name),
            Self::Path(path) => {
                let place = Place::of_path(Fd(AT_FDCWD as u32), &path)?;
                names::find_path(fs::namespace(), &place.context(), place.path)
            }
            Self::Unnamed | Self::Unspecified => Err(Errno::EINVAL),
        }
    }
}

/// Stores an address, cut to the room that `length` holds, and in `length` how long it is.
pub fn store_address(name: &[u8], at: VirtAddr, length: VirtAddr) -> Result<(), Errno> {
    let room: u32 = load(length)?;
    let room = usize::try_from(room as i32).map_err(|_| Errno::EINVAL)?;
    store(length, &put_address(name, at, room)?)
}

/// Stores an address, cut to the room; returns how long it is.
pub fn put_address(name: &[u8], at: VirtAddr, room: usize) -> Result<u32, Errno> {
    let mut bytes = Vec::from(AF_UNIX.to_le_bytes());
    bytes.extend_from_slice(name);
    if !matches!(name.first(), None | Some(0)) {
        bytes.push(0);
    }
    UserBuffer::user(at, room).put(&bytes)?;
    Ok(bytes.len() as u32)
}

pub fn bind(fd: Fd, at: VirtAddr, length: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let socket = handle.socket()?;
    match Address::load(at, length)? {
        Address::Unnamed => socket.bind_abstract(b"")?,
        Address::Abstract(name) => socket.bind_abstract(&name)?,
        Address::Path(path) => {
            let place = Place::of_path(Fd(AT_FDCWD as u32), &path)?;
            socket.bind_path(fs::namespace(), &place.context(), place.path)?;
        }
        Address::Unspecified => return Err(Errno::EINVAL),
    }
    Ok(0)
}

pub fn listen(fd: Fd, backlog: u32) -> Result<u64, Errno> {
    Handle::get(fd)?.socket()?.listen(backlog)?;
    Ok(0)
}

pub fn accept4(fd: Fd, at: VirtAddr, length: VirtAddr, flags: u32) -> Result<u64, Errno> {
    if flags & !(SOCK_CLOEXEC | SOCK_NONBLOCK) != 0 {
        return Err(Errno::EINVAL);
    }
    let flags = OpenFlags::from_bits_truncate(flags);
    let handle = Handle::get(fd)?;
    let file = handle.socket()?.accept(handle.waiting(false), flags)?;
    if at.value() != 0 {
        let peer = socket::of_node(file.node()).map(Socket::peer_name);
        store_address(&peer.and_then(Result::ok).unwrap_or_default(), at, length)?;
    }
    insert(file, flags)
}

pub fn connect(fd: Fd, at: VirtAddr, length: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let socket = handle.socket()?;
    match Address::load(at, length)? {
        Address::Unspecified => socket.disconnect()?,
        address => socket.connect(&address.find()?, handle.waiting(false))?,
    }
    Ok(0)
}

pub fn getsockname(fd: Fd, at: VirtAddr, length: VirtAddr) -> Result<u64, Errno> {
    store_address(&Handle::get(fd)?.socket()?.name(), at, length)?;
    Ok(0)
}

pub fn getpeername(fd: Fd, at: VirtAddr, length: VirtAddr) -> Result<u64, Errno> {
    store_address(&Handle::get(fd)?.socket()?.peer_name()?, at, length)?;
    Ok(0)
}

pub fn shutdown(fd: Fd, how: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let ways = match how {
        SHUT_RD => Shut { receiving: true, sending: false },
        SHUT_WR => Shut { receiving: false, sending: true },
        SHUT_RDWR => Shut { receiving: true, sending: true },
        _ => return Err(Errno::EINVAL),
    };
    handle.socket()?.shut(ways);
    Ok(0)
}

pub fn setsockopt(
    fd: Fd,
    level: u32,
    option: u32,
    value: VirtAddr,
    length: u32,
) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let socket = handle.socket()?;
    if level != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    if (length as usize) < size_of::<i32>() {
        return Err(Errno::EINVAL);
    }
    if matches!(option, SO_RCVTIMEO | SO_SNDTIMEO) {
        return set_timeout(socket, option, value, length);
    }
    let number: i32 = load(value)?;
    let size = usize::try_from(number).unwrap_or(0);
    match option {
        SO_PASSCRED => socket.pass_credentials(number != 0),
        SO_SNDBUF => socket.set_limits(Some(size), None),
        SO_RCVBUF => socket.set_limits(None, Some(size)),
        SO_REUSEADDR => {}
        _ => return Err(Errno::ENOPROTOOPT),
    }
    Ok(0)
}

fn set_timeout(socket: &Socket, option: u32, value: VirtAddr, length: u32) -> Result<u64, Errno> {
    if (length as usize) < size_of::<TimeValue>() {
        return Err(Errno::EINVAL);
    }
    let value: TimeValue = load(value)?;
    if !(0..1_000_000).contains(&value.microseconds) {
        return Err(Errno::EDOM);
    }
    // A time before now is no time at all.
    let time = value.to_time().and_then(TimeSpec::to_duration).unwrap_or_default();
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let timeout =
        if option == SO_RCVTIMEO { &socket.receive_timeout } else { &socket.send_timeout };
    timeout.set(nanoseconds);
    Ok(0)
}

fn told_timeout(nanoseconds: u64) -> TimeValue {
    let time = Duration::from_nanos(nanoseconds);
    TimeValue { seconds: time.as_secs() as i64, microseconds: time.subsec_micros().into() }
}

pub fn getsockopt(
    fd: Fd,
    level: u32,
    option: u32,
    value: VirtAddr,
    length: VirtAddr,
) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let socket = handle.socket()?;
    if level != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    let number = match option {
        SO_TYPE => socket.kind().number(),
        SO_ERROR => socket.take_error().map_or(0, |error| error as u32),
        SO_SNDBUF => socket.limits().0 as u32,
        SO_RCVBUF => socket.limits().1 as u32,
        SO_PASSCRED => socket.passes_credentials().into(),
        SO_ACCEPTCONN => socket.listens().into(),
        SO_DOMAIN => AF_UNIX.into(),
        SO_PROTOCOL | SO_REUSEADDR => 0,
        SO_RCVTIMEO => {
            return put_option(&told_timeout(socket.receive_timeout.get()), value, length);
        }
        SO_SNDTIMEO => {
            return put_option(&told_timeout(socket.send_timeout.get()), value, length);
        }
        SO_PEERCRED => {
            let credentials: PeerCredentials = socket.peer_credentials();
            return put_option(&credentials, value, length);
        }
        _ => return Err(Errno::ENOPROTOOPT),
    };
    put_option(&number, value, length)
}

fn put_option(
    option: &(impl IntoBytes + Immutable),
    value: VirtAddr,
    length: VirtAddr,
) -> Result<u64, Errno> {
    let room: u32 = load(length)?;
    let room = usize::try_from(room as i32).map_err(|_| Errno::EINVAL)?;
    let bytes = option.as_bytes();
    let count = UserBuffer::user(value, room).put(bytes)?;
    store(length, &(count as u32))?;
    Ok(0)
}
