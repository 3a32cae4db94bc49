//! A device tree from the firmware: its words are followed, a damaged one does no harm.

use crate::case::{Case, on_machine};
use crate::device_tree::tree;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::setup::Kernel;
use crate::{ensure, free};
use std::io::Write;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("device_tree":
        its_words_start_the_kernel,
        words_of_the_firmware_itself_come_first,
        memory_is_all_there_with_one,
        what_is_no_tree_is_passed_over,
    )
}

fn its_words_start_the_kernel() -> Outcome {
    with_tree(&tree("panic=test")?, |switches| {
        let mut machine = Machine::start(Kernel::Release, switches)?;
        machine.expect_panic();
        let ended = machine.expect_exit().map_err(|failure| machine.explain(failure))?;
        ensure!(!ended.success(), "the tree's words did not reach the kernel");
        Ok(())
    })
}

fn words_of_the_firmware_itself_come_first() -> Outcome {
    with_tree(&tree("panic=test")?, |switches| {
        let switches = [switches, &["-append", "panic=none"]].concat();
        on_machine(&switches, |machine| machine.succeed("true").map(drop))
    })
}

fn memory_is_all_there_with_one() -> Outcome {
    with_tree(&tree("")?, |switches| {
        on_machine(switches, |machine| {
            super::programs::all_memory_of_the_board_is_accounted_for(machine)?;
            super::boot::four_cores_run(machine)
        })
    })
}

/// The emulator hands over trees that it has read itself; so this one lies where x0 points by chance: behind a
/// head that tells of more bytes than are there, in memory that is not a tree's.
fn what_is_no_tree_is_passed_over() -> Outcome {
    let image = tempfile::NamedTempFile::new()?;
    // Where the emulator's list of words for the kernel begins, which is what x0 holds without a tree.
    image.as_file().write_all(&[0xD0, 0x0D, 0xFE, 0xED, 0, 0x1F, 0xFF, 0xFF])?;
    let path = image.path().display();
    let loader = format!("loader,file={path},addr=0x100,force-raw=on");
    on_machine(&["-device", &loader], |machine| machine.succeed("true").map(drop))
}

fn with_tree(tree: &[u8], check: impl FnOnce(&[&str]) -> Outcome) -> Outcome {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(tree)?;
    check(&["-dtb", &file.path().display().to_string()])
}
