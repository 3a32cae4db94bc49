//! What the environment says: image, emulator, patience.

use crate::failure::{Failure, Outcome};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The longest that anything on the console may take on an unloaded host.
const PATIENCE: Duration = Duration::from_secs(20);

/// Switches for the emulator that make its clock count: a nanosecond for each instruction, and none
/// for waiting.
pub const INSTRUCTION_CLOCK: &[&str] = &["-icount", "shift=0,sleep=off"];

/// Which kernel is in the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// The one that boards run.
    Release,
    /// The one that checks its arithmetic and the order of its locks.
    Checked,
}

/// The image under test: `COMMONS_IMAGE`, or what `make image` leaves; for the checked kernel
/// `COMMONS_CHECKED_IMAGE`.
pub fn image(kernel: Kernel) -> Outcome<PathBuf> {
    let (variable, usual) = match kernel {
        Kernel::Release => ("COMMONS_IMAGE", "target/kernel8.img"),
        Kernel::Checked => ("COMMONS_CHECKED_IMAGE", "target/test/checked/kernel8.img"),
    };
    let path = std::env::var_os(variable).map_or_else(|| workspace().join(usual), PathBuf::from);
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::new(format!(
        "there is no image {}: run `make qemu-test`, which builds it, or set {variable}",
        path.display()
    )))
}

/// The emulator: `QEMU`, or `qemu-system-aarch64` from the path.
pub fn emulator() -> PathBuf {
    std::env::var_os("QEMU").map_or_else(|| PathBuf::from("qemu-system-aarch64"), PathBuf::from)
}

/// How many times slower than usual the host may be: `COMMONS_TEST_SLOW`, 1 when unset.
pub fn slowness() -> f64 {
    let factor = std::env::var("COMMONS_TEST_SLOW").ok().and_then(|text| text.parse::<f64>().ok());
    factor.filter(|factor| factor.is_finite() && *factor > 0.0).unwrap_or(1.0)
}

/// How long to wait for anything that should happen at once.
pub fn patience() -> Duration {
    PATIENCE.mul_f64(slowness())
}

/// Whether the image has a C example: `COMMONS_C_EXAMPLES` names those that could be built.
pub fn has_c_example(name: &str) -> bool {
    std::env::var("COMMONS_C_EXAMPLES")
        .is_ok_and(|names| names.split_whitespace().any(|built| built == name))
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
