//! What `login` decides without a call: how long it waits after a wrong password, and what a session begins with.

use crate::accounts::Account;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Where programs are looked for at first.
const PATH: &str = "/bin:/usr/bin:/usr/sbin";
/// What somebody without a shell gets.
const SHELL: &str = "/bin/shell";
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(32);

/// The pause after so many refusals behind each other: from a second on each is twice as long as the one before.
pub fn pause_after(refusals: u32) -> Duration {
    let doubled = 1_u64.checked_shl(refusals.saturating_sub(1)).unwrap_or(u64::MAX);
    Duration::from_secs(doubled).min(LONGEST)
}

/// The program that somebody talks to.
pub fn shell(account: &Account) -> &str {
    if account.shell.is_empty() { SHELL } else { &account.shell }
}

/// The variables of a session.
pub fn environment(name: &str, account: &Account, terminal: &str) -> Vec<String> {
    let pairs = [
        ("HOME", account.home.as_str()),
        ("USER", name),
        ("LOGNAME", name),
        ("SHELL", shell(account)),
        ("PATH", PATH),
        ("TERM", terminal),
    ];
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_as_long_up_to_the_longest() {
        let seconds: Vec<u64> = (1..=8).map(|refusals| pause_after(refusals).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 32, 32]);
        assert_eq!(pause_after(u32::MAX), LONGEST);
        assert_eq!(pause_after(64), LONGEST);
        assert_eq!(pause_after(65), LONGEST);
    }

    #[test]
    fn a_session_knows_who_it_is_for() {
        let account = Account { uid: 1000, gid: 1000, home: "/tmp".into(), shell: String::new() };
        let words = environment("user", &account, "vt100");
        for word in ["HOME=/tmp", "USER=user", "LOGNAME=user", "SHELL=/bin/shell", "TERM=vt100"] {
            assert!(words.iter().any(|found| found == word), "{word} is not in {words:?}");
        }
    }
}
