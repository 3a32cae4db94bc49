//! What children get of handles and views.

use super::{Access, Handle, Inheritance, View};
use crate::error::Result;
use crate::process::Pid;

/// A handle or a view.
pub trait Inheritable {
    /// Sets what children get of it, and returns what it was.
    fn set_inheritance(&self, inheritance: Inheritance) -> Result<Inheritance>;
}

impl Inheritable for Handle {
    fn set_inheritance(&self, inheritance: Inheritance) -> Result<Inheritance> {
        self.region.set_inheritance(inheritance)
    }
}

impl Inheritable for View<'_> {
    fn set_inheritance(&self, inheritance: Inheritance) -> Result<Inheritance> {
        self.view.set_inheritance(inheritance)
    }
}

/// `SetInheritance`: what children get at fork: the same, the right to read, a copy of their own,
/// nothing, or what [`approve_child`] gives them. Returns what it was.
pub fn set_inheritance(of: &impl Inheritable, inheritance: Inheritance) -> Result<Inheritance> {
    of.set_inheritance(inheritance)
}

/// What a parent decides for a child.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// It gets this, and no more than the parent's handle allows.
    Allow(Access),
    /// It gets nothing.
    Deny,
}

/// `ApproveChild`: decides what a child gets of an object's handles and views whose inheritance is
/// [`Inheritance::Ask`].
pub fn approve_child(handle: &Handle, child: Pid, decision: Decision) -> Result<()> {
    match decision {
        Decision::Allow(access) => handle.region.approve(child, access.protection()),
        Decision::Deny => handle.region.deny(child),
    }
}
