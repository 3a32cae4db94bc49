//! What every process is to have: a descriptor of each kind.

use crate::execute::own;
use abi::Sysno;
use abi::file::{AT_FDCWD, OpenFlags};
use abi::message_queue::MessageQueueAttributes;
use abi::region::{RegionFlags, RegionRequest};
use abi::topic::TopicRequest;
use core::ffi::CStr;
use user::fuzz::{Objects, Random, World};

const NON_BLOCKING: u64 = OpenFlags::NON_BLOCKING.bits() as u64;

fn open(path: &CStr, flags: OpenFlags) -> i64 {
    own(Sysno::Openat, [AT_FDCWD as i64 as u64, path.as_ptr() as u64, flags.bits().into(), 0o644])
}

fn two(call: impl Fn(u64) -> i64, object: u32, world: &mut World) {
    let mut fds = [-1_i32; 2];
    if call((&raw mut fds) as u64) == 0 {
        fds.iter().for_each(|fd| world.got_descriptor((*fd).into(), object));
    }
}

/// Gets what is missing.
pub fn complete(world: &mut World, random: &mut Random) {
    let missing = world.missing();
    for object in (0..Objects::KINDS).map(|bit| 1 << bit).filter(|object| missing & object != 0) {
        // Sometimes it waits where there is nothing to be had.
        let waiting = if random.once_in(4) { 0 } else { NON_BLOCKING };
        match object {
            Objects::PIPE => two(|fds| own(Sysno::Pipe2, [fds, waiting]), object, world),
            Objects::SOCKET => {
                let kind = random.pick(&[1, 2, 5]) | waiting;
                two(|fds| own(Sysno::Socketpair, [1, kind, 0, fds]), object, world);
                let listener = listener(waiting);
                world.got_descriptor(listener, object);
            }
            Objects::PUBLISHER | Objects::POOL => {
                if !world.has(Objects::POOL) {
                    let pool = pool(world);
                    world.got_descriptor(pool, Objects::POOL);
                }
                let pool = world.descriptor(Objects::POOL, random);
                let publisher = topic(Sysno::TopicAdvertise, pool, random);
                world.got_descriptor(publisher, Objects::PUBLISHER);
            }
            Objects::DEVICE => {
                for path in [c"/dev/null", c"/dev/zero", c"/dev/urandom"] {
                    world.got_descriptor(open(path, OpenFlags::READ_WRITE), object);
                }
            }
            _ => {
                let fd = one(object, waiting, world, random);
                world.got_descriptor(fd, object);
            }
        }
    }
}

fn one(object: u32, waiting: u64, world: &World, random: &mut Random) -> i64 {
    match object {
        Objects::FILE => {
            let path = random.pick(&[c"stress-f0", c"stress-f1", c"stress-f2"]);
            open(path, OpenFlags::READ_WRITE | OpenFlags::CREATE)
        }
        Objects::DIRECTORY => {
            own(Sysno::Mkdirat, [AT_FDCWD as i64 as u64, c"stress-d0".as_ptr() as u64, 0o755]);
            open(c".", OpenFlags::DIRECTORY)
        }
        Objects::EVENT => own(Sysno::Eventfd2, [1, waiting]),
        Objects::EPOLL => own(Sysno::EpollCreate1, [0]),
        Objects::TIMER => own(Sysno::TimerfdCreate, [1, waiting]),
        Objects::SIGNALS => {
            let set = 1_u64 << 11;
            own(Sysno::Signalfd4, [u64::MAX, (&raw const set) as u64, 8, waiting])
        }
        Objects::PROCESS => own(Sysno::PidfdOpen, [world.pid.into(), 0]),
        Objects::MEMORY => own(Sysno::MemfdCreate, [c"stress".as_ptr() as u64, 2]),
        Objects::REGION => {
            let name = random.pick(&["/stress-0", "/stress-1", "/stress-2", ""]);
            region(name, 0x1_0000, RegionFlags::empty())
        }
        Objects::QUEUE => {
            let attributes = MessageQueueAttributes::new(4, 64);
            let name = random.pick(&[c"stress-0", c"stress-1"]);
            own(
                Sysno::MqOpen,
                [name.as_ptr() as u64, 0o102 | waiting, 0o666, (&raw const attributes) as u64],
            )
        }
        Objects::OFFERS => own(Sysno::VmOfferDescriptor, [waiting]),
        Objects::SUBSCRIBER => topic(Sysno::TopicSubscribe, -1, random),
        _ => -1,
    }
}

/// A region for messages, mapped.
fn pool(world: &mut World) -> i64 {
    let pool = region("", 0x1_0000, RegionFlags::SAME_ADDRESS | RegionFlags::SINGLE_WRITER);
    let address = own(Sysno::RegionMap, [pool as u64, 3, 0, 0]);
    world.pool = address.max(0) as u64;
    pool
}

/// A socket that others can connect to by a path.
fn listener(waiting: u64) -> i64 {
    let address = *b"\x01\0stress-s0\0";
    let socket = own(Sysno::Socket, [1, 1 | waiting, 0]);
    own(Sysno::Unlinkat, [AT_FDCWD as i64 as u64, c"stress-s0".as_ptr() as u64, 0]);
    own(Sysno::Bind, [socket as u64, (&raw const address) as u64, address.len() as u64]);
    own(Sysno::Listen, [socket as u64, 4]);
    socket
}

fn region(name: &str, bytes: u64, flags: RegionFlags) -> i64 {
    let request =
        RegionRequest { bytes, flags: flags.bits(), mode: 0o666, ..RegionRequest::default() };
    let size = size_of::<RegionRequest>() as u64;
    own(
        Sysno::RegionCreate,
        [name.as_ptr() as u64, name.len() as u64, (&raw const request) as u64, size],
    )
}

fn topic(call: Sysno, pool: i32, random: &mut Random) -> i64 {
    let mut request = TopicRequest::empty();
    let name = random.pick(&[b"/stress-0", b"/stress-1"]);
    request.name[..name.len()].copy_from_slice(name);
    (request.name_length, request.pool, request.mode) = (name.len() as u64, pool, 0o666);
    request.depth = 4;
    own(call, [(&raw const request) as u64, size_of::<TopicRequest>() as u64])
}
