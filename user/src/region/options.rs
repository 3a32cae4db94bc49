//! How a region is made.

use abi::region::{RegionFlags, RegionRequest, Seals};

/// What a new region is to be: one option for each property, and `create` or `anonymous` at the end.
///
/// Without options it has no bytes, may be used by its owner only, and stays until its name is
/// removed.
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "options alone make no region"]
pub struct Options {
    request: RegionRequest,
}

impl Options {
    /// A region that its owner alone may use.
    pub const fn new() -> Self {
        let request =
            RegionRequest { bytes: 0, maximum: 0, flags: 0, mode: 0o600, seals: 0, reserved: 0 };
        Self { request }
    }

    /// Its length.
    pub const fn bytes(mut self, bytes: u64) -> Self {
        self.request.bytes = bytes;
        self
    }

    /// The length that it may grow to, for which every view has room; without this, its length
    /// rounded up to 2 MiB.
    pub const fn maximum(mut self, bytes: u64) -> Self {
        self.request.maximum = bytes;
        self
    }

    /// Who may open it, as a file's mode; the umask is taken away.
    pub const fn mode(mut self, mode: u32) -> Self {
        self.request.mode = mode;
        self
    }

    /// Fails if a region of that name exists, which is opened otherwise.
    pub const fn exclusive(self) -> Self {
        self.flags(RegionFlags::EXCLUSIVE)
    }

    /// The name goes with the last user.
    pub const fn ephemeral(self) -> Self {
        self.flags(RegionFlags::EPHEMERAL)
    }

    /// At most one descriptor may write at a time.
    pub const fn single_writer(self) -> Self {
        self.flags(RegionFlags::SINGLE_WRITER)
    }

    /// Views may only read; data is changed with [`write`](super::Region::write).
    pub const fn views_read_only(self) -> Self {
        self.flags(RegionFlags::VIEWS_READ_ONLY)
    }

    /// All views of the whole region have one address, so that it may hold pointers to itself.
    pub const fn same_address(self) -> Self {
        self.flags(RegionFlags::SAME_ADDRESS)
    }

    /// No memory is set aside: making it costs nothing, but a touch may find no memory.
    pub const fn sparse(self) -> Self {
        self.flags(RegionFlags::SPARSE)
    }

    /// The descriptor is closed at exec.
    pub const fn close_on_exec(self) -> Self {
        self.flags(RegionFlags::CLOSE_ON_EXEC)
    }

    /// It never gets shorter, so that no view ever loses a page.
    pub const fn never_shrinks(self) -> Self {
        self.seals(Seals::SHRINK)
    }

    /// Seals from the beginning.
    pub const fn seals(mut self, seals: Seals) -> Self {
        self.request.seals |= seals.bits();
        self
    }

    /// Flags, beside those that are set.
    pub const fn flags(mut self, flags: RegionFlags) -> Self {
        self.request.flags |= flags.bits();
        self
    }

    /// What the kernel is asked for.
    pub const fn request(&self) -> &RegionRequest {
        &self.request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_add_up() {
        let options = Options::new()
            .bytes(4097)
            .maximum(1 << 20)
            .mode(0o640)
            .ephemeral()
            .single_writer()
            .never_shrinks()
            .seals(Seals::GROW);
        let request = options.request();
        assert_eq!((request.bytes, request.maximum, request.mode), (4097, 1 << 20, 0o640));
        let flags = RegionFlags::EPHEMERAL | RegionFlags::SINGLE_WRITER;
        assert_eq!(RegionFlags::from_bits(request.flags), Some(flags));
        assert_eq!(Seals::from_bits(request.seals), Some(Seals::SHRINK | Seals::GROW));
    }

    #[test]
    fn without_options_a_region_is_its_owners_alone() {
        assert_eq!(Options::new().request().mode, 0o600);
        assert_eq!(Options::new().request().flags, 0);
    }
}
