//! A program and the interpreter that it names, which is the dynamic linker: any bytes.
//!
//! What is loaded of both is what their files have, and none can be both written and executed. The interpreter
//! begins, and needs none itself. No memory is left behind.

use crate::elf::{CONTEXT, layout_of, load, look_at};
use crate::input::Input;
use crate::machine::without_leak;
use crate::system::{archive, write};
use abi::file::OpenFlags;
use arch::addr::PhysAddr;
use kcore::fs;
use kcore::program::elf::Interpreter;
use std::sync::Once;

/// Where the interpreter is.
const PATH: &[u8] = b"/tmp/ld";

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let length = input.u16().into();
    let (program, interpreter) = (input.bytes(length), input.rest());
    let Some(place) = layout_of(program).and_then(|layout| layout.interpreter) else { return };
    let Ok(path) = Interpreter::path(&program[place.offset as usize..][..place.bytes]) else {
        return;
    };
    // Devices and the card's slot are for others.
    if !path.starts_with(b"/tmp/") || path.windows(2).any(|pair| pair == b"..") {
        return;
    }
    without_leak(|| run_both(program, interpreter));
}

fn run_both(program: &[u8], interpreter: &[u8]) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        fs::mount_archive(PhysAddr::new(0x1004), archive(&[]).leak()).expect("memory is plenty");
    });
    let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
    let file = fs::namespace().open(&CONTEXT, PATH, flags, 0o755).expect("it is not there");
    if !interpreter.is_empty() {
        assert_eq!(write(&file, interpreter), Ok(interpreter.len()));
    }
    drop(file);
    if let Some(loaded) = load(program) {
        let layout = layout_of(interpreter).expect("what is no program was loaded");
        assert!(layout.interpreter.is_none(), "a linker that needs a linker was loaded");
        let Some(code) = &loaded.code[1] else { panic!("an interpreter has code") };
        assert_eq!(loaded.start, loaded.facts.interpreter_base + code.header.entry);
        look_at(&loaded, [program, interpreter]);
    }
    fs::namespace().unlink(&CONTEXT, PATH).expect("it was made");
}
