//! A controller with a card in it, made up: it checks what a driver does as the specification would have it, and fails
//! as a test wants it to.

use super::card::{BLOCK_BYTES, Block};
use super::registers::{Register, SdhciPort};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// The state that a card tells in its status.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Idle,
    Ready,
    Identified,
    StandBy,
    Transfer,
    Sending,
    Receiving,
}

/// What is to go wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The data of the next transfer come damaged.
    DamagedData,
    /// The next transfer stops after this many blocks.
    Silence(usize),
    /// The card refuses the next transfer with this status.
    Status(u32),
}

const COMMAND_DONE: u32 = 1;
const DATA_DONE: u32 = 1 << 1;
const WRITE_READY: u32 = 1 << 4;
const READ_READY: u32 = 1 << 5;
const NO_ANSWER: u32 = 1 << 15 | 1 << 16;
const DATA_TIMEOUT: u32 = 1 << 15 | 1 << 20;
const DATA_CRC: u32 = 1 << 15 | 1 << 21;
const ADDRESS: u32 = 0x1234_0000;
const MEMORY_CARD: u32 = 0x00FF_8000;

/// The controller and its card.
pub struct Slot {
    /// There is a card.
    pub inserted: bool,
    /// The card knows CMD8.
    pub version_2: bool,
    /// Another system has left the slot at 1.8 V, at which a card says nothing before it was asked to.
    pub low_voltage: bool,
    /// The card counts in blocks.
    pub large: bool,
    /// How often the card says that it is not ready.
    pub not_ready: u32,
    /// The number that the card has in its identification.
    pub serial: u32,
    pub csd: u128,
    /// What the card holds.
    pub blocks: BTreeMap<u64, Block>,
    /// What goes wrong next.
    pub faults: VecDeque<Fault>,
    /// The commands so far, without their arguments.
    pub commands: Vec<u8>,
    pub state: State,
    registers: BTreeMap<usize, u32>,
    /// When the supply was set last.
    supplied: Duration,
    interrupt: u32,
    response: [u32; 4],
    application: bool,
    now: Duration,
    transfer: VecDeque<u32>,
    received: Vec<u32>,
    first: u64,
    left: usize,
    silent_after: Option<usize>,
    damaged: bool,
}

impl Slot {
    /// A card of 4 GiB.
    pub fn large() -> Self {
        Self::new(true, 1 << (126 - 8) | 8191 << (48 - 8))
    }

    /// A card of 64 MiB, of the first kind: 128 × 2^(7+2) blocks of 2^10 bytes.
    pub fn small() -> Self {
        Self::new(false, 127 << (62 - 8) | 7 << (47 - 8) | 10 << (80 - 8))
    }

    fn new(large: bool, csd: u128) -> Self {
        Self {
            inserted: true,
            version_2: large,
            low_voltage: false,
            large,
            not_ready: 3,
            serial: 1,
            csd,
            blocks: BTreeMap::new(),
            faults: VecDeque::new(),
            commands: Vec::new(),
            state: State::Idle,
            registers: BTreeMap::new(),
            supplied: Duration::ZERO,
            interrupt: 0,
            response: [0; 4],
            application: false,
            now: Duration::ZERO,
            transfer: VecDeque::new(),
            received: Vec::new(),
            first: 0,
            left: 0,
            silent_after: None,
            damaged: false,
        }
    }

    /// Takes the card out, with all that it was about to do.
    pub fn pull(&mut self) {
        self.inserted = false;
        self.state = State::Idle;
        self.transfer.clear();
        self.left = 0;
    }

    fn status(&self) -> u32 {
        let state = match self.state {
            State::Idle => 0,
            State::Ready => 1,
            State::Identified => 2,
            State::StandBy => 3,
            State::Transfer => 4,
            State::Sending => 5,
            State::Receiving => 6,
        };
        state << 9 | 1 << 8
    }

    fn issue(&mut self, word: u32, argument: u32) {
        let number = (word >> 24) as u8;
        self.commands.push(number);
        let application = std::mem::take(&mut self.application);
        assert!(self.now >= self.supplied + Duration::from_millis(5), "the supply has settled");
        let answers = self.inserted && !self.low_voltage;
        let answer = if answers { self.answer(number, application, argument) } else { None };
        match answer {
            Some(response) => {
                self.response = response;
                self.interrupt |= COMMAND_DONE;
            }
            // CMD0 has no answer that could be missed.
            None if number == 0 => self.interrupt |= COMMAND_DONE,
            None => self.interrupt |= NO_ANSWER,
        }
    }

    fn answer(&mut self, number: u8, application: bool, argument: u32) -> Option<[u32; 4]> {
        let short = |word| Some([word, 0, 0, 0]);
        let status = self.status();
        match (number, application, self.state) {
            (0, ..) => {
                self.state = State::Idle;
                None
            }
            (8, _, State::Idle) if self.version_2 => short(argument & 0xFFF),
            (55, ..) => {
                self.application = true;
                short(status | 1 << 5)
            }
            (41, true, State::Idle) => {
                if self.not_ready > 0 {
                    self.not_ready -= 1;
                    return short(MEMORY_CARD);
                }
                assert!(!self.large || argument & 1 << 30 != 0, "the host takes large cards");
                self.state = State::Ready;
                short(1 << 31 | u32::from(self.large) << 30 | MEMORY_CARD)
            }
            (2, _, State::Ready) => {
                self.state = State::Identified;
                Some(long(u128::from(self.serial) << (24 - 8) | 0x4D_4F_43_41_52 << (64 - 8)))
            }
            (3, _, State::Identified) => {
                self.state = State::StandBy;
                short(ADDRESS | 0x500)
            }
            (9, _, State::StandBy) if argument == ADDRESS => Some(long(self.csd)),
            (7, _, State::StandBy) if argument == ADDRESS => {
                self.state = State::Transfer;
                short(status)
            }
            (16, _, State::Transfer) if argument == 512 => short(status),
            (6, true, State::Transfer) if argument == 2 => short(status),
            (13, ..) if argument == ADDRESS => short(status),
            (12, _, State::Sending | State::Receiving) => {
                self.state = State::Transfer;
                self.transfer.clear();
                self.left = 0;
                short(status)
            }
            (17 | 18 | 24 | 25, _, State::Transfer) => short(self.begin(number, argument)),
            _ => None,
        }
    }

    /// Begins a transfer; returns the card's status.
    fn begin(&mut self, number: u8, argument: u32) -> u32 {
        let fault = self.faults.pop_front();
        if let Some(Fault::Status(bits)) = fault {
            return self.status() | bits;
        }
        self.silent_after = match fault {
            Some(Fault::Silence(blocks)) => Some(blocks),
            _ => None,
        };
        self.damaged = fault == Some(Fault::DamagedData);
        let size_count = self.registers[&(Register::BlockSizeCount as usize)];
        assert_eq!(size_count & 0xFFFF, BLOCK_BYTES as u32, "blocks of 512 bytes");
        self.left = if matches!(number, 17 | 24) { 1 } else { (size_count >> 16) as usize };
        let unit = if self.large { 1 } else { BLOCK_BYTES as u64 };
        assert_eq!(u64::from(argument) % unit, 0, "a whole block");
        self.first = u64::from(argument) / unit;
        let status = self.status();
        if matches!(number, 17 | 18) {
            self.state = State::Sending;
            self.send_next();
        } else {
            self.state = State::Receiving;
            self.received.clear();
            self.want_next();
        }
        status
    }

    /// The card's next block is in the controller, or the transfer is over.
    fn send_next(&mut self) {
        if self.left == 0 {
            self.state = State::Transfer;
            self.interrupt |= DATA_DONE;
        } else if self.damaged {
            self.interrupt |= DATA_CRC;
        } else if self.silent_after == Some(0) {
            self.interrupt |= DATA_TIMEOUT;
        } else {
            self.silent_after = self.silent_after.map(|blocks| blocks - 1);
            let block = self.blocks.get(&self.first).copied().unwrap_or([0; BLOCK_BYTES]);
            self.transfer =
                block.as_chunks::<4>().0.iter().copied().map(u32::from_le_bytes).collect();
            self.first += 1;
            self.left -= 1;
            self.interrupt |= READ_READY;
        }
    }

    /// The controller has room for the next block, or the transfer is over.
    fn want_next(&mut self) {
        if self.left == 0 {
            self.state = State::Transfer;
            self.interrupt |= DATA_DONE;
        } else if self.damaged {
            self.interrupt |= DATA_CRC;
        } else if self.silent_after == Some(0) {
            self.interrupt |= DATA_TIMEOUT;
        } else {
            self.silent_after = self.silent_after.map(|blocks| blocks - 1);
            self.interrupt |= WRITE_READY;
        }
    }

    fn receive(&mut self, word: u32) {
        assert_eq!(self.state, State::Receiving, "a word that nobody wants");
        self.received.push(word);
        if self.received.len() == BLOCK_BYTES / 4 {
            let bytes: Vec<u8> = self.received.drain(..).flat_map(u32::to_le_bytes).collect();
            self.blocks.insert(self.first, bytes.try_into().expect("512 bytes"));
            self.first += 1;
            self.left -= 1;
            self.want_next();
        }
    }
}

/// A long answer without its checksum, as the controller has it.
fn long(bits: u128) -> [u32; 4] {
    [0, 32, 64, 96].map(|shift| (bits >> shift) as u32)
}

impl SdhciPort for Slot {
    fn read(&mut self, register: Register) -> u32 {
        match register {
            Register::Interrupt => self.interrupt,
            Register::Response0 => self.response[0],
            Register::Response1 => self.response[1],
            Register::Response2 => self.response[2],
            Register::Response3 => self.response[3],
            Register::Status => u32::from(self.inserted) << 16,
            Register::Data => {
                let word = self.transfer.pop_front().expect("a word that is there");
                if self.transfer.is_empty() {
                    self.send_next();
                }
                word
            }
            other => self.registers.get(&(other as usize)).copied().unwrap_or(0),
        }
    }

    fn write(&mut self, register: Register, value: u32) {
        match register {
            Register::Interrupt => self.interrupt &= !value,
            Register::Data => self.receive(value),
            Register::CommandTransfer => {
                assert_eq!(self.interrupt, 0, "what was before is forgotten");
                let argument = self.registers[&(Register::Argument as usize)];
                self.issue(value, argument);
            }
            Register::Control1 => {
                // Resets take no time, and the clock is stable when it runs.
                let stable = (value & 1) << 1;
                self.registers.insert(register as usize, value & !(0b111 << 24) | stable);
            }
            other => {
                self.registers.insert(other as usize, value);
            }
        }
    }

    fn supply(&mut self) {
        self.low_voltage = false;
        self.supplied = self.now;
    }

    fn now(&mut self) -> Duration {
        self.now += Duration::from_micros(1);
        self.now
    }

    fn pause(&mut self, time: Duration) {
        self.now += time;
    }
}
