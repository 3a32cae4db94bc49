//! `/etc/shadow`: whose password is what, and whether somebody is let in.
//!
//! A line is `USER:PASSWORD:…`; what follows the second colon (how old a password may get) is left alone. A
//! password is kept as crypt(3) writes it with SHA-512 (`$6$`) or SHA-256 (`$5$`). Where `/etc/passwd` has
//! anything but `x` in its second field, that is the password's field.

use crate::accounts;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sha_crypt::password_hash::CustomizedPasswordHasher;
use sha_crypt::{Params, PasswordVerifier, ShaCrypt};

/// How often the hash of a new password is computed over itself: about a third of a second of an emulated board,
/// and less than one where the host is busy.
pub const ROUNDS: u32 = 100_000;
/// Random bytes that go into a hash: 16 characters, the most that there may be.
pub const SALT_BYTES: usize = 12;
/// The file, which only root may read.
pub const FILE: &str = "/etc/shadow";

/// What somebody has to know to be let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Secret<'a> {
    /// Nothing: no password is asked for.
    Nothing,
    /// The password that has this hash.
    Password(&'a str),
    /// Nothing helps: the account is locked, or its field is none that anybody could match.
    Locked,
}

impl<'a> Secret<'a> {
    /// Reads a field.
    fn of_field(field: &'a str) -> Self {
        match field {
            "" => Self::Nothing,
            hash if hash.starts_with("$6$") || hash.starts_with("$5$") => Self::Password(hash),
            _ => Self::Locked,
        }
    }

    /// What a user has to know, in the texts of `/etc/passwd` and `/etc/shadow`. Who is not there is locked out.
    pub fn of(passwd: &'a str, shadow: &'a str, name: &str) -> Self {
        match accounts::password_field(passwd, name) {
            None => Self::Locked,
            Some("x") => hash_field(shadow, name).map_or(Self::Locked, Self::of_field),
            Some(field) => Self::of_field(field),
        }
    }

    /// Whether a password lets in. That takes as long for who is locked out, or not there at all, as for others.
    pub fn is_met_by(self, password: &[u8], decoy: &Decoy) -> bool {
        let (hash, is_real) = match self {
            Self::Password(hash) => (hash, true),
            Self::Nothing | Self::Locked => (decoy.0.as_str(), false),
        };
        let verdict = ShaCrypt::SHA512.verify_password(password, hash);
        self == Self::Nothing || (is_real && verdict.is_ok())
    }
}

/// A hash that no password has, to be computed for those who have none.
#[derive(Debug)]
pub struct Decoy(String);

impl Decoy {
    /// One that takes as long as the others do, which have as many rounds as the first of them.
    pub fn like(passwd: &str, shadow: &str) -> Self {
        let fields = shadow.lines().chain(passwd.lines()).filter_map(|line| line.split(':').nth(1));
        let mut hashes = fields.filter(|field| field.starts_with("$6$"));
        let rounds = hashes.next().map_or(ROUNDS, rounds_of);
        Self(format!("$6$rounds={rounds}${:.<16}${:.<86}", "", ""))
    }
}

/// How many rounds a hash has; without a word about it they are 5,000.
fn rounds_of(hash: &str) -> u32 {
    let told = hash.split('$').nth(2).and_then(|field| field.strip_prefix("rounds="));
    told.and_then(|number| number.parse().ok()).unwrap_or(Params::RECOMMENDED_ROUNDS)
}

fn hash_field<'a>(shadow: &'a str, name: &str) -> Option<&'a str> {
    shadow.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.next())?
    })
}

/// The hash of a password, which is as good as no other with these random bytes.
pub fn hash(password: &[u8], salt: [u8; SALT_BYTES], rounds: u32) -> Option<String> {
    let rounds = Params::new(rounds).ok()?;
    let hash = ShaCrypt::SHA512.hash_password_customized(password, &salt, None, None, rounds);
    hash.ok().map(|hash| hash.as_str().into())
}

/// The text of `/etc/shadow` with another hash for a user, whose further fields stay as they are.
pub fn with_hash(shadow: &str, name: &str, hash: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut is_there = false;
    // Lines keep what they end with, whoever wrote it.
    for line in shadow.split_terminator('\n') {
        let mut fields: Vec<&str> = line.split(':').collect();
        if !is_there && fields.len() > 1 && fields[0] == name {
            fields[1] = hash;
            is_there = true;
        }
        lines.push(fields.join(":"));
    }
    if !is_there {
        lines.push(new_line(name, hash));
    }
    lines.join("\n") + "\n"
}

/// The line of somebody who had none: nothing is said of how old the password may get.
pub fn new_line(name: &str, hash: &str) -> String {
    format!("{name}:{hash}:::::::")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What glibc's crypt makes of `Hello world!`.
    const HELLO: &str = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
    const PASSWD: &str = "root:x:0:0:root:/:/bin/shell\nuser:x:1000:1000::/tmp:\n\
        open::1001:1001::/tmp:\nold:*:1002:1002::/tmp:\nlone:x:1003:1003::/tmp:\n";

    fn shadow() -> String {
        format!("root:!:1::::::\nbroken\nuser:{HELLO}:19000:0:99999:7:::\nnobody::::::::\n")
    }

    #[test]
    fn a_field_is_a_hash_nothing_or_a_lock() {
        let shadow = shadow();
        let of = |name| Secret::of(PASSWD, &shadow, name);
        assert_eq!(of("user"), Secret::Password(HELLO));
        assert_eq!(of("open"), Secret::Nothing);
        for name in ["root", "old", "lone", "nobody", "broken", "", "x", "us"] {
            assert_eq!(of(name), Secret::Locked, "{name}");
        }
        for field in ["!", "*", "!$6$a$b", "$1$md5$x", "plain", "x", " "] {
            assert_eq!(Secret::of_field(field), Secret::Locked, "{field}");
        }
        assert_eq!(Secret::of("a:x:1:1::/:/\n", "a::::::::\n", "a"), Secret::Nothing);
    }

    #[test]
    fn only_the_right_password_lets_in() {
        let shadow = shadow();
        let decoy = Decoy::like(PASSWD, &shadow);
        let admits =
            |name, word: &str| Secret::of(PASSWD, &shadow, name).is_met_by(word.as_bytes(), &decoy);
        assert!(admits("user", "Hello world!"));
        for word in ["", "Hello world", "hello world!", "Hello world!\n", "Hello world!!", HELLO] {
            assert!(!admits("user", word), "{word}");
        }
        for name in ["root", "old", "lone", "stranger"] {
            assert!(!admits(name, "Hello world!") && !admits(name, ""), "{name}");
        }
        assert!(admits("open", ""));
        for broken in
            ["$6$", "$6$$", "$6$salt", "$6$salt$short", "$6$rounds=7$salt$x", "$6$a$b$c$d"]
        {
            let secret = Secret::of_field(broken);
            assert!(!secret.is_met_by(b"", &decoy) && !secret.is_met_by(b"x", &decoy), "{broken}");
        }
    }

    #[test]
    fn who_is_not_there_takes_as_long_as_the_others() {
        assert_eq!(rounds_of("$6$rounds=70000$salt$hash"), 70_000);
        assert_eq!(rounds_of(HELLO), 5_000);
        let many = "a:!:\nb:$6$rounds=6000$salt$hash:\n";
        assert!(Decoy::like("", many).0.starts_with("$6$rounds=6000$"));
        assert!(Decoy::like("", "").0.starts_with(&format!("$6$rounds={ROUNDS}$")));
        // It is computed in full: what is compared with it has the form of a hash.
        let decoy = Decoy::like(PASSWD, &shadow());
        let verdict = ShaCrypt::SHA512.verify_password(b"x".as_slice(), decoy.0.as_str());
        assert_eq!(verdict, Err(sha_crypt::password_hash::Error::PasswordInvalid));
    }

    #[test]
    fn a_new_hash_takes_the_place_of_the_old_one() {
        let hash = hash(b"secret", [7; SALT_BYTES], 1000).unwrap();
        assert!(hash.starts_with("$6$rounds=1000$") && hash.len() == 15 + 16 + 1 + 86, "{hash}");
        let decoy = Decoy::like("", "");
        assert!(Secret::of_field(&hash).is_met_by(b"secret", &decoy));
        assert!(!Secret::of_field(&hash).is_met_by(b"Secret", &decoy));
        let text = with_hash(&shadow(), "user", &hash);
        assert_eq!(text, shadow().replace(HELLO, &hash));
        let text = with_hash("a:b:c\n", "user", "h");
        assert_eq!(text, "a:b:c\nuser:h:::::::\n");
        assert_eq!(with_hash("", "user", "h"), "user:h:::::::\n");
        assert!(super::hash(b"x", [0; SALT_BYTES], 999).is_none());
    }

    proptest! {
        #[test]
        fn any_texts_are_read(passwd in "[a-z:x$6\n]{0,80}", shadow in "[a-z:!*$6=\n\\PC]{0,80}") {
            let names = passwd.lines().filter_map(|line| line.split(':').next());
            for name in names.chain([""]) {
                let secret = Secret::of(&passwd, &shadow, name);
                if accounts::password_field(&passwd, name).is_none() {
                    prop_assert_eq!(secret, Secret::Locked);
                }
            }
            let written = with_hash(&shadow, "me", "h");
            prop_assert_eq!(hash_field(&written, "me"), Some("h"));
        }
    }
}
