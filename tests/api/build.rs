//! Lays the program out as the kernel likes it.
//!
//! Text and constants are one segment at 4 MiB and data begins in the next unit of 2 MiB, so that
//! a second process running the shell can link the first one's level-3 table of the text.

/// Arguments for the linker, GNU style.
const LAYOUT: &[&str] = &[
    "--image-base=0x400000",
    "--no-rosegment",
    "-zmax-page-size=0x200000",
    "-znorelro",
    "-znognustack",
    "--build-id=none",
    "--fix-cortex-a53-843419",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        for argument in LAYOUT {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}
