//! Topics, as hostile processes ask for them: records in a program's memory with any lengths, types and names;
//! messages at any address; and what readers make of messages, which are any bytes.
//!
//! A request that is let through has a name and a type within its record; a message that is taken lies in a pool
//! that its reader sees, and is what was published; a topic that everybody has left is gone, and so is its memory.

use crate::input::Input;
use crate::machine::without_leak;
use crate::system::ROOT;
use abi::memory::Protection;
use abi::region::RegionFlags;
use abi::topic::{
    FREED_MAX, MessageRecord, TOPIC_NAME_MAX, TYPE_NAME_MAX, TopicPolicy, TopicRequest, TypeRecord,
};
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};
use kcore::fs::permission::Permissions;
use kcore::mm::{Access, AddressSpace, MapRequest, Placement, Sharing};
use kcore::region::names::{self, Exclusive, Found};
use kcore::region::{Region, RegionAttributes, RegionSpec};
use kcore::syscall::topic_request;
use kcore::topic::registry::{self, Caller, Membership};
use kcore::topic::{Filter, Freed, Mode};
use std::sync::Arc;
use user::screen::request::Request;
use zerocopy::FromBytes;

/// Calls of one input at most.
const CALLS: usize = 48;
const POOL: RegionFlags = RegionFlags::SAME_ADDRESS.union(RegionFlags::SINGLE_WRITER);
const NAMES: [&[u8]; 2] = [b"/fuzzed", b"/other"];
/// Where a process has its request.
const REQUEST: usize = 0x1_0000_0000;

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    read(input.counted());
    without_leak(|| calls(bytes));
}

fn calls(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    input.counted();
    let mut world = World::new();
    for _ in 0..CALLS {
        if input.is_empty() {
            break;
        }
        world.call(&mut input);
    }
    world.end();
    drop(world);
    assert!(NAMES.iter().all(|name| registry::find(name).is_none()), "a topic is left");
}

/// What tools and the display server make of a message.
fn read(message: &[u8]) {
    let mut contents = TypeRecord::any();
    for name in ["u8", "i16[]", "f32[]", "u64", "f64[]", "bool"] {
        contents.name[..name.len()].copy_from_slice(name.as_bytes());
        contents.name_length = name.len() as u64;
        let _ = user::topic::numbers::show(&contents, message);
        let _ = user::topic::numbers::values(&contents, message);
    }
    if let Ok((contents, _)) = TypeRecord::read_from_prefix(message) {
        assert!(contents.name().len() <= TYPE_NAME_MAX);
        let _ = user::topic::message::describe(&contents);
    }
    if let Ok(text) = str::from_utf8(message) {
        let words: Vec<&str> = text.split(' ').collect();
        let _ = user::topic::numbers::parse(words[0], &words[1..]);
    }
    if let Ok((request, _)) = Request::read_from_prefix(message) {
        let _ = (request.region(), request.title(), request.place());
        let size = embedded_graphics::geometry::Size::new(300, 200);
        for part in request.changed_within(size).parts() {
            let corner = part.bottom_right().expect("parts are not empty");
            assert!(
                part.top_left.x >= 0 && part.top_left.y >= 0 && corner.x < 300 && corner.y < 200
            );
        }
    }
}

struct Process {
    pid: u32,
    space: Arc<AddressSpace>,
}

struct World {
    processes: Vec<Process>,
    /// The pools of the first two processes.
    pools: Vec<Arc<Region>>,
    /// Members with their process, and whether they publish.
    members: Vec<(Membership, usize, bool)>,
    /// What was published: number, publisher's topic, address and length.
    published: Vec<(u64, Box<[u8]>, u64, u64)>,
}

fn map(process: &Process, at: VirtAddr, bytes: usize, object: Option<&Arc<Region>>) {
    let object = object.map(|region| (region.clone() as Arc<_>, 0, Sharing::Shared));
    let protection = Protection::READ | Protection::WRITE;
    let placement = Placement::FixedNoReplace(at);
    let request = MapRequest { placement, bytes, protection, maximum: Protection::all(), object };
    process.space.map(request).expect("the address is free");
}

fn pool(writer: &Process) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    let (length, maximum) = (PAGE_SIZE as u64, UNIT_SIZE as u64);
    let spec = RegionSpec { length, maximum, flags: POOL, ..RegionSpec::file(attributes, 0) };
    let name = format!("/pool@{}", writer.pid);
    let Ok(Found::Created(pool)) = names::create(name.as_bytes(), Exclusive::Yes, || spec) else {
        panic!("the name {name} is taken");
    };
    map(writer, address(&pool), UNIT_SIZE, Some(&pool));
    pool
}

fn address(pool: &Region) -> VirtAddr {
    pool.common_address().expect("a pool has one").start()
}

impl World {
    fn new() -> Self {
        let new = |pid| Process { pid, space: AddressSpace::new().expect("memory is plenty") };
        let processes: Vec<_> = (1..4).map(new).collect();
        processes.iter().for_each(|process| map(process, VirtAddr::new(REQUEST), PAGE_SIZE, None));
        let pools = processes[..2].iter().map(pool).collect();
        Self { processes, pools, members: Vec::new(), published: Vec::new() }
    }

    fn call(&mut self, input: &mut Input<'_>) {
        match input.u8() % 8 {
            0 | 1 => self.join(input),
            2 | 3 => self.publish(input),
            4 | 5 => self.take(input),
            6 => self.request(input),
            _ if !self.members.is_empty() => {
                let index = usize::from(input.u8()) % self.members.len();
                registry::leave(&self.members.swap_remove(index).0);
            }
            _ => {}
        }
    }

    fn join(&mut self, input: &mut Input<'_>) {
        let (kind, who) = (input.u8(), usize::from(input.u8()) % self.processes.len());
        let mut contents = TypeRecord::any();
        if kind & 4 != 0 {
            (contents.size, contents.alignment) = (input.u64(), 1 << (input.u8() % 64));
            contents.name[0] = b'T';
            contents.name_length = 1;
        }
        let process = &self.processes[who];
        let caller = Caller {
            name: NAMES[usize::from(kind >> 1) % NAMES.len()],
            contents: &contents,
            permissions: Permissions { mode: 0o640, uid: 0, gid: 0 },
            credentials: ROOT,
            pid: process.pid,
            space: process.space.clone(),
        };
        let depth = u32::from(input.u16());
        let publishes = kind & 1 == 0;
        let joined = if publishes {
            let policy =
                TopicPolicy::from_number(u32::from(kind >> 4 & 3)).unwrap_or(TopicPolicy::Refuse);
            registry::advertise(&caller, depth, policy, self.pools[who % self.pools.len()].clone())
        } else {
            let filter = Filter { transient_local: kind & 8 != 0, ignore_local: kind & 16 != 0 };
            registry::subscribe(&caller, depth, filter)
        };
        self.members.extend(joined.ok().map(|member| (member, who, publishes)));
    }

    fn member(&self, input: &mut Input<'_>) -> Option<&(Membership, usize, bool)> {
        let index = usize::from(input.u8());
        self.members.get(index % self.members.len().max(1))
    }

    fn publish(&mut self, input: &mut Input<'_>) {
        let kind = input.u8();
        let Some((member, who, publishes)) = self.member(input) else { return };
        let start = address(&self.pools[who % self.pools.len()]).value() as u64;
        let at = if kind & 1 == 0 { start + u64::from(input.u16()) } else { input.u64() };
        let length = if kind & 2 == 0 { input.u16().into() } else { input.u64() };
        let mut freed = Freed::default();
        let outcome = registry::publish(member, at, length, &mut freed);
        if let Ok(number) = outcome {
            assert!(*publishes, "a subscriber has published");
            let end = at.checked_add(length).expect("it lies in memory");
            assert!(
                length > 0 && start <= at && end <= start + PAGE_SIZE as u64,
                "{at:#x} {length}"
            );
            self.published.push((number, member.name.clone(), at, length));
        }
        assert!((freed.record().count as usize) <= FREED_MAX);
    }

    fn take(&self, input: &mut Input<'_>) {
        let kind = input.u8();
        let Some((member, who, _)) = self.member(input) else { return };
        let mode = Mode { latest: kind & 1 != 0, again: kind & 2 != 0 };
        if let Ok(MessageRecord { entry, address, length, .. }) = registry::take(member, mode) {
            let is_it =
                |known: &&(u64, Box<[u8]>, u64, u64)| known.0 == entry && known.1 == member.name;
            let known = self.published.iter().rev().find(is_it);
            assert_eq!(known.map(|known| (known.2, known.3)), Some((address, length)));
            let last = VirtAddr::new((address + length - 1) as usize);
            assert_eq!(self.processes[*who].space.fault(last, Access::Read), Ok(()));
            if kind & 4 == 0 {
                assert_eq!(registry::release(member, entry), Ok(()));
            }
        }
        let _ = registry::release(member, input.u8().into());
        let _ =
            (registry::status(member), registry::has_message(member), registry::has_room(member));
        let _ = registry::members(&member.name).expect("it has a member");
    }

    /// What a process has in its memory as a request, at an address that may be none of its own.
    fn request(&self, input: &mut Input<'_>) {
        let process = &self.processes[0];
        let at = VirtAddr::new(REQUEST + usize::from(input.u16()));
        let record = input.counted();
        let _ = process.space.store(VirtAddr::new(REQUEST), &[0; PAGE_SIZE]);
        let _ = process.space.store(at, record);
        process.space.activate();
        let outcome = topic_request(at, size_of::<TopicRequest>());
        if let Ok(request) = outcome {
            let name = request.name();
            assert!(
                name.len() <= TOPIC_NAME_MAX
                    && name.starts_with(b"/")
                    && !name[1..].contains(&b'/')
            );
            assert!(request.contents.name().len() <= TYPE_NAME_MAX);
            let alignment = request.contents.alignment;
            assert!(alignment == 0 || alignment.is_power_of_two());
        }
    }

    fn end(&mut self) {
        for (member, ..) in self.members.drain(..) {
            registry::leave(&member);
        }
        for process in &self.processes {
            names::forget_pool(process.pid);
        }
    }
}
