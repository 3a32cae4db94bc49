//! Following a path from component to component.
//!
//! A path is walked up to its last component, which the caller looks at itself: it may have to
//! make or remove it. Where that turns out to be a symbolic link, the walk is sent on.

use super::namespace::{Namespace, PathContext};
use super::node::NodeRef;
use super::origin::{Located, Origin};
use super::permission::Want;
use super::shortcut::is_plain_file;
use crate::bytes;
use crate::process::Credentials;
use abi::Errno;
use abi::limits::{NAME_MAX, PATH_MAX};
use alloc::vec::Vec;
use core::ops::Range;

/// Symbolic links that one path may lead through.
const LINKS_MAX: u32 = 40;

/// Whether a symbolic link at the end of a path is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follow {
    /// It is.
    Yes,
    /// The link itself is meant.
    No,
}

/// Whether a path ended in `/`, and so must lead to a directory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Slash {
    /// It did.
    Present,
    /// It did not.
    Absent,
}

/// The last component of a path, to be looked up in the directory that the walk has reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Last {
    /// A name, which the walk has.
    Name(Slash),
    /// `.`
    This,
    /// `..`
    Parent,
    /// None: the path is `/`.
    Root,
}

/// A walk along a path.
pub struct Walk<'a> {
    namespace: &'a Namespace,
    credentials: Credentials,
    current: NodeRef,
    path: Path<'a>,
    /// Where the component looked at last lies in the path; what follows is still to be walked.
    name: Range<usize>,
    links_left: u32,
}

/// A path; owned as soon as a link has changed it.
enum Path<'a> {
    Given(&'a [u8]),
    Linked(Vec<u8>),
}

impl Path<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Linked(bytes) => bytes,
        }
    }
}

/// What a walk has come to.
enum Ending {
    /// The file of a name in the directory reached.
    Named(NodeRef),
    /// A file that a link led to which is no path.
    Jumped(Located),
}

impl Ending {
    const fn node(&self) -> &NodeRef {
        match self {
            Self::Named(node) | Self::Jumped(Located { node, .. }) => node,
        }
    }
}

impl<'a> Walk<'a> {
    /// A walk at its beginning.
    pub fn begin(
        namespace: &'a Namespace,
        context: &PathContext<'_>,
        path: &'a [u8],
    ) -> Result<Self, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        // PATH_MAX counts the NUL.
        if path.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let (current, walked) = match namespace.mounted_above(path) {
            Some((root, walked)) => (root, walked),
            None if path[0] == b'/' => (namespace.root(), 0),
            None => (context.directory.unwrap_or(namespace.root()), 0),
        };
        Ok(Self {
            namespace,
            credentials: context.credentials,
            current: current.clone(),
            path: Path::Given(path),
            name: walked..walked,
            links_left: LINKS_MAX,
        })
    }

    /// The directory that the walk has reached.
    pub const fn reached(&self) -> &NodeRef {
        &self.current
    }

    /// The last component of the path, where it is a name.
    pub fn name(&self) -> &[u8] {
        &self.path.bytes()[self.name.clone()]
    }

    /// Walks up to the last component.
    pub fn reach_last(&mut self) -> Result<Last, Errno> {
        loop {
            let path = self.path.bytes();
            let Some(start) = skip_slashes(path, self.name.end) else {
                self.name = path.len()..path.len();
                return Ok(Last::Root);
            };
            let end = bytes::find(&path[start..], b'/').map_or(path.len(), |length| start + length);
            if end - start > NAME_MAX {
                return Err(Errno::ENAMETOOLONG);
            }
            let is_last = skip_slashes(path, end).is_none();
            let slash = if path.len() > end { Slash::Present } else { Slash::Absent };
            self.name = start..end;
            self.check_search()?;
            match (self.name(), is_last) {
                (b".", true) => return Ok(Last::This),
                (b"..", true) => return Ok(Last::Parent),
                (_, true) => return Ok(Last::Name(slash)),
                (b".", false) => {}
                (b"..", false) => self.current = self.namespace.parent(&self.current)?,
                (_, false) => self.enter()?,
            }
        }
    }

    /// The file of the name in the directory reached, or the file system mounted on it.
    pub fn look_up(&self) -> Result<NodeRef, Errno> {
        let directory = self.current.directory().ok_or(Errno::ENOTDIR)?;
        Ok(self.namespace.uncovered(directory.lookup(self.name())?))
    }

    /// Goes on where a link in the directory reached leads; what was left of the path follows.
    pub fn follow(&mut self, target: &[u8], slash: Slash) -> Result<(), Errno> {
        self.links_left = self.links_left.checked_sub(1).ok_or(Errno::ELOOP)?;
        if target.is_empty() {
            return Err(Errno::ENOENT);
        }
        let rest = &self.path.bytes()[self.name.end..];
        let length = target.len() + rest.len() + 1;
        if length >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let mut path = Vec::new();
        path.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
        path.extend_from_slice(target);
        if slash == Slash::Present {
            path.push(b'/');
        }
        path.extend_from_slice(rest);
        if target[0] == b'/' {
            self.current = self.namespace.root().clone();
        }
        self.path = Path::Linked(path);
        self.name = 0..0;
        Ok(())
    }

    /// Where a link in the directory reached leads that is no path.
    pub fn jump(&mut self, link: &NodeRef) -> Option<Result<Located, Errno>> {
        let target = link.jump()?;
        Some(match self.links_left.checked_sub(1) {
            Some(left) => {
                self.links_left = left;
                target
            }
            None => Err(Errno::ELOOP),
        })
    }

    /// The file at the end of the path.
    pub fn finish(mut self, follow: Follow) -> Result<NodeRef, Errno> {
        Ok(match self.find_last(follow)? {
            Ending::Named(node) | Ending::Jumped(Located { node, .. }) => node,
        })
    }

    /// The file at the end of the path, and by which name it was found.
    pub fn locate(mut self, follow: Follow) -> Result<Located, Errno> {
        Ok(match self.find_last(follow)? {
            Ending::Named(node) if node.directory().is_some() => Located::unnamed(node),
            Ending::Named(node) => self.located(node),
            Ending::Jumped(located) => located,
        })
    }

    /// A file that was found by the name last looked at.
    pub fn located(&self, node: NodeRef) -> Located {
        let origin = (!node.names_itself()).then(|| Origin::new(&self.current, self.name()));
        Located { origin, ..Located::unnamed(node) }
    }

    fn find_last(&mut self, follow: Follow) -> Result<Ending, Errno> {
        loop {
            let slash = match self.reach_last()? {
                Last::Root | Last::This => return Ok(Ending::Named(self.current.clone())),
                Last::Parent => return self.namespace.parent(&self.current).map(Ending::Named),
                Last::Name(slash) => slash,
            };
            let node = self.look_up()?;
            if slash == Slash::Absent && is_plain_file(&*node) {
                // Most are, and lead nowhere.
                return Ok(Ending::Named(node));
            }
            let is_followed = follow == Follow::Yes || slash == Slash::Present;
            let ending = if is_followed && let Some(target) = self.jump(&node) {
                Ending::Jumped(target?)
            } else if is_followed && let Some(target) = node.link_target() {
                self.follow(target, slash)?;
                continue;
            } else {
                Ending::Named(node)
            };
            if slash == Slash::Present && ending.node().directory().is_none() {
                return Err(Errno::ENOTDIR);
            }
            return Ok(ending);
        }
    }

    /// Fails unless the caller may do this to the directory reached.
    pub fn check(&self, want: Want) -> Result<(), Errno> {
        let allowed = self.current.permissions().allow(self.credentials, want);
        if allowed { Ok(()) } else { Err(Errno::EACCES) }
    }

    fn check_search(&self) -> Result<(), Errno> {
        if self.current.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        self.check(Want::EXECUTE)
    }

    fn enter(&mut self) -> Result<(), Errno> {
        let mut node = self.look_up()?;
        if let Some(target) = self.jump(&node) {
            node = target?.node;
        } else if let Some(target) = node.link_target() {
            return self.follow(target, Slash::Absent);
        }
        if node.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        self.current = node;
        Ok(())
    }
}

/// Where the next component of a path begins, from here on; `None` if none does.
fn skip_slashes(path: &[u8], from: usize) -> Option<usize> {
    path[from..].iter().position(|byte| *byte != b'/').map(|skipped| from + skipped)
}
