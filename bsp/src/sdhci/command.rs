//! The commands of an SD card, as the controller takes them.
//!
//! Source: SD Physical Layer Simplified Specification 9.00, ch. 4.7.4; the transfer bits are the host controller's.

/// What the card answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Answer {
    None,
    /// 136 bits: R2.
    Long,
    /// 48 bits with the command's number and a checksum: R1, R6, R7.
    Checked,
    /// 48 bits without: R3.
    Plain,
    /// As `Checked`, and busy afterwards: R1b.
    Busy,
}

/// How data goes with a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Data {
    None,
    Read,
    ReadMany,
    Write,
    WriteMany,
}

/// A command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Command {
    number: u8,
    answer: Answer,
    data: Data,
}

const fn command(number: u8, answer: Answer) -> Command {
    Command { number, answer, data: Data::None }
}

const fn transfer(number: u8, data: Data) -> Command {
    Command { number, answer: Answer::Checked, data }
}

impl Command {
    /// CMD0: back to the beginning.
    pub const GO_IDLE: Self = command(0, Answer::None);
    /// CMD2: the card's identification.
    pub const ALL_SEND_CID: Self = command(2, Answer::Long);
    /// CMD3: the card takes an address.
    pub const SEND_RELATIVE_ADDRESS: Self = command(3, Answer::Checked);
    /// ACMD6: the number of data lines.
    pub const SET_BUS_WIDTH: Self = command(6, Answer::Checked);
    /// CMD7: this card is meant from now on.
    pub const SELECT: Self = command(7, Answer::Busy);
    /// CMD8: the supply, with a pattern that comes back.
    pub const SEND_IF_COND: Self = command(8, Answer::Checked);
    /// CMD9: what the card is made like.
    pub const SEND_CSD: Self = command(9, Answer::Long);
    /// CMD12: no more data.
    pub const STOP: Self = command(12, Answer::Busy);
    /// CMD13: the card's state.
    pub const SEND_STATUS: Self = command(13, Answer::Checked);
    /// CMD16: bytes of a block, for cards that count in bytes.
    pub const SET_BLOCK_LENGTH: Self = command(16, Answer::Checked);
    /// CMD17: a block to read.
    pub const READ_ONE: Self = transfer(17, Data::Read);
    /// CMD18: blocks to read; the controller sends CMD12.
    pub const READ_MANY: Self = transfer(18, Data::ReadMany);
    /// CMD24: a block to write.
    pub const WRITE_ONE: Self = transfer(24, Data::Write);
    /// CMD25: blocks to write; the controller sends CMD12.
    pub const WRITE_MANY: Self = transfer(25, Data::WriteMany);
    /// ACMD41: what the card can, until it is ready.
    pub const SEND_OP_COND: Self = command(41, Answer::Plain);
    /// CMD55: the next command is an application's (ACMD).
    pub const APPLICATION: Self = command(55, Answer::Checked);

    /// The word that issues it.
    pub const fn word(self) -> u32 {
        let answer = match self.answer {
            Answer::None => 0,
            Answer::Long => 0x0009_0000,
            Answer::Checked => 0x001A_0000,
            Answer::Plain => 0x0002_0000,
            Answer::Busy => 0x001B_0000,
        };
        let data = match self.data {
            Data::None => 0,
            Data::Read => 0x0020_0010,
            // Blocks are counted, and the controller sends CMD12 after the last.
            Data::ReadMany => 0x0020_0036,
            Data::Write => 0x0020_0000,
            Data::WriteMany => 0x0020_0026,
        };
        (self.number as u32) << 24 | answer | data
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The card keeps a data line low for some time after it.
    pub const fn leaves_busy(self) -> bool {
        matches!(self.answer, Answer::Busy)
    }

    /// It needs the data lines.
    pub const fn uses_data(self) -> bool {
        !matches!(self.data, Data::None) || self.leaves_busy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_manuals() {
        let words = [
            (Command::GO_IDLE, 0x0000_0000),
            (Command::ALL_SEND_CID, 0x0209_0000),
            (Command::SEND_RELATIVE_ADDRESS, 0x031A_0000),
            (Command::SET_BUS_WIDTH, 0x061A_0000),
            (Command::SELECT, 0x071B_0000),
            (Command::SEND_CSD, 0x0909_0000),
            (Command::STOP, 0x0C1B_0000),
            (Command::READ_ONE, 0x113A_0010),
            (Command::READ_MANY, 0x123A_0036),
            (Command::WRITE_ONE, 0x183A_0000),
            (Command::WRITE_MANY, 0x193A_0026),
            (Command::SEND_OP_COND, 0x2902_0000),
        ];
        for (command, word) in words {
            assert_eq!(command.word(), word, "CMD{}", command.number());
        }
    }
}
