//! What a process has at the moment, as far as arguments are made from it.

use super::kind::Objects;
use super::random::Random;

/// The memory that calls get addresses of: begins and lengths.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arena {
    /// Read and written, with nothing behind it.
    pub scratch: (u64, u64),
    /// A page that may only be read.
    pub constant: u64,
    /// Pages that come and go while calls are made.
    pub vanishing: (u64, u64),
    /// Pages that calls may map anew, protect and unmap.
    pub playground: (u64, u64),
    /// Words that all processes of a round share.
    pub words: u64,
    /// The process's own code, stack and data.
    pub own: [u64; 3],
    /// A function that does nothing.
    pub handler: u64,
}

const DESCRIPTORS: usize = 48;
const PROCESSES: usize = 8;
const NUMBERS: usize = 8;
/// Descriptors that were got beyond these are only counted.
const KEPT: i64 = 200;

/// What a process has.
#[derive(Clone, Debug)]
pub struct World {
    /// Its memory.
    pub arena: Arena,
    /// Its number.
    pub pid: u32,
    /// Whether it may do anything, so that nothing may be asked for that harms others.
    pub is_root: bool,
    descriptors: [(i32, u32); DESCRIPTORS],
    next: usize,
    processes: [u32; PROCESSES],
    objects: [[u32; NUMBERS]; 3],
    timers: [u32; NUMBERS],
    mapped: [u64; NUMBERS],
    entries: [u64; NUMBERS],
    /// Processes beside this one, to which it only gives what is its own.
    pub peers: [u32; NUMBERS],
    /// Where the pool of its messages begins.
    pub pool: u64,
}

/// Puts a value in the place of any other.
fn note<T>(places: &mut [T], value: T, random: &mut Random) {
    let place = random.below(places.len() as u64) as usize;
    places[place] = value;
}

impl World {
    /// Of a process that has nothing but memory.
    pub const fn new(arena: Arena, pid: u32, is_root: bool) -> Self {
        Self {
            arena,
            pid,
            is_root,
            descriptors: [(-1, 0); DESCRIPTORS],
            next: 0,
            processes: [pid; PROCESSES],
            objects: [[0; NUMBERS]; 3],
            timers: [0; NUMBERS],
            mapped: [arena.playground.0; NUMBERS],
            entries: [0; NUMBERS],
            peers: [pid; NUMBERS],
            pool: 0,
        }
    }

    /// It got a descriptor; the one that was noted longest ago is forgotten.
    pub fn got_descriptor(&mut self, fd: i64, object: u32) {
        if (0..KEPT).contains(&fd) {
            self.descriptors[self.next % DESCRIPTORS] = (fd as i32, object);
            self.next += 1;
        }
    }

    /// It got a process.
    pub fn got_process(&mut self, pid: u32, random: &mut Random) {
        note(&mut self.processes, pid, random);
    }

    /// It got one of System V's objects.
    pub fn got_object(&mut self, table: usize, number: u32, random: &mut Random) {
        note(&mut self.objects[table], number, random);
    }

    /// It got a timer.
    pub fn got_timer(&mut self, number: u32, random: &mut Random) {
        note(&mut self.timers, number, random);
    }

    /// Something was mapped.
    pub fn got_address(&mut self, address: u64, random: &mut Random) {
        note(&mut self.mapped, address, random);
    }

    /// It got a message.
    pub fn got_entry(&mut self, entry: u64, random: &mut Random) {
        note(&mut self.entries, entry, random);
    }

    /// A message.
    pub fn entry(&self, random: &mut Random) -> u64 {
        random.pick(&self.entries)
    }

    /// A descriptor of one of these kinds of objects if there is one, else any.
    pub fn descriptor(&self, objects: u32, random: &mut Random) -> i32 {
        let begin = random.below(DESCRIPTORS as u64) as usize;
        let known = |index: usize| self.descriptors[(begin + index) % DESCRIPTORS];
        let fits = |(fd, object): &(i32, u32)| *fd >= 0 && object & objects != 0;
        let found = (0..DESCRIPTORS).map(known).find(fits);
        found.map_or_else(|| known(0).0, |(fd, _)| fd)
    }

    /// Whether it has a descriptor of one of these kinds.
    pub fn has(&self, objects: u32) -> bool {
        self.descriptors.iter().any(|(fd, object)| *fd >= 0 && object & objects != 0)
    }

    /// A process that it may do anything to.
    pub fn process(&self, random: &mut Random) -> u32 {
        random.pick(&self.processes)
    }

    /// One of System V's objects.
    pub fn object(&self, table: usize, random: &mut Random) -> u32 {
        random.pick(&self.objects[table])
    }

    /// A timer.
    pub fn timer(&self, random: &mut Random) -> u32 {
        random.pick(&self.timers)
    }

    /// Where something was mapped.
    pub fn mapped(&self, random: &mut Random) -> u64 {
        random.pick(&self.mapped)
    }

    /// All kinds of objects: a process should have each.
    pub fn missing(&self) -> u32 {
        (0..Objects::KINDS)
            .map(|bit| 1 << bit)
            .filter(|kind| !self.has(*kind))
            .fold(0, |all, kind| all | kind)
            & Objects::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_of_the_kind_is_found_and_else_any() {
        let mut world = World::new(Arena::default(), 9, true);
        let mut random = Random::new(1);
        assert_eq!(world.missing(), Objects::ALL);
        world.got_descriptor(4, Objects::PIPE);
        world.got_descriptor(-9, Objects::FILE);
        assert!((0..50).all(|_| world.descriptor(Objects::PIPE, &mut random) == 4));
        assert!(world.has(Objects::PIPE) && !world.has(Objects::FILE));
        assert_eq!(world.process(&mut random), 9);
    }
}
