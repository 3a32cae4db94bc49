//! What the firmware says of the memory and of the words to start with: any bytes.
//!
//! Banks are not empty and do not go round the end of all addresses, there are no more than are looked at, and
//! the words are a text of the tree's own bytes, without NUL.

use bsp::device_tree::{COMMAND_LINE_BYTES, DeviceTree, HEAD_BYTES, length};

/// Drives it.
pub fn run(bytes: &[u8]) {
    let Some(head) = bytes.first_chunk::<HEAD_BYTES>() else {
        assert!(DeviceTree::new(bytes).is_none());
        return;
    };
    // As boot does: the tree is as long as its head says.
    let told = length(*head).and_then(|length| bytes.get(..length));
    for bytes in [told, Some(bytes)].into_iter().flatten() {
        let Some(tree) = DeviceTree::new(bytes) else { continue };
        for bank in tree.memory() {
            assert!(bank.len > 0 && bank.start.checked_add(bank.len).is_some());
        }
        if let Some(line) = tree.command_line() {
            assert!(!line.is_empty() && line.len() <= COMMAND_LINE_BYTES && !line.contains('\0'));
            let is_there = bytes.windows(line.len()).any(|part| part == line.as_bytes());
            assert!(is_there, "the words are none of the tree's");
        }
    }
}
