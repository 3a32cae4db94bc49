//! Calls that send and receive messages, with what comes with them.

use super::arguments::{Claim, load, name as copy_bytes, store};
use super::file::{close, get_any, insert};
use super::socket::{Address, Handle, put_address, store_address};
use super::transfer::{buffer, data, vector};
use crate::fs::socket::{Options, Outgoing, Received, Socket};
use crate::fs::{Fd, OpenFile};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::OpenFlags;
use abi::socket::{
    ControlHeader, MSG_CMSG_CLOEXEC, MSG_CTRUNC, MSG_DONTWAIT, MSG_EOR, MSG_NOSIGNAL, MSG_OOB,
    MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MessageHeader, PeerCredentials, SCM_CREDENTIALS, SCM_MAX_FD,
    SCM_RIGHTS, SOL_SOCKET,
};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use zerocopy::{FromBytes, IntoBytes};

/// Bytes that may come with a message.
const CONTROL_MAX: usize = 20_480;
const HEADER: usize = size_of::<ControlHeader>();

pub fn sendto(fd: Fd, claim: Claim, flags: u32, at: VirtAddr, length: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let mut outgoing = outgoing(flags)?;
    if at.value() != 0 {
        outgoing.target = Some(target(&handle, at, length)?);
    }
    let waiting = handle.waiting(flags & MSG_DONTWAIT != 0);
    Ok(handle.socket()?.send(&mut data(claim)?, outgoing, waiting)? as u64)
}

fn outgoing(flags: u32) -> Result<Outgoing, Errno> {
    if flags & MSG_OOB != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    Ok(Outgoing { is_quiet: flags & MSG_NOSIGNAL != 0, ..Outgoing::default() })
}

/// The socket that a message is sent to by its address.
fn target(handle: &Handle, at: VirtAddr, length: u32) -> Result<Arc<Socket>, Errno> {
    let address = Address::load(at, length)?;
    let socket = handle.socket()?;
    // A stream has its one receiver: whoever names another is told so.
    if socket.kind() == crate::fs::socket::Kind::Stream {
        let is_connected = socket.peer_name().is_ok();
        return Err(if is_connected { Errno::EISCONN } else { Errno::EOPNOTSUPP });
    }
    address.find()
}

pub fn sendmsg(fd: Fd, at: VirtAddr, flags: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let header: MessageHeader = load(at)?;
    let parts = message_vector(&header)?;
    let mut outgoing = outgoing(flags)?;
    if header.name != 0 && header.name_length > 0 {
        let name = VirtAddr::new(header.name as usize);
        outgoing.target = Some(target(&handle, name, header.name_length)?);
    }
    if header.control != 0 {
        take_control(&header, &mut outgoing)?;
    }
    let waiting = handle.waiting(flags & MSG_DONTWAIT != 0);
    Ok(handle.socket()?.send(&mut UserData::Vector(parts), outgoing, waiting)? as u64)
}

fn message_vector(header: &MessageHeader) -> Result<crate::user_memory::Vector, Errno> {
    vector(VirtAddr::new(header.vector as usize), header.vector_length).map_err(|error| {
        if error == Errno::EINVAL && header.vector_length > 1024 { Errno::EMSGSIZE } else { error }
    })
}

/// Reads what a program sends with its message.
fn take_control(header: &MessageHeader, outgoing: &mut Outgoing) -> Result<(), Errno> {
    let length = usize::try_from(header.control_length).unwrap_or(usize::MAX);
    if length > CONTROL_MAX {
        return Err(Errno::ENOBUFS);
    }
    let address = VirtAddr::new(header.control as usize);
    let control = copy_bytes(Claim { address, bytes: length }, length)?;
    let mut rest = control.as_slice();
    while let Ok((head, _)) = ControlHeader::read_from_prefix(rest) {
        let length = head.length as usize;
        if length < HEADER || length > rest.len() {
            return Err(Errno::EINVAL);
        }
        let body = &rest[HEADER..length];
        match (head.level, head.kind) {
            (SOL_SOCKET, SCM_RIGHTS) => take_rights(body, outgoing)?,
            (SOL_SOCKET, SCM_CREDENTIALS) => {
                let said = PeerCredentials::read_from_bytes(body).map_err(|_| Errno::EINVAL)?;
                outgoing.sender = Some(check_sender(said)?);
            }
            (SOL_SOCKET, _) => return Err(Errno::EINVAL),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(8)..).unwrap_or(&[]);
    }
    Ok(())
}

fn take_rights(body: &[u8], outgoing: &mut Outgoing) -> Result<(), Errno> {
    for number in body.chunks_exact(size_of::<u32>()) {
        let fd = Fd(u32::from_le_bytes([number[0], number[1], number[2], number[3]]));
        let file = get_any(fd)?;
        if outgoing.rights.len() >= SCM_MAX_FD {
            return Err(Errno::EINVAL);
        }
        // It is the business of one process.
        if file.node().is_private() {
            return Err(Errno::EPERM);
        }
        outgoing.rights.push(file);
    }
    Ok(())
}

/// Root may say who it likes, others who they are.
fn check_sender(said: PeerCredentials) -> Result<PeerCredentials, Errno> {
    let process = sched::current_process();
    let own = process.credentials();
    let is_true = said.pid == process.pid && said.uid == own.uid && said.gid == own.gid;
    if is_true || own.is_root() { Ok(said) } else { Err(Errno::EPERM) }
}

fn receive(handle: &Handle, to: &mut UserBuffer<'_>, flags: u32) -> Result<Received, Errno> {
    if flags & MSG_OOB != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    let options = Options { peeks: flags & MSG_PEEK != 0, fills: flags & MSG_WAITALL != 0 };
    handle.socket()?.receive(to, options, handle.waiting(flags & MSG_DONTWAIT != 0))
}

/// What the call gives: how many bytes were copied, or on request how many there were.
const fn told(received: &Received, flags: u32) -> u64 {
    let count = if flags & MSG_TRUNC != 0 && received.is_message {
        received.length
    } else {
        received.count
    };
    count as u64
}

pub fn recvfrom(
    fd: Fd,
    claim: Claim,
    flags: u32,
    at: VirtAddr,
    length: VirtAddr,
) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let received = receive(&handle, &mut buffer(claim)?, flags)?;
    if at.value() != 0 && length.value() != 0 {
        match sender_name(&received) {
            Some(name) => store_address(name, at, length)?,
            None => store(length, &0_u32)?,
        }
    }
    Ok(told(&received, flags))
}

/// The sender's address, if it has one.
fn sender_name(received: &Received) -> Option<&[u8]> {
    received.from.as_deref().filter(|name| !name.is_empty())
}

pub fn recvmsg(fd: Fd, at: VirtAddr, flags: u32) -> Result<u64, Errno> {
    let handle = Handle::get(fd)?;
    let mut header: MessageHeader = load(at)?;
    let mut to = UserBuffer::Vector(message_vector(&header)?);
    let mut received = receive(&handle, &mut to, flags)?;
    header.flags = if flags & MSG_CMSG_CLOEXEC == 0 { 0 } else { MSG_CMSG_CLOEXEC };
    if received.is_message {
        let is_packet = handle.socket()?.kind() == crate::fs::socket::Kind::Packets;
        header.flags |= if is_packet { MSG_EOR } else { 0 };
        header.flags |= if received.length > received.count { MSG_TRUNC } else { 0 };
    }
    header.name_length = match sender_name(&received) {
        Some(name) if header.name != 0 => {
            put_address(name, VirtAddr::new(header.name as usize), header.name_length as usize)?
        }
        _ => 0,
    };
    let mut control = Control {
        at: VirtAddr::new(header.control as usize),
        room: if header.control == 0 { 0 } else { header.control_length as usize },
        used: 0,
        is_cut: false,
    };
    if handle.socket()?.passes_credentials() {
        control.put(SCM_CREDENTIALS, received.sender.as_bytes())?;
    }
    let close = OpenFlags::CLOSE_ON_EXEC;
    let close = if flags & MSG_CMSG_CLOEXEC == 0 { OpenFlags::empty() } else { close };
    control.put_rights(core::mem::take(&mut received.rights), close)?;
    header.flags |= if control.is_cut { MSG_CTRUNC } else { 0 };
    header.control_length = control.used as u64;
    store(at, &header)?;
    Ok(told(&received, flags))
}

/// The room for what comes with a message.
struct Control {
    at: VirtAddr,
    room: usize,
    used: usize,
    is_cut: bool,
}

impl Control {
    /// Stores something, cut where there is no room.
    fn put(&mut self, kind: u32, body: &[u8]) -> Result<(), Errno> {
        let left = self.room.saturating_sub(self.used);
        if left < HEADER {
            self.is_cut = true;
            return Ok(());
        }
        let count = body.len().min(left - HEADER);
        self.is_cut |= count < body.len();
        let place = self.at.add(self.used);
        let length = (HEADER + count) as u64;
        store(place, &ControlHeader { length, level: SOL_SOCKET, kind })?;
        UserBuffer::user(place.add(HEADER), count).put(&body[..count])?;
        self.used += (HEADER + count).next_multiple_of(8).min(left);
        Ok(())
    }

    /// Gives the files descriptors, as far as there is room to tell them; the others are closed.
    fn put_rights(
        &mut self,
        rights: alloc::vec::Vec<Arc<OpenFile>>,
        flags: OpenFlags,
    ) -> Result<(), Errno> {
        if rights.is_empty() {
            return Ok(());
        }
        let left = self.room.saturating_sub(self.used);
        let fitting = left.saturating_sub(HEADER) / size_of::<u32>();
        self.is_cut |= fitting < rights.len();
        let place = self.at.add(self.used);
        let mut count = 0;
        for file in rights.into_iter().take(fitting) {
            let Ok(fd) = insert(file, flags) else {
                self.is_cut = true;
                break;
            };
            let fd = fd as u32;
            if let Err(error) = store(place.add(HEADER + count * size_of::<u32>()), &fd) {
                close(Fd(fd))?;
                if count == 0 {
                    return Err(error);
                }
                break;
            }
            count += 1;
        }
        if count > 0 {
            let length = HEADER + count * size_of::<u32>();
            let head = ControlHeader { length: length as u64, level: SOL_SOCKET, kind: SCM_RIGHTS };
            store(place, &head)?;
            self.used += length.next_multiple_of(8).min(left);
        }
        Ok(())
    }
}
