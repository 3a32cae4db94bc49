//! Device trees, as the firmware of a board hands over.

use crate::failure::{Failure, Outcome};
use crate::setup;
use std::path::Path;
use std::sync::OnceLock;
use vm_fdt::FdtWriter;

/// A tree with what the emulator asks of one, and with words for the kernel: it fills in the memory.
pub fn tree(words: &str) -> Outcome<Vec<u8>> {
    let build = || {
        let mut tree = FdtWriter::new()?;
        let root = tree.begin_node("")?;
        tree.property_u32("#address-cells", 2)?;
        tree.property_u32("#size-cells", 1)?;
        let chosen = tree.begin_node("chosen")?;
        tree.property_string("bootargs", words)?;
        tree.end_node(chosen)?;
        tree.end_node(root)?;
        tree.finish()
    };
    build().map_err(|error: vm_fdt::Error| Failure::new(format!("no tree could be made: {error}")))
}

/// The file with the tree that all machines get which are given none, if they are to.
pub fn of_all_machines() -> Outcome<Option<&'static Path>> {
    static FILE: OnceLock<Outcome<std::path::PathBuf>> = OnceLock::new();
    if !setup::wants_device_trees() {
        return Ok(None);
    }
    let made = FILE.get_or_init(|| {
        let path = setup::for_device_tree();
        std::fs::write(&path, tree("")?)?;
        Ok(path)
    });
    match made {
        Ok(path) => Ok(Some(path)),
        Err(failure) => Err(Failure::new(failure.to_string())),
    }
}
