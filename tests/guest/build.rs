//! Links `guest-pie` as a static position-independent executable.

fn main() {
    let directory = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".to_owned());
    println!("cargo::rerun-if-changed=pie.ld");
    for argument in ["-pie", "--no-dynamic-linker", "-znotext", "-znorelro"] {
        println!("cargo::rustc-link-arg-bin=guest-pie={argument}");
    }
    println!("cargo::rustc-link-arg-bin=guest-pie=-T{directory}/pie.ld");
}
