//! One argument of a call, as text.

use super::names;
use super::quote::{captured, pointer, quoted};
use super::record::{Capture, Record};
use super::status;
use super::structure;
use abi::file::{AT_FDCWD, F_SETFL, IoVector};
use abi::futex::{
    FUTEX_CLOCK_REALTIME, FUTEX_CMP_REQUEUE, FUTEX_PRIVATE_FLAG, FUTEX_REQUEUE, FUTEX_WAIT,
    FUTEX_WAIT_BITSET, FUTEX_WAKE, FUTEX_WAKE_BITSET, FUTEX_WAKE_OP,
};
use abi::socket::{AF_UNIX, MessageHeader};
use abi::trace::{ARGUMENTS, Copied, Kind, Set, Signature, Structure, TRACE_ELEMENTS_MAX, Way};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use zerocopy::FromBytes;

/// What a call has been made with, and what it has filled.
pub struct Arguments<'a> {
    /// The call.
    pub signature: Signature,
    /// Its registers.
    pub registers: &'a [u64; ARGUMENTS],
    /// What was copied before it.
    pub before: &'a Record,
    /// What was copied after it; nothing while it is not over.
    pub after: Option<&'a Record>,
}

impl Arguments<'_> {
    /// How many arguments are shown: some mean nothing for what others ask for.
    pub fn count(&self) -> usize {
        let all = self.signature.arguments;
        for (index, kind) in all.iter().enumerate() {
            match kind {
                Kind::CreationMode(flags) if !self.makes_file(*flags) => return index,
                Kind::Command if !takes_argument(self.registers[index - 1] as u32) => return index,
                Kind::FutexTimeout => {
                    return match self.futex_operation() {
                        FUTEX_WAIT => index + 1,
                        FUTEX_WAKE => index,
                        FUTEX_WAKE_BITSET | FUTEX_WAIT_BITSET => ARGUMENTS,
                        FUTEX_REQUEUE => index + 2,
                        _ => all.len(),
                    };
                }
                _ => {}
            }
        }
        all.len()
    }

    fn makes_file(&self, flags: u8) -> bool {
        const TEMPORARY: u64 = 0o20000000;
        let flags = self.registers[usize::from(flags)];
        flags & u64::from(abi::file::OpenFlags::CREATE.bits()) != 0 || flags & TEMPORARY != 0
    }

    fn futex_operation(&self) -> u32 {
        self.registers[1] as u32 & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)
    }

    /// The argument as text; nothing if that is known when the call is over.
    pub fn show(&self, index: usize) -> Option<String> {
        let kind = self.signature.arguments[index];
        if self.after.is_none() && self.is_filled(index, kind) {
            return None;
        }
        let value = self.registers[index];
        Some(plain(kind, value).unwrap_or_else(|| self.led_to(index, kind, value)))
    }

    /// Whether the call fills what the argument leads to.
    fn is_filled(&self, index: usize, kind: Kind) -> bool {
        match kind {
            Kind::Filled(_) | Kind::SocketAddressOut(_) => true,
            Kind::Vector(_, way) | Kind::Structure(_, way) | Kind::Array(_, _, way) => way.is_out(),
            Kind::Message(way) => way.is_out(),
            Kind::Control => {
                let control = Structure::of_control(self.registers[index - 1] as u32);
                matches!(control, Some((_, Way::Out)))
            }
            _ => false,
        }
    }

    /// What was copied of a part of the argument: what the call has made of it comes first.
    fn capture(&self, index: usize, part: u8) -> Option<&Capture> {
        let after = self.after.and_then(|after| after.capture(index, part));
        after.or_else(|| self.before.capture(index, part))
    }

    /// An argument that is an address.
    fn led_to(&self, index: usize, kind: Kind, value: u64) -> String {
        let whole = self.capture(index, 0);
        match kind {
            Kind::Path | Kind::Text | Kind::Name(_) | Kind::Bytes(_) | Kind::Filled(_) => {
                captured(whole, value)
            }
            Kind::Vector(..) => self.vector(index, 0, value),
            Kind::Words => self.words(index, value),
            Kind::WordCount => match count_of(whole) {
                Some(count) => {
                    let variables = if count == 1 { "var" } else { "vars" };
                    format!("{} /* {count} {variables} */", pointer(value))
                }
                None => pointer(value),
            },
            Kind::Structure(structure, _) => one(structure, whole, value),
            Kind::Array(structure, ..) => array(structure, whole, value),
            Kind::SocketAddress(_) | Kind::SocketAddressOut(_) => {
                whole.and_then(socket_address).unwrap_or_else(|| pointer(value))
            }
            Kind::Message(_) => self.message(index, value),
            Kind::Control => {
                let control = Structure::of_control(self.registers[index - 1] as u32);
                control.map_or_else(|| hex(value), |(structure, _)| one(structure, whole, value))
            }
            Kind::Command if whole.is_some() => one(Structure::FileLock, whole, value),
            Kind::Command if self.registers[index - 1] as u32 == F_SETFL => {
                names::flags(Set::Open, value)
            }
            Kind::Command => short(value),
            Kind::FutexTimeout => match self.futex_operation() {
                FUTEX_WAIT | FUTEX_WAIT_BITSET => one(Structure::Time, whole, value),
                FUTEX_REQUEUE | FUTEX_CMP_REQUEUE | FUTEX_WAKE_OP => value.to_string(),
                _ => hex(value),
            },
            _ => hex(value),
        }
    }

    /// A list of buffers, of which part `first` is the list.
    fn vector(&self, index: usize, first: u8, address: u64) -> String {
        let Some(list) = self.capture(index, first) else { return pointer(address) };
        let mut parts = Vec::new();
        for (number, entry) in list.bytes.chunks_exact(size_of::<IoVector>()).enumerate() {
            let Ok(entry) = IoVector::read_from_bytes(entry) else { break };
            let bytes = self.capture(index, first + 1 + number as u8);
            let base = captured(bytes, entry.base);
            parts.push(format!("{{iov_base={base}, iov_len={}}}", entry.length));
        }
        list_of(&parts, list.copied)
    }

    fn message(&self, index: usize, address: u64) -> String {
        let header = self
            .capture(index, 0)
            .and_then(|capture| MessageHeader::read_from_bytes(&capture.bytes).ok());
        let Some(header) = header else { return pointer(address) };
        let vector = self.vector(index, 1, header.vector);
        let MessageHeader { vector_length, control_length, flags, .. } = header;
        let flags = names::flags(Set::MessageFlags, flags.into());
        format!(
            "{{msg_iov={vector}, msg_iovlen={vector_length}, msg_controllen={control_length}, \
             msg_flags={flags}}}"
        )
    }

    fn words(&self, index: usize, address: u64) -> String {
        let Some(count) = count_of(self.capture(index, 0)) else { return pointer(address) };
        let words = (0..TRACE_ELEMENTS_MAX).map_while(|number| {
            self.capture(index, 1 + number as u8).map(|word| captured(Some(word), 0))
        });
        let words: Vec<String> = words.collect();
        let is_all = words.len() as u64 >= count;
        list_of(&words, if is_all { Copied::Whole } else { Copied::Cut })
    }
}

/// An argument that needs nothing else; `None` for one that leads to something.
fn plain(kind: Kind, value: u64) -> Option<String> {
    Some(match kind {
        Kind::Int | Kind::Fd => (value as i32).to_string(),
        Kind::Long => (value as i64).to_string(),
        Kind::Unsigned => value.to_string(),
        Kind::Hex => hex(value),
        Kind::Octal | Kind::CreationMode(_) => octal(value),
        Kind::Address => pointer(value),
        Kind::Directory if value as i32 == AT_FDCWD => "AT_FDCWD".into(),
        Kind::Directory => (value as i32).to_string(),
        Kind::Signal => status::signal(value as u32),
        Kind::One(set) => names::one(set, value),
        Kind::Flags(set) => names::flags(set, value),
        _ => return None,
    })
}

fn hex(value: u64) -> String {
    if value == 0 { "0".into() } else { format!("{value:#x}") }
}

/// Permission bits, as C writes them.
pub fn octal(value: u64) -> String {
    if value == 0 { "0".into() } else { format!("0{:o}", value & u64::from(u32::MAX)) }
}

fn short(value: u64) -> String {
    if value < 0x1_0000 { value.to_string() } else { hex(value) }
}

/// Whether a command of `fcntl` takes anything.
const fn takes_argument(command: u32) -> bool {
    use abi::file::{F_GET_SEALS, F_GETFD, F_GETFL, F_GETPIPE_SZ};
    !matches!(command, F_GETFD | F_GETFL | F_GET_SEALS | F_GETPIPE_SZ)
}

fn one(structure: Structure, capture: Option<&Capture>, address: u64) -> String {
    let whole = capture.filter(|capture| capture.copied == Copied::Whole);
    whole
        .and_then(|capture| structure::show(structure, &capture.bytes))
        .unwrap_or_else(|| pointer(address))
}

fn array(structure: Structure, capture: Option<&Capture>, address: u64) -> String {
    let Some(capture) = capture else { return pointer(address) };
    let elements = capture.bytes.chunks_exact(structure.size());
    let elements: Vec<String> =
        elements.filter_map(|bytes| structure::show(structure, bytes)).collect();
    list_of(&elements, capture.copied)
}

fn list_of(elements: &[String], copied: Copied) -> String {
    let more = match copied {
        Copied::Whole => "",
        _ if elements.is_empty() => "...",
        _ => ", ...",
    };
    format!("[{}{more}]", elements.join(", "))
}

fn count_of(capture: Option<&Capture>) -> Option<u64> {
    u64::read_from_bytes(&capture?.bytes).ok()
}

/// A socket's address; names that begin with a NUL have no file.
fn socket_address(capture: &Capture) -> Option<String> {
    let (family, path) = capture.bytes.split_first_chunk::<2>()?;
    let family = u16::from_ne_bytes(*family);
    if family != AF_UNIX {
        return Some(format!("{{sa_family={}}}", names::one(Set::SocketFamily, family.into())));
    }
    let path = match path.split_first() {
        None => return Some("{sa_family=AF_UNIX}".into()),
        Some((0, name)) => format!("@{}", quoted(name)),
        Some(_) => quoted(path.split(|byte| *byte == 0).next().unwrap_or_default()),
    };
    Some(format!("{{sa_family=AF_UNIX, sun_path={path}}}"))
}
