//! Files, terminals and the machine.

use super::load;
use crate::trace::names;
use crate::trace::quote::quoted;
use crate::trace::value::octal;
use abi::epoll::EpollEvent;
use abi::file::{FileLock, OpenHow, Stat};
use abi::file_system::{StatFs, Statx};
use abi::message_queue::MessageQueueAttributes;
use abi::poll::{PollEvents, PollFd};
use abi::resource::SystemUsage;
use abi::system::SystemName;
use abi::terminal::{Termios, WindowSize};
use abi::trace::{Set, Structure};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes up to the first NUL.
fn until_nul(bytes: &[u8]) -> String {
    quoted(bytes.split(|byte| *byte == 0).next().unwrap_or_default())
}

fn mode(mode: u32) -> String {
    let kind = match mode & abi::file::S_IFMT {
        abi::file::S_IFREG => "S_IFREG",
        abi::file::S_IFDIR => "S_IFDIR",
        abi::file::S_IFCHR => "S_IFCHR",
        abi::file::S_IFBLK => "S_IFBLK",
        abi::file::S_IFIFO => "S_IFIFO",
        abi::file::S_IFLNK => "S_IFLNK",
        abi::file::S_IFSOCK => "S_IFSOCK",
        _ => return octal(mode.into()),
    };
    format!("{kind}|{}", octal((mode & 0o7777).into()))
}

/// The events of `poll` and `epoll`.
fn events(value: u16) -> String {
    let names: Vec<String> = PollEvents::from_bits_truncate(value)
        .iter_names()
        .filter(|(name, _)| !matches!(*name, "READABLE" | "WRITABLE" | "ALWAYS"))
        .map(|(name, _)| format!("POLL{name}"))
        .collect();
    if names.is_empty() { "0".into() } else { names.join("|") }
}

/// The structure that these bytes are, if it is one of these.
pub fn show(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Stat => {
            let it: Stat = load(bytes)?;
            format!("{{st_mode={}, st_size={}, ...}}", mode(it.st_mode), it.st_size)
        }
        Structure::Statx => {
            let it: Statx = load(bytes)?;
            format!("{{stx_mode={}, stx_size={}, ...}}", mode(it.mode.into()), it.size)
        }
        Structure::FileSystem => file_system(&load(bytes)?),
        Structure::OpenHow => {
            let it: OpenHow = load(bytes)?;
            let flags = names::flags(Set::Open, it.flags);
            format!("{{flags={flags}, mode={}, resolve={:#x}}}", octal(it.mode), it.resolve)
        }
        Structure::FileLock => file_lock(&load(bytes)?),
        Structure::PollFd => poll(&load(bytes)?),
        Structure::EpollEvent => {
            let it: EpollEvent = load(bytes)?;
            let names = events(it.events as u16).replace("POLL", "EPOLL");
            format!("{{events={names}, data={:#x}}}", it.data)
        }
        Structure::MessageQueue => message_queue(&load(bytes)?),
        Structure::SystemName => {
            let it: SystemName = load(bytes)?;
            let (system, node) = (until_nul(&it.system), until_nul(&it.node));
            format!("{{sysname={system}, nodename={node}, ...}}")
        }
        Structure::SystemUsage => system_usage(&load(bytes)?),
        Structure::Termios => {
            let it: Termios = load(bytes)?;
            format!(
                "{{c_iflag={:#x}, c_oflag={:#x}, c_cflag={:#x}, c_lflag={:#x}, ...}}",
                it.input, it.output, it.control, it.local
            )
        }
        Structure::WindowSize => {
            let it: WindowSize = load(bytes)?;
            format!("{{ws_row={}, ws_col={}}}", it.rows, it.columns)
        }
        _ => return None,
    })
}

fn file_lock(it: &FileLock) -> String {
    let kind = match it.kind {
        0 => "F_RDLCK",
        1 => "F_WRLCK",
        2 => "F_UNLCK",
        _ => "F_???",
    };
    let whence = names::one(Set::Whence, it.whence as u64);
    let FileLock { start, length, .. } = *it;
    format!("{{l_type={kind}, l_whence={whence}, l_start={start}, l_len={length}}}")
}

fn poll(it: &PollFd) -> String {
    let (asked, found) = (events(it.events), it.revents);
    let found = if found == 0 { String::new() } else { format!(", revents={}", events(found)) };
    format!("{{fd={}, events={asked}{found}}}", it.fd)
}

fn message_queue(it: &MessageQueueAttributes) -> String {
    let MessageQueueAttributes { messages_max, bytes_max, messages, .. } = *it;
    format!("{{mq_maxmsg={messages_max}, mq_msgsize={bytes_max}, mq_curmsgs={messages}}}")
}

fn system_usage(it: &SystemUsage) -> String {
    let SystemUsage { uptime, total_memory, free_memory, processes, .. } = *it;
    format!(
        "{{uptime={uptime}, totalram={total_memory}, freeram={free_memory}, procs={processes}, ...}}"
    )
}

fn file_system(it: &StatFs) -> String {
    let StatFs { kind, block_size, blocks, free, .. } = *it;
    format!("{{f_type={kind:#x}, f_bsize={block_size}, f_blocks={blocks}, f_bfree={free}, ...}}")
}
