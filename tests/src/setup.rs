//! What the environment says: image, emulator, patience.

use crate::failure::{Failure, Outcome};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The longest that anything on the console may take on an unloaded host.
const PATIENCE: Duration = Duration::from_secs(20);

/// The image under test: `COMMONS_IMAGE`, or what `make image` leaves.
pub fn image() -> Outcome<PathBuf> {
    let path = std::env::var_os("COMMONS_IMAGE")
        .map_or_else(|| workspace().join("target/kernel8.img"), PathBuf::from);
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::new(format!(
        "there is no image {}: build it with `make image`, or set COMMONS_IMAGE",
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
