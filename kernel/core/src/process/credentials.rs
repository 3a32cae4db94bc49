//! Who a process is.

/// User and group; user 0 is root.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Credentials {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Credentials {
    /// Whether this is root.
    pub const fn is_root(self) -> bool {
        self.uid == 0
    }
}
