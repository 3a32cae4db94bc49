//! Error numbers, with Linux's values.

macro_rules! errors {
    ($($(#[$doc:meta])* $value:literal => $name:ident, $text:literal;)*) => {
        /// Why a call failed; returned to user space as the negated number.
        ///
        /// As wide as a register, so that functions return a number or an error in two of them.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[repr(i64)]
        #[allow(clippy::upper_case_acronyms, reason = "the standard's own names")]
        pub enum Errno {
            $(#[doc = $text] $name = $value,)*
        }

        impl Errno {
            /// The error with this number, if it is one that Commons knows.
            pub const fn from_number(number: i32) -> Option<Self> {
                match number {
                    $($value => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The error in words, for a person.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The standard's name of the error.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

errors! {
    1 => EPERM, "operation not permitted";
    2 => ENOENT, "no such file or directory";
    3 => ESRCH, "no such process";
    4 => EINTR, "interrupted";
    5 => EIO, "input/output error";
    6 => ENXIO, "no such device or address";
    7 => E2BIG, "argument list too long";
    8 => ENOEXEC, "not an executable that Commons understands";
    9 => EBADF, "bad file descriptor";
    10 => ECHILD, "no child processes";
    11 => EAGAIN, "try again";
    12 => ENOMEM, "out of memory";
    13 => EACCES, "permission denied";
    14 => EFAULT, "bad address";
    15 => ENOTBLK, "not a device with blocks";
    16 => EBUSY, "device or resource busy";
    17 => EEXIST, "it exists already";
    18 => EXDEV, "the two names are on different file systems";
    19 => ENODEV, "no such device";
    20 => ENOTDIR, "not a directory";
    21 => EISDIR, "is a directory";
    22 => EINVAL, "invalid argument";
    23 => ENFILE, "too many open files in the system";
    24 => EMFILE, "too many open files";
    25 => ENOTTY, "not a terminal";
    26 => ETXTBSY, "the program is being run";
    27 => EFBIG, "file too large";
    28 => ENOSPC, "no space left";
    29 => ESPIPE, "cannot seek";
    30 => EROFS, "read-only file system";
    31 => EMLINK, "too many links";
    32 => EPIPE, "nobody reads the pipe";
    33 => EDOM, "number out of domain";
    34 => ERANGE, "number out of range";
    35 => EDEADLK, "waiting would never end";
    36 => ENAMETOOLONG, "name too long";
    37 => ENOLCK, "no locks left";
    38 => ENOSYS, "call not implemented";
    39 => ENOTEMPTY, "directory not empty";
    40 => ELOOP, "too many symbolic links";
    42 => ENOMSG, "no message of that type";
    43 => EIDRM, "it was removed";
    75 => EOVERFLOW, "value too large";
    80 => ELIBBAD, "the program's interpreter is not a program that can be run";
    88 => ENOTSOCK, "not a socket";
    89 => EDESTADDRREQ, "no address to send to";
    90 => EMSGSIZE, "message too long";
    91 => EPROTOTYPE, "wrong type";
    92 => ENOPROTOOPT, "no such option";
    93 => EPROTONOSUPPORT, "protocol not supported";
    94 => ESOCKTNOSUPPORT, "socket type not supported";
    95 => EOPNOTSUPP, "operation not supported";
    97 => EAFNOSUPPORT, "address family not supported";
    98 => EADDRINUSE, "address in use";
    104 => ECONNRESET, "the other end has reset the connection";
    105 => ENOBUFS, "no buffer space left";
    106 => EISCONN, "connected already";
    107 => ENOTCONN, "not connected";
    109 => ETOOMANYREFS, "too many descriptors on their way";
    110 => ETIMEDOUT, "timed out";
    111 => ECONNREFUSED, "nobody listens there";
    114 => EALREADY, "begun already";
    115 => EINPROGRESS, "begun and not done yet";
    116 => ESTALE, "stale handle";
    122 => EDQUOT, "quota exceeded";
    123 => ENOMEDIUM, "there is no card in the slot";
    130 => EOWNERDEAD, "the owner died";
    131 => ENOTRECOVERABLE, "the state cannot be recovered";
}

impl Errno {
    /// The value for x0: the negated number.
    pub const fn to_result(self) -> u64 {
        -(self as i64) as u64
    }
}

impl core::fmt::Display for Errno {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.text())
    }
}

impl core::error::Error for Errno {}

/// Packs a call's outcome into x0.
pub const fn encode(outcome: Result<u64, Errno>) -> u64 {
    match outcome {
        Ok(value) => value,
        Err(errno) => errno.to_result(),
    }
}

/// Unpacks x0: values from -4095 to -1 are errors.
///
/// An error number that Commons does not know decodes as `EINVAL`.
pub const fn decode(result: u64) -> Result<u64, Errno> {
    if result > (-4096_i64) as u64 {
        match Errno::from_number(-(result as i64) as i32) {
            Some(errno) => Err(errno),
            None => Err(Errno::EINVAL),
        }
    } else {
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_through_a_register() {
        assert_eq!(decode(encode(Err(Errno::ETIMEDOUT))), Err(Errno::ETIMEDOUT));
        assert_eq!(encode(Err(Errno::EPERM)), u64::MAX);
    }

    #[test]
    fn a_high_address_is_not_taken_for_an_error() {
        assert_eq!(decode(0xFFFF_FFFF_FFFF_F000), Ok(0xFFFF_FFFF_FFFF_F000));
        assert_eq!(decode(0), Ok(0));
    }
}
