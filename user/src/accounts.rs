//! Users by name, from `/etc/passwd`.

use alloc::string::String;

/// A user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The user's number.
    pub uid: u32,
    /// The number of the user's group.
    pub gid: u32,
    /// Where the user's files are.
    pub home: String,
    /// What the user talks to.
    pub shell: String,
}

/// The user of a name.
pub fn find_name(text: &str, name: &str) -> Option<Account> {
    accounts(text).find(|(user, _)| *user == name).map(|(_, account)| account)
}

/// The user of a name or a number, in the text of `/etc/passwd`; a number need not be in it.
pub fn find(text: &str, name: &str) -> Option<Account> {
    let is_it = |user: &str, account: &Account| user == name || name.parse() == Ok(account.uid);
    let named = accounts(text).find(|(user, account)| is_it(user, account));
    named.map(|(_, account)| account).or_else(|| {
        // The greatest number means no user at all in the calls.
        let uid = name.parse().ok().filter(|uid| *uid != u32::MAX)?;
        Some(Account { uid, gid: uid, home: "/tmp".into(), shell: "/bin/shell".into() })
    })
}

/// All users with their names; lines that are none are left out.
fn accounts(text: &str) -> impl Iterator<Item = (&str, Account)> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (user, _password) = (fields.next()?, fields.next()?);
        let (uid, gid) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let (_comment, home, shell) = (fields.next()?, fields.next()?, fields.next()?);
        Some((user, Account { uid, gid, home: home.into(), shell: shell.into() }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "root:x:0:0:root:/:/bin/shell\nbroken\nuser:x:1000:100:a user:/tmp:/bin/sh\n";

    #[test]
    fn users_have_names_and_numbers() {
        let user = Account { uid: 1000, gid: 100, home: "/tmp".into(), shell: "/bin/sh".into() };
        assert_eq!(find(TEXT, "user"), Some(user.clone()));
        assert_eq!(find(TEXT, "1000"), Some(user));
        assert_eq!(find(TEXT, "root").map(|root| root.uid), Some(0));
        assert_eq!(find(TEXT, "77").map(|other| (other.uid, other.gid)), Some((77, 77)));
        assert_eq!(find_name(TEXT, "root").map(|root| root.home), Some("/".into()));
        assert_eq!(find_name(TEXT, "1000"), None, "a number is no name");
        for name in ["", "broken", "nobody", "-1", "4294967295"] {
            assert_eq!(find(TEXT, name), None, "{name}");
        }
    }
}
