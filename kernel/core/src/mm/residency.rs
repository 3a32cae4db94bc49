//! Which pages are in memory, for `mincore`.

use super::space::AddressSpace;
use super::view::Backing;
use arch::addr::VirtAddr;

impl AddressSpace {
    /// Whether there is a page behind the address: the process's own, or the object's, whether it
    /// was touched from here or not. `None` where nothing is mapped.
    pub fn is_resident(&self, address: VirtAddr) -> Option<bool> {
        let state = self.state.lock();
        let view = state.views.get(address.value())?;
        let table = state.directory.table(address);
        if table.is_some_and(|table| table.entry(address.level3_index()).frame().is_some()) {
            return Some(true);
        }
        let Backing::Object { attachment, .. } = &view.backing else { return Some(false) };
        let index = view.page_index(address);
        Some(attachment.object.page_from(index).is_some_and(|(found, _)| found == index))
    }
}
