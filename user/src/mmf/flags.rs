//! What a mapping object is to be, and what a handle or a view may do.

use crate::region::{Options, Protection};
use bitflags::bitflags;

bitflags! {
    /// Flags of `CreateRegion`. Without any, the object goes with its last user, its memory is set
    /// aside, and everybody who may open it may write.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct ObjectFlags: u32 {
        /// Fail if an object of that name exists.
        const EXCLUSIVE = 1;
        /// It stays until its name is removed.
        const PERSISTENT = 2;
        /// Views may only read; data is changed with `MMF_Write`.
        const VIEWS_READ_ONLY = 4;
        /// One handle may write at a time.
        const SINGLE_WRITER = 8;
        /// All views of the whole object have one address.
        const SAME_ADDRESS = 0x10;
        /// No memory is set aside.
        const SPARSE = 0x20;
    }
}

impl ObjectFlags {
    /// The region that such an object is.
    pub const fn options(self) -> Options {
        let mut options = Options::new().never_shrinks().close_on_exec();
        if self.contains(Self::EXCLUSIVE) {
            options = options.exclusive();
        }
        if !self.contains(Self::PERSISTENT) {
            options = options.ephemeral();
        }
        if self.contains(Self::VIEWS_READ_ONLY) {
            options = options.views_read_only();
        }
        if self.contains(Self::SINGLE_WRITER) {
            options = options.single_writer();
        }
        if self.contains(Self::SAME_ADDRESS) {
            options = options.same_address();
        }
        if self.contains(Self::SPARSE) {
            options = options.sparse();
        }
        options
    }
}

/// What a handle or a view may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Read.
    Read,
    /// Read and write.
    ReadWrite,
    /// Read and run.
    ReadExecute,
}

impl Access {
    /// The rights to pages.
    pub const fn protection(self) -> Protection {
        match self {
            Self::Read => Protection::READ,
            Self::ReadWrite => Protection::READ.union(Protection::WRITE),
            Self::ReadExecute => Protection::READ.union(Protection::EXECUTE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::region::{RegionFlags, Seals};

    fn flags(object: ObjectFlags) -> RegionFlags {
        RegionFlags::from_bits(object.options().request().flags).unwrap()
    }

    #[test]
    fn an_object_without_flags_goes_with_its_last_user_and_has_its_memory() {
        let found = flags(ObjectFlags::empty());
        assert_eq!(found, RegionFlags::EPHEMERAL | RegionFlags::CLOSE_ON_EXEC);
        let request = *ObjectFlags::empty().options().request();
        assert_eq!(Seals::from_bits(request.seals), Some(Seals::SHRINK), "it never gets shorter");
    }

    #[test]
    fn each_flag_is_a_property_of_the_region() {
        assert!(!flags(ObjectFlags::PERSISTENT).contains(RegionFlags::EPHEMERAL));
        for (object, region) in [
            (ObjectFlags::EXCLUSIVE, RegionFlags::EXCLUSIVE),
            (ObjectFlags::VIEWS_READ_ONLY, RegionFlags::VIEWS_READ_ONLY),
            (ObjectFlags::SINGLE_WRITER, RegionFlags::SINGLE_WRITER),
            (ObjectFlags::SAME_ADDRESS, RegionFlags::SAME_ADDRESS),
            (ObjectFlags::SPARSE, RegionFlags::SPARSE),
        ] {
            assert!(
                flags(object).contains(region) && !flags(ObjectFlags::empty()).contains(region)
            );
        }
    }

    #[test]
    fn no_view_is_both_written_and_run() {
        for access in [Access::Read, Access::ReadWrite, Access::ReadExecute] {
            let both = Protection::WRITE | Protection::EXECUTE;
            assert!(access.protection().contains(Protection::READ));
            assert!(!access.protection().contains(both));
        }
    }
}
