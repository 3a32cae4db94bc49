//! What nobody but root may touch: it must be there after every round as it was before.

use crate::findings::Findings;
use abi::region::RegionFlags;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::Result;
use user::fs::{self, File};
use user::process;
use user::region::Region;

/// Files and directories that are root's. Root's own processes get no path or descriptor of them.
const ROOTS: [&str; 7] = ["/", "/bin", "/bin/true", "/dev", "/dev/shm", "/etc/motd", "/tmp"];
const CONTENTS: &[u8] = b"nobody has read or changed this";

/// What was put there.
pub struct Treasure {
    region: Region,
    file: String,
    roots: Vec<String>,
}

fn describe(path: &str) -> String {
    match fs::metadata(path) {
        Ok(metadata) => {
            let stat = metadata.stat();
            format!("{path} mode {:o} of {}:{}", stat.st_mode, stat.st_uid, stat.st_gid)
        }
        Err(error) => format!("{error}"),
    }
}

impl Treasure {
    /// Puts it into a directory that is made for it.
    pub fn bury(directory: &str) -> Result<Self> {
        crate::leftovers::remove_tree(directory);
        fs::mkdir(directory)?;
        fs::set_mode(directory, 0o755)?;
        let file = format!("{directory}/treasure");
        File::create(&file)?.write_all(CONTENTS)?;
        fs::set_mode(&file, 0o600)?;
        let name = format!("/treasure-{}", process::id());
        let region = Region::options()
            .bytes(4096)
            .flags(RegionFlags::EPHEMERAL)
            .mode(0o600)
            .create(&name)?;
        region.write(0, CONTENTS)?;
        Ok(Self { region, file, roots: ROOTS.iter().map(|path| describe(path)).collect() })
    }

    /// Looks whether it is as it was.
    pub fn check(self, findings: &mut Findings) {
        if fs::read(&self.file).ok().as_deref() != Some(CONTENTS) {
            findings.tell("a file that is root's alone was changed");
        }
        let mut bytes = [0; CONTENTS.len()];
        let is_whole = self.region.read(0, &mut bytes).is_ok() && bytes == *CONTENTS;
        let is_only_user =
            self.region.stat().is_ok_and(|record| record.users == 1 && record.opens == 1);
        if !is_whole || !is_only_user {
            findings.tell("a region that is root's alone was opened or changed");
        }
        for (path, before) in ROOTS.iter().zip(&self.roots) {
            let after = describe(path);
            if after != *before {
                findings.tell(&format!("{before} before, {after} after"));
            }
        }
    }
}
