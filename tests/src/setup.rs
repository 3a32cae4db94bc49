//! What the environment says: image, emulator, patience.

use crate::failure::{Failure, Outcome};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// Which board the emulator plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Board {
    /// Cortex-A53 with the BCM2837's interrupt controllers.
    Raspi3b,
    /// Cortex-A72 with a GIC-400, 2 GiB, and the devices elsewhere.
    Raspi4b,
}

impl Board {
    /// The board that cases run on which name none: `COMMONS_BOARD`, the Raspberry Pi 3B when unset.
    pub fn usual() -> Outcome<Self> {
        let name = std::env::var("COMMONS_BOARD").unwrap_or_default();
        match name.as_str() {
            "" | "raspi3b" => Ok(Self::Raspi3b),
            "raspi4b" => Ok(Self::Raspi4b),
            _ => Err(Failure::new(format!("COMMONS_BOARD is raspi3b or raspi4b, not ‘{name}’"))),
        }
    }

    /// Which of two things holds for this board.
    pub fn of<T>(self, raspi3b: T, raspi4b: T) -> T {
        match self {
            Self::Raspi3b => raspi3b,
            Self::Raspi4b => raspi4b,
        }
    }

    /// What the emulator calls it.
    pub fn machine(self) -> &'static str {
        self.of("raspi3b", "raspi4b")
    }

    /// The emulator's property for the rate at which the real board's counter counts.
    pub fn counter_of_the_real_one(self) -> &'static str {
        self.of("cortex-a53-arm-cpu.cntfrq=19200000", "cortex-a72-arm-cpu.cntfrq=54000000")
    }

    /// How many pages of memory QEMU's firmware leaves to the processor: all but 64 MiB.
    pub fn pages(self) -> u64 {
        self.of(960 << (20 - 12), 1984 << (20 - 12))
    }
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

/// Held while a case builds an image: builds share folders, which none may find half made.
pub fn build_alone() -> MutexGuard<'static, ()> {
    static BUILDING: Mutex<()> = Mutex::new(());
    BUILDING.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Whether all machines get a device tree, as boards do from their firmware: `COMMONS_DEVICE_TREE=1`.
pub fn wants_device_trees() -> bool {
    std::env::var("COMMONS_DEVICE_TREE").is_ok_and(|word| word == "1")
}

/// Where that is written.
pub fn for_device_tree() -> PathBuf {
    workspace().join("target/test/board.dtb")
}

/// Whether the image has a C example: `COMMONS_C_EXAMPLES` names those that could be built.
pub fn has_c_example(name: &str) -> bool {
    std::env::var("COMMONS_C_EXAMPLES")
        .is_ok_and(|names| names.split_whitespace().any(|built| built == name))
}

/// The folder of the whole project.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
