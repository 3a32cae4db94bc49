//! Passes the programs' layout to the linker.
//!
//! A program is a static ET_EXEC at 4 MiB: one read+execute segment in the 2 MiB unit there, one
//! read+write segment in the next unit, so that the kernel can link each as a whole table.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    for argument in [
        "--image-base=0x400000",
        "-zmax-page-size=0x200000",
        "-znorelro",
        "-znognustack",
        "--no-rosegment",
        "--build-id=none",
        "--fix-cortex-a53-843419",
    ] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
