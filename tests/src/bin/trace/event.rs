//! The emulator's log, line by line.

use super::exception::Exception;
use std::io::{self, Write};

/// Something that happened.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A block of instructions ran.
    Block {
        /// The core that ran it.
        core: u32,
        /// The block's first instruction.
        address: u64,
    },
    /// A core took an exception.
    Exception(Exception),
}

impl Event {
    /// Writes the event as a line: functions are set in below the exception that led to them.
    pub fn write(&self, to: &mut dyn Write, text: &str) -> io::Result<()> {
        match self {
            Self::Block { core, .. } => writeln!(to, "{core}    {text}"),
            Self::Exception(exception) => writeln!(to, "{}  {text}", exception.core),
        }
    }
}

/// What has been read of an exception, which the log tells in several lines.
#[derive(Debug, Default)]
pub struct Parser {
    begun: Option<Exception>,
}

impl Parser {
    /// Reads a line; gives what it completes.
    pub fn line(&mut self, line: &str) -> Option<Event> {
        if let Some(rest) = line.strip_prefix("Trace ") {
            return block(rest);
        }
        if let Some(rest) = line.strip_prefix("Taking exception ") {
            self.begun = Exception::of_first_line(rest);
            return None;
        }
        let exception = self.begun.as_mut()?;
        let words: Vec<&str> = line.strip_prefix("...")?.split_whitespace().collect();
        match words.as_slice() {
            ["from", from, "to", _] => exception.from_user = *from == "EL0",
            ["with", "ESR", syndrome] => {
                exception.syndrome = syndrome.split('/').nth(1).and_then(hexadecimal);
            }
            ["with", "FAR", address] => exception.fault_address = hexadecimal(address),
            ["with", "ELR", address] => exception.address = hexadecimal(address)?,
            // The last line: where the core goes on.
            ["to", _, "PC", ..] => return self.begun.take().map(Event::Exception),
            _ => {}
        }
        None
    }
}

/// `CORE: HOST_ADDRESS [CS_BASE/ADDRESS/FLAGS/…] NAME`
fn block(rest: &str) -> Option<Event> {
    let (core, rest) = rest.split_once(':')?;
    let inside = rest.split_once('[')?.1.split_once(']')?.0;
    let address = u64::from_str_radix(inside.split('/').nth(1)?, 16).ok()?;
    Some(Event::Block { core: core.trim().parse().ok()?, address })
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(log: &str) -> Vec<Event> {
        let mut parser = Parser::default();
        log.lines().filter_map(|line| parser.line(line)).collect()
    }

    #[test]
    fn a_block_has_its_core_and_address() {
        let log = "Trace 2: 0x7f12 [00000000/ffffff8000081234/0d00/ff021001] main\n";
        assert_eq!(events(log), [Event::Block { core: 2, address: 0xFFFF_FF80_0008_1234 }]);
    }

    #[test]
    fn an_exception_is_told_when_its_last_line_has_come() {
        let log = "Taking exception 2 [SVC] on CPU 1\n...from EL0 to EL1\n\
            ...with ESR 0x15/0x56000000\n...with SPSR 0x0\n...with ELR 0x401234\n\
            ...to EL1 PC 0xffffff8000081400 PSTATE 0x3c5\n";
        let expected = Exception {
            core: 1,
            kind: "SVC".into(),
            from_user: true,
            syndrome: Some(0x5600_0000),
            fault_address: None,
            address: 0x40_1234,
        };
        assert_eq!(events(log), [Event::Exception(expected)]);
    }

    #[test]
    fn lines_that_are_cut_short_or_of_another_kind_are_nothing() {
        for log in ["Trace", "Trace 1: [", "Taking exception", "...with ESR", "IN: main", "", "..."]
        {
            assert_eq!(events(log), [], "{log}");
        }
    }
}
