//! From POSIX's names of objects to files.

use super::Outcome;
use abi::Errno;
use abi::limits::NAME_MAX;
use alloc::ffi::CString;

/// The directory of shared memory objects and semaphores.
pub const DIRECTORY: &str = "/dev/shm";

/// What a semaphore's file is called before its name.
pub const SEMAPHORE_PREFIX: &str = "sem.";

/// The file of a shared memory object.
///
/// `EINVAL` if the name does not begin with `/`, has another `/` or a NUL, or is `/`, `/.` or `/..`;
/// `ENAMETOOLONG` if there are more than 255 bytes behind the `/`.
pub fn object_path(name: impl AsRef<[u8]>) -> Outcome<CString> {
    path(name.as_ref(), "")
}

/// The file of a semaphore; its name may have 251 bytes behind the `/`.
pub fn semaphore_path(name: impl AsRef<[u8]>) -> Outcome<CString> {
    path(name.as_ref(), SEMAPHORE_PREFIX)
}

fn path(name: &[u8], prefix: &str) -> Outcome<CString> {
    let name = name.strip_prefix(b"/").ok_or(Errno::EINVAL)?;
    if name.contains(&b'/') || matches!(name, b"" | b"." | b"..") {
        return Err(Errno::EINVAL);
    }
    if prefix.len() + name.len() > NAME_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    let path = [DIRECTORY.as_bytes(), b"/", prefix.as_bytes(), name].concat();
    CString::new(path).map_err(|_| Errno::EINVAL)
}

/// The error where a name of which no object can be is to be removed: there is none.
pub const fn missing(errno: Errno) -> Errno {
    match errno {
        Errno::EINVAL => Errno::ENOENT,
        errno => errno,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_a_file_of_its_name() {
        assert_eq!(object_path("/demo-shm").as_deref(), Ok(c"/dev/shm/demo-shm"));
        assert_eq!(object_path("/agnocast@42").as_deref(), Ok(c"/dev/shm/agnocast@42"));
        assert_eq!(semaphore_path("/turn").as_deref(), Ok(c"/dev/shm/sem.turn"));
        assert_eq!(object_path(b"/\xFF").as_deref(), Ok(c"/dev/shm/\xFF"));
    }

    #[test]
    fn what_is_no_name_is_einval() {
        for name in ["", "demo", "/", "//", "/a/b", "/a/", "/.", "/..", "/a\0b"] {
            assert_eq!(object_path(name), Err(Errno::EINVAL), "{name:?}");
            assert_eq!(semaphore_path(name), Err(Errno::EINVAL), "{name:?}");
        }
        assert!(object_path("/...").is_ok());
    }

    #[test]
    fn the_longest_name_fits_a_file_name() {
        let name = |length: usize| [&b"/"[..], &b"x".repeat(length)].concat();
        assert!(object_path(name(255)).is_ok());
        assert_eq!(object_path(name(256)), Err(Errno::ENAMETOOLONG));
        assert!(semaphore_path(name(251)).is_ok());
        assert_eq!(semaphore_path(name(252)), Err(Errno::ENAMETOOLONG));
    }
}
