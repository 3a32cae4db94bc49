//! Exceptions of AArch64 in words (Arm Architecture Reference Manual, D24.2: ESR_EL1).

/// An exception that a core took.
#[derive(Debug, PartialEq)]
pub struct Exception {
    pub core: u32,
    /// The emulator's word for it.
    pub kind: String,
    /// Whether a program ran.
    pub from_user: bool,
    /// What the processor tells of the reason; none for an interrupt.
    pub syndrome: Option<u64>,
    /// The address that could not be used, if there is one.
    pub fault_address: Option<u64>,
    /// Where the core was.
    pub address: u64,
}

impl Exception {
    /// What the first line tells: `NUMBER [KIND] on CPU CORE`.
    pub fn of_first_line(rest: &str) -> Option<Self> {
        let kind = rest.split_once('[')?.1.split_once(']')?.0.to_owned();
        let core = rest.split_once("on CPU ")?.1.trim().parse().ok()?;
        let (syndrome, fault_address) = (None, None);
        Some(Self { core, kind, from_user: false, syndrome, fault_address, address: 0 })
    }

    /// The exception in words; `function` is the kernel's at its address.
    pub fn text(&self, function: Option<&str>) -> String {
        let what = match self.class() {
            Some(0x15) => "system call".to_owned(),
            Some(0x20 | 0x21) => format!("instruction abort, {}", self.fault()),
            Some(0x24 | 0x25) => format!("data abort, {}", self.fault()),
            Some(0x07) => "first use of the floating point unit".to_owned(),
            _ => self.kind.to_lowercase(),
        };
        let from = if self.from_user { "user" } else { "kernel" };
        let place = match function {
            Some(name) if !self.from_user => format!(" in {name}"),
            _ => String::new(),
        };
        format!("{from}: {what} at {:#x}{place}", self.address)
    }

    fn class(&self) -> Option<u64> {
        self.syndrome
            .filter(|_| !matches!(self.kind.as_str(), "IRQ" | "FIQ"))
            .map(|bits| bits >> 26)
    }

    /// Which fault it is, and where.
    fn fault(&self) -> String {
        let status = self.syndrome.unwrap_or(0) & 0x3F;
        let level = status & 3;
        let name = match status >> 2 {
            0 => format!("address size, level {level}"),
            1 => format!("translation, level {level}"),
            2 => format!("access flag, level {level}"),
            3 => format!("permission, level {level}"),
            _ if status == 0x21 => "alignment".to_owned(),
            _ => format!("status {status:#x}"),
        };
        let is_write = self.class().is_some_and(|class| class >= 0x24)
            && self.syndrome.is_some_and(|bits| bits >> 6 & 1 == 1);
        let access = if is_write { " (write)" } else { "" };
        match self.fault_address {
            Some(address) => format!("{name}{access}, of {address:#x}"),
            None => format!("{name}{access}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(kind: &str, syndrome: Option<u64>, from_user: bool) -> Exception {
        let kind = kind.into();
        Exception { core: 0, kind, from_user, syndrome, fault_address: Some(0x5000), address: 0x10 }
    }

    #[test]
    fn reasons_are_words() {
        let cases = [
            (exception("SVC", Some(0x5600_0000), true), "user: system call at 0x10"),
            (
                exception("Data Abort", Some(0x9200_004F), true),
                "user: data abort, permission, level 3 (write), of 0x5000 at 0x10",
            ),
            (
                exception("Data Abort", Some(0x9600_0007), false),
                "kernel: data abort, translation, level 3, of 0x5000 at 0x10 in copy",
            ),
            (exception("IRQ", Some(0x5600_0000), false), "kernel: irq at 0x10 in copy"),
        ];
        for (exception, expected) in cases {
            assert_eq!(exception.text(Some("copy")), expected);
        }
    }
}
