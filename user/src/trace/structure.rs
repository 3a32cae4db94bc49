//! Structures, field by field.

use super::names;
use super::quote::{pointer, quoted};
use super::status;
use super::value::octal;
use abi::epoll::EpollEvent;
use abi::file::{FileLock, OpenHow, Stat};
use abi::file_system::{StatFs, Statx};
use abi::memory::MemoryInfo;
use abi::message_queue::MessageQueueAttributes;
use abi::offer::OfferRecord;
use abi::poll::{PollEvents, PollFd};
use abi::region::{ChangeKind, ChangeRecord, QuotaRecord, RegionRecord, RegionRequest};
use abi::resource::{Limit, ProcessTimes, SystemUsage, Usage};
use abi::signal::{AlternateStack, SignalAction};
use abi::system::{SystemInfo, SystemName};
use abi::terminal::{Termios, WindowSize};
use abi::time::{IntervalTime, SignalEvent, TimeSpec, TimeValue, TimerTime};
use abi::topic::{FreedRecord, MessageRecord, TopicRecord, TopicRequest};
use abi::trace::{Set, Structure};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use zerocopy::FromBytes;

/// The structure that these bytes are; `None` if there are too few.
pub fn show(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Int => format!("[{}]", load::<i32>(bytes)?),
        Structure::Long => format!("[{:#x}]", load::<u64>(bytes)?),
        Structure::Descriptors => {
            let [first, second] = load::<[i32; 2]>(bytes)?;
            format!("[{first}, {second}]")
        }
        Structure::WaitStatus => format!("[{}]", status::wait_status(load(bytes)?)),
        Structure::SignalSet => signal_set(load(bytes)?),
        Structure::SignalInfo => status::info(bytes)?,
        Structure::SignalAction => action(&load(bytes)?),
        Structure::SignalEvent => event(&load(bytes)?),
        Structure::AlternateStack => {
            let stack: AlternateStack = load(bytes)?;
            let (base, flags, size) = (pointer(stack.base), stack.flags, stack.size);
            format!("{{ss_sp={base}, ss_flags={flags:#x}, ss_size={size}}}")
        }
        _ => {
            return times(structure, bytes)
                .or_else(|| native(structure, bytes))
                .or_else(|| files(structure, bytes));
        }
    })
}

fn load<T: FromBytes>(bytes: &[u8]) -> Option<T> {
    Some(T::read_from_prefix(bytes).ok()?.0)
}

/// Bytes up to the first NUL.
fn until_nul(bytes: &[u8]) -> String {
    quoted(bytes.split(|byte| *byte == 0).next().unwrap_or_default())
}

/// Signals, or those that are not in it if that is shorter.
fn signal_set(set: u64) -> String {
    let is_inverse = set.count_ones() > u64::BITS / 2;
    let shown = if is_inverse { !set } else { set };
    let names: Vec<String> = (1..=u64::BITS)
        .filter(|number| shown & 1 << (number - 1) != 0)
        .map(|number| String::from(status::signal(number).trim_start_matches("SIG")))
        .collect();
    format!("{}[{}]", if is_inverse { "~" } else { "" }, names.join(" "))
}

fn action(action: &SignalAction) -> String {
    let handler = match action.handler {
        0 => "SIG_DFL".into(),
        1 => "SIG_IGN".into(),
        address => pointer(address),
    };
    const FLAGS: [(u64, &str); 7] = [
        (1, "SA_NOCLDSTOP"),
        (2, "SA_NOCLDWAIT"),
        (4, "SA_SIGINFO"),
        (0x0400_0000, "SA_RESTORER"),
        (0x0800_0000, "SA_ONSTACK"),
        (0x1000_0000, "SA_RESTART"),
        (0x4000_0000, "SA_NODEFER"),
    ];
    let mut flags: Vec<&str> =
        FLAGS.iter().filter(|(bit, _)| action.flags & bit != 0).map(|(_, name)| *name).collect();
    if action.flags & 0x8000_0000 != 0 {
        flags.push("SA_RESETHAND");
    }
    let flags = if flags.is_empty() { "0".into() } else { flags.join("|") };
    format!("{{sa_handler={handler}, sa_mask={}, sa_flags={flags}}}", signal_set(action.mask))
}

fn event(event: &SignalEvent) -> String {
    let (signal, notify) = (status::signal(event.signal as u32), event.notify);
    let notify = match notify {
        0 => "SIGEV_SIGNAL",
        1 => "SIGEV_NONE",
        2 => "SIGEV_THREAD",
        4 => "SIGEV_THREAD_ID",
        _ => "SIGEV_???",
    };
    format!("{{sigev_value={:#x}, sigev_signo={signal}, sigev_notify={notify}}}", event.value)
}

fn time(time: TimeSpec) -> String {
    format!("{{tv_sec={}, tv_nsec={}}}", time.seconds, time.nanoseconds)
}

fn micros(time: TimeValue) -> String {
    format!("{{tv_sec={}, tv_usec={}}}", time.seconds, time.microseconds)
}

/// Times and what is counted.
fn times(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Time => time(load(bytes)?),
        Structure::TimePair => {
            let [accessed, modified] = load::<[TimeSpec; 2]>(bytes)?;
            let file_time = |it: TimeSpec| match it.nanoseconds {
                abi::file::UTIME_NOW => "UTIME_NOW".into(),
                abi::file::UTIME_OMIT => "UTIME_OMIT".into(),
                _ => time(it),
            };
            format!("[{}, {}]", file_time(accessed), file_time(modified))
        }
        Structure::TimeValue => micros(load(bytes)?),
        Structure::Interval => {
            let it: IntervalTime = load(bytes)?;
            format!("{{it_interval={}, it_value={}}}", micros(it.interval), micros(it.value))
        }
        Structure::TimerTime => {
            let it: TimerTime = load(bytes)?;
            format!("{{it_interval={}, it_value={}}}", time(it.interval), time(it.value))
        }
        Structure::Limit => {
            let it: Limit = load(bytes)?;
            let limit = |value: u64| match value {
                u64::MAX => "RLIM64_INFINITY".into(),
                value => format!("{value}"),
            };
            format!("{{rlim_cur={}, rlim_max={}}}", limit(it.soft), limit(it.hard))
        }
        Structure::ProcessTimes => {
            let it: ProcessTimes = load(bytes)?;
            format!("{{tms_utime={}, tms_stime={}, ...}}", it.user, it.system)
        }
        Structure::Usage => {
            let it: Usage = load(bytes)?;
            let seconds = |seconds, micros| format!("{{tv_sec={seconds}, tv_usec={micros}}}");
            let user = seconds(it.user_time.seconds, it.user_time.microseconds);
            let system = seconds(it.system_time.seconds, it.system_time.microseconds);
            format!("{{ru_utime={user}, ru_stime={system}, ...}}")
        }
        _ => return None,
    })
}

/// What Commons' own calls take and tell.
fn native(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::RegionRequest => {
            let it: RegionRequest = load(bytes)?;
            let flags = names::flags(Set::RegionFlags, it.flags.into());
            let seals = names::flags(Set::Seals, it.seals.into());
            let maximum = if it.maximum == u64::MAX {
                "UINT64_MAX".into()
            } else {
                format!("{}", it.maximum)
            };
            let (length, mode) = (it.bytes, octal(it.mode.into()));
            format!(
                "{{bytes={length}, maximum={maximum}, flags={flags}, mode={mode}, seals={seals}}}"
            )
        }
        Structure::Region => region(&load(bytes)?),
        Structure::Change => {
            let it: ChangeRecord = load(bytes)?;
            let kind = match ChangeKind::from_number(it.kind) {
                Some(ChangeKind::Notified) => "REGION_CHANGE_NOTIFIED".into(),
                Some(ChangeKind::Written) => "REGION_CHANGE_WRITTEN".into(),
                Some(ChangeKind::Grown) => "REGION_CHANGE_GROWN".into(),
                Some(ChangeKind::Shrunk) => "REGION_CHANGE_SHRUNK".into(),
                Some(ChangeKind::Sealed) => "REGION_CHANGE_SEALED".into(),
                None => format!("{}", it.kind),
            };
            let ChangeRecord { number, offset, length, pid, .. } = it;
            format!("{{number={number}, kind={kind}, offset={offset}, length={length}, pid={pid}}}")
        }
        Structure::Quota => {
            let it: QuotaRecord = load(bytes)?;
            let limit = match it.limit {
                abi::region::UNLIMITED => "REGION_QUOTA_UNLIMITED".into(),
                limit => format!("{limit}"),
            };
            format!("{{limit={limit}, used={}}}", it.used)
        }
        Structure::Offer => {
            let it: OfferRecord = load(bytes)?;
            let way = if it.direction == 0 { "SENT" } else { "RECEIVED" };
            let flags = names::flags(Set::OfferFlags, it.flags.into());
            let (address, length) = (pointer(it.address), it.bytes);
            format!(
                "{{address={address}, bytes={length}, pid={}, direction=VMO_DIRECTION_{way}, \
                 flags={flags}}}",
                it.pid
            )
        }
        Structure::TopicRequest => topic_request(&load(bytes)?),
        Structure::Topic => {
            let it: TopicRecord = load(bytes)?;
            format!(
                "{{name={}, type={}, published={}, entries={}, publishers={}, subscribers={}}}",
                quoted(it.name()),
                quoted(it.contents.name()),
                it.published,
                it.entries,
                it.publishers,
                it.subscribers
            )
        }
        Structure::Message => {
            let it: MessageRecord = load(bytes)?;
            format!(
                "{{entry={}, address={}, length={}, lost={}, pid={}}}",
                it.entry,
                pointer(it.address),
                it.length,
                it.lost,
                it.pid
            )
        }
        Structure::Freed => {
            let it: FreedRecord = load(bytes)?;
            let freed = it.addresses.iter().take(it.count as usize);
            let freed: Vec<String> = freed.map(|address| pointer(*address)).collect();
            format!("{{count={}, addresses=[{}]}}", it.count, freed.join(", "))
        }
        Structure::Memory => {
            let it: MemoryInfo = load(bytes)?;
            format!("{{total={}, free={}, user={}, ...}}", it.total, it.free, it.user)
        }
        Structure::System => {
            let it: SystemInfo = load(bytes)?;
            format!("{{uptime={}, cores={}, processes={}, ...}}", it.uptime, it.cores, it.processes)
        }
        _ => return None,
    })
}

fn region(it: &RegionRecord) -> String {
    let flags = names::flags(Set::RegionFlags, it.flags.into());
    let seals = names::flags(Set::Seals, it.seals.into());
    let name = if it.name_length == 0 { "NULL".into() } else { quoted(it.name()) };
    format!(
        "{{name={name}, id={}, length={}, maximum={}, resident_pages={}, changes={}, views={}, \
         descriptors={}, flags={flags}, seals={seals}, mode={}, uid={}}}",
        it.id,
        it.length,
        it.maximum,
        it.resident_pages,
        it.changes,
        it.views,
        it.descriptors,
        octal(it.mode.into()),
        it.uid
    )
}

/// The flags are a policy for who advertises: they are numbers of the same kind.
fn topic_request(it: &TopicRequest) -> String {
    let name = quoted(it.name());
    let mut text = format!("{{name={name}, depth={}, flags={:#x}", it.depth, it.flags);
    if it.pool >= 0 {
        text += &format!(", pool={}", it.pool);
    }
    text += &format!(", mode={}", octal(it.mode.into()));
    if it.contents.name_length > 0 {
        text += &format!(", type={}, type_size={}", quoted(it.contents.name()), it.contents.size);
    }
    text.push('}');
    text
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

/// Files, the machine and terminals.
fn files(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Stat => {
            let it: Stat = load(bytes)?;
            format!("{{st_mode={}, st_size={}, ...}}", mode(it.st_mode), it.st_size)
        }
        Structure::Statx => {
            let it: Statx = load(bytes)?;
            format!("{{stx_mode={}, stx_size={}, ...}}", mode(it.mode.into()), it.size)
        }
        Structure::FileSystem => {
            let it: StatFs = load(bytes)?;
            let StatFs { kind, block_size, blocks, free, .. } = it;
            format!(
                "{{f_type={kind:#x}, f_bsize={block_size}, f_blocks={blocks}, f_bfree={free}, ...}}"
            )
        }
        Structure::OpenHow => {
            let it: OpenHow = load(bytes)?;
            let flags = names::flags(Set::Open, it.flags);
            format!("{{flags={flags}, mode={}, resolve={:#x}}}", octal(it.mode), it.resolve)
        }
        Structure::FileLock => {
            let it: FileLock = load(bytes)?;
            let kind = match it.kind {
                0 => "F_RDLCK",
                1 => "F_WRLCK",
                2 => "F_UNLCK",
                _ => "F_???",
            };
            let whence = names::one(Set::Whence, it.whence as u64);
            let FileLock { start, length, .. } = it;
            format!("{{l_type={kind}, l_whence={whence}, l_start={start}, l_len={length}}}")
        }
        Structure::PollFd => {
            let it: PollFd = load(bytes)?;
            let (asked, found) = (events(it.events), it.revents);
            let found =
                if found == 0 { String::new() } else { format!(", revents={}", events(found)) };
            format!("{{fd={}, events={asked}{found}}}", it.fd)
        }
        Structure::EpollEvent => {
            let it: EpollEvent = load(bytes)?;
            let names = events(it.events as u16).replace("POLL", "EPOLL");
            format!("{{events={names}, data={:#x}}}", it.data)
        }
        Structure::MessageQueue => {
            let it: MessageQueueAttributes = load(bytes)?;
            let MessageQueueAttributes { messages_max, bytes_max, messages, .. } = it;
            format!("{{mq_maxmsg={messages_max}, mq_msgsize={bytes_max}, mq_curmsgs={messages}}}")
        }
        Structure::SystemName => {
            let it: SystemName = load(bytes)?;
            let (system, node) = (until_nul(&it.system), until_nul(&it.node));
            format!("{{sysname={system}, nodename={node}, ...}}")
        }
        Structure::SystemUsage => {
            let it: SystemUsage = load(bytes)?;
            let SystemUsage { uptime, total_memory, free_memory, processes, .. } = it;
            format!(
                "{{uptime={uptime}, totalram={total_memory}, freeram={free_memory}, procs={processes}, ...}}"
            )
        }
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
