//! Addresses of sockets that are no paths, and finding sockets by paths.
//!
//! An address is kept as the bytes behind the family: a path, or a name that begins with a NUL.

use super::{Socket, of_node};
use crate::fs::namespace::{Namespace, PathContext, check};
use crate::fs::permission::Want;
use crate::fs::walk::Follow;
use crate::room;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::sync::{Arc, Weak};

type Names = BTreeMap<Box<[u8]>, Weak<Socket>>;

static ABSTRACT: Lock<Names> = Lock::new(Rank::SocketNames, Names::new());

/// Takes the name of a socket that ends away, if it is no path.
pub(super) fn forget(name: &[u8], socket: &Socket) {
    let mut names = ABSTRACT.lock();
    if names.get(name).is_some_and(|other| Weak::ptr_eq(other, &socket.itself)) {
        names.remove(name);
        room::give_back_map(&mut names);
    }
}

impl Socket {
    fn check_nameless(&self) -> Result<(), Errno> {
        if self.state.lock().name.is_some() { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// Gives the socket a name that is no path; one that is free, for an empty one.
    pub fn bind_abstract(&self, name: &[u8]) -> Result<(), Errno> {
        self.check_nameless()?;
        let mut names = ABSTRACT.lock();
        let name: Box<[u8]> = if name.is_empty() {
            let candidates = (0..0xF_FFFF_u32).map(|number| format!("\0{number:05x}"));
            let mut candidates = candidates.map(|name| name.into_bytes().into_boxed_slice());
            candidates.find(|name| !names.contains_key(name)).ok_or(Errno::ENOSPC)?
        } else {
            name.into()
        };
        if names.contains_key(&name) {
            return Err(Errno::EADDRINUSE);
        }
        names.insert(name.clone(), self.itself.clone());
        drop(names);
        self.state.lock().name = Some(name);
        Ok(())
    }

    /// Gives the socket a path, with a file that stands for it.
    pub fn bind_path(
        &self,
        namespace: &Namespace,
        context: &PathContext<'_>,
        path: &[u8],
    ) -> Result<(), Errno> {
        self.check_nameless()?;
        let socket = self.itself().ok_or(Errno::EINVAL)?;
        match namespace.make_special(context, path, 0o777, socket) {
            Err(Errno::EEXIST) => return Err(Errno::EADDRINUSE),
            outcome => outcome?,
        }
        self.state.lock().name = Some(path.into());
        Ok(())
    }
}

/// The socket with a name that is no path.
pub fn find_abstract(name: &[u8]) -> Result<Arc<Socket>, Errno> {
    let socket = ABSTRACT.lock().get(name).and_then(Weak::upgrade);
    socket.ok_or(Errno::ECONNREFUSED)
}

/// The socket that the file at the end of a path stands for, if the caller may write to it.
pub fn find_path(
    namespace: &Namespace,
    context: &PathContext<'_>,
    path: &[u8],
) -> Result<Arc<Socket>, Errno> {
    let node = namespace.find(context, path, Follow::Yes)?;
    check(&node, context.credentials, Want::WRITE)?;
    let socket = node.stands_for().ok_or(Errno::ECONNREFUSED)?;
    of_node(&socket).and_then(Socket::itself).ok_or(Errno::ECONNREFUSED)
}
