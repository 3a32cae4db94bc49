//! What the firmware's device tree says, where it hands one over: the memory, and the words to start with.
//!
//! The tree is read for these two alone; which devices there are follows from the board. A tree is whatever lay at
//! the address that the firmware named, so it is checked as a whole before anything in it is believed. Format: the
//! Devicetree Specification 0.4, chapter 5.

use crate::soc::PhysRange;
use arrayvec::{ArrayString, ArrayVec};
use core::ffi::CStr;
use dtoolkit::fdt::{Fdt, FdtNode};
use dtoolkit::{Node, Property};

/// Banks of memory that are looked at; boards have three at most.
const BANKS: usize = 8;
/// The bytes of a tree's head that tell whether it is one, and how long.
pub const HEAD_BYTES: usize = 8;
/// What Linux takes of a command line on this architecture.
pub const COMMAND_LINE_BYTES: usize = 2048;
/// No board's tree is longer.
const LONGEST: usize = 2 << 20;
const MAGIC: u32 = 0xD00D_FEED;

/// How many bytes a tree has, by its first ones; `None` if they begin no tree.
pub fn length(head: [u8; HEAD_BYTES]) -> Option<usize> {
    let [m0, m1, m2, m3, l0, l1, l2, l3] = head;
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let is_tree = u32::from_be_bytes([m0, m1, m2, m3]) == MAGIC;
    (is_tree && (HEAD_BYTES..=LONGEST).contains(&length)).then_some(length)
}

/// A tree that has been checked.
pub struct DeviceTree<'a>(Fdt<'a>);

impl<'a> DeviceTree<'a> {
    /// Checks a tree of just these bytes; `None` if it is damaged.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Fdt::new(bytes).ok().map(Self)
    }

    /// The words that the kernel is started with: `bootargs` of `/chosen`; `None` if there are none, or more than
    /// can be.
    pub fn command_line(&self) -> Option<ArrayString<COMMAND_LINE_BYTES>> {
        let chosen = self.0.find_node("/chosen")?;
        let words = chosen.properties().find(|property| property.name() == "bootargs")?;
        let line = CStr::from_bytes_until_nul(words.value()).ok()?.to_str().ok()?;
        (!line.is_empty()).then(|| ArrayString::from(line).ok())?
    }

    /// The banks of memory, empty ones left out.
    pub fn memory(&self) -> ArrayVec<PhysRange, BANKS> {
        let nodes = self.0.root().children().filter(is_memory);
        let banks = nodes.filter_map(|node| node.reg().ok().flatten()).flatten();
        let ranges = banks.filter_map(|bank| {
            let (start, len) = (bank.address::<u64>().ok()?, bank.size::<u64>().ok()?);
            (len > 0 && start.checked_add(len).is_some()).then_some(PhysRange { start, len })
        });
        ranges.take(BANKS).collect()
    }
}

fn is_memory(node: &FdtNode<'_>) -> bool {
    node.name_without_address() == "memory"
}

#[cfg(test)]
mod tests {
    use super::*;
    use vm_fdt::FdtWriter;

    /// A tree as a Raspberry Pi 4 with 8 GiB has it.
    fn tree(banks: &[u32], words: &str) -> Vec<u8> {
        let mut tree = FdtWriter::new().unwrap();
        let root = tree.begin_node("").unwrap();
        tree.property_u32("#address-cells", 2).unwrap();
        tree.property_u32("#size-cells", 1).unwrap();
        let memory = tree.begin_node("memory@0").unwrap();
        tree.property_string("device_type", "memory").unwrap();
        tree.property_array_u32("reg", banks).unwrap();
        tree.end_node(memory).unwrap();
        let chosen = tree.begin_node("chosen").unwrap();
        tree.property_string("bootargs", words).unwrap();
        tree.end_node(chosen).unwrap();
        tree.end_node(root).unwrap();
        tree.finish().unwrap()
    }

    fn banks(bytes: &[u8]) -> Vec<(u64, u64)> {
        let tree = DeviceTree::new(bytes).unwrap();
        tree.memory().iter().map(|bank| (bank.start, bank.len)).collect()
    }

    #[test]
    fn memory_and_words_are_found() {
        let cells = [0, 0, 0x3B40_0000, 0, 0x4000_0000, 0xBC00_0000, 1, 0, 0xFFFF_F000];
        let bytes = tree(&cells, "quiet init=/bin/sh");
        let head = bytes[..HEAD_BYTES].try_into().unwrap();
        assert_eq!(length(head), Some(bytes.len()));
        let found = DeviceTree::new(&bytes).unwrap();
        assert_eq!(found.command_line().as_deref(), Some("quiet init=/bin/sh"));
        let expected = [(0, 0x3B40_0000), (1 << 30, 0xBC00_0000), (1 << 32, 0xFFFF_F000)];
        assert_eq!(banks(&bytes), expected);
    }

    #[test]
    fn empty_banks_and_empty_words_are_none() {
        let bytes = tree(&[0, 0, 0], "");
        assert_eq!(DeviceTree::new(&bytes).unwrap().command_line(), None);
        assert_eq!(banks(&bytes), []);
    }

    #[test]
    fn banks_that_are_cut_off_or_too_many_are_left_out() {
        assert_eq!(banks(&tree(&[0, 0], "")), []);
        assert_eq!(banks(&tree(&[0, 0, 4096].repeat(BANKS + 2), "")).len(), BANKS);
    }

    #[test]
    fn a_line_that_is_too_long_is_none() {
        let fits = "x".repeat(COMMAND_LINE_BYTES);
        assert_eq!(
            DeviceTree::new(&tree(&[], &fits)).unwrap().command_line().as_deref(),
            Some(&*fits)
        );
        assert_eq!(DeviceTree::new(&tree(&[], &(fits + "x"))).unwrap().command_line(), None);
    }

    #[test]
    fn what_is_no_tree_has_no_length() {
        assert_eq!(length([0; HEAD_BYTES]), None);
        let mut head = [0xD0, 0x0D, 0xFE, 0xED, 0, 0, 0, 7];
        assert_eq!(length(head), None, "shorter than its head");
        head[4] = 0xFF;
        assert_eq!(length(head), None, "longer than any");
    }

    #[test]
    fn a_tree_with_any_byte_changed_is_read_or_refused() {
        let bytes = tree(&[0, 0, 0x3B40_0000], "quiet");
        for index in 0..bytes.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[index] = value;
                if let Some(tree) = DeviceTree::new(&damaged) {
                    assert!(tree.memory().len() <= BANKS);
                    assert!(tree.command_line().is_none_or(|line| line.len() <= bytes.len()));
                }
            }
        }
        for length in 0..bytes.len() {
            assert!(DeviceTree::new(&bytes[..length]).is_none(), "cut to {length} bytes");
        }
    }
}
