//! Tests of the quotas' arithmetic on books of their own.

use super::*;
use proptest::prelude::*;

fn account(uid: u32) -> Account {
    Account { uid, process: Some(ProcessLedger::new()) }
}

#[test]
fn root_is_unlimited_and_others_have_64_mib_by_default() {
    let mut quotas = Quotas::new();
    assert_eq!(quotas.charge(&account(0), 0, 1 << 30), Ok(()));
    assert_eq!(quotas.charge(&account(7), 0, 16_384), Ok(()));
    assert_eq!(quotas.charge(&account(7), 0, 1), Err(OverQuota));
    assert_eq!(quotas.charge(&account(8), 0, 16_385), Err(OverQuota));
}

#[test]
fn a_limit_for_any_one_region_holds_for_root_too() {
    let mut quotas = Quotas::new();
    quotas.set(Subject::Region, 10);
    assert_eq!(quotas.charge(&account(0), 0, 11), Err(OverQuota));
    assert_eq!(quotas.charge(&account(0), 0, 10), Ok(()));
    assert_eq!(quotas.charge(&account(0), 0, 10), Ok(()));
    assert_eq!(quotas.tell(Subject::Region).used, 10);
}

#[test]
fn a_processs_own_limit_comes_before_the_default() {
    let mut quotas = Quotas::new();
    let one = account(0);
    let ledger = one.process.clone().unwrap();
    quotas.set(Subject::ProcessDefault, 5);
    assert_eq!(quotas.charge(&one, 0, 6), Err(OverQuota));
    quotas.set(Subject::Process(&ledger), 6);
    assert_eq!(quotas.charge(&one, 0, 6), Ok(()));
    assert_eq!(quotas.tell(Subject::Process(&ledger)).used, 6);
    assert_eq!(quotas.charge(&account(0), 0, 6), Err(OverQuota));
}

#[test]
fn a_limit_below_what_is_used_takes_nothing_away() {
    let mut quotas = Quotas::new();
    let user = account(3);
    assert_eq!(quotas.charge(&user, 0, 100), Ok(()));
    quotas.set(Subject::User(3), 10);
    assert_eq!(quotas.charge(&user, 100, 101), Err(OverQuota));
    assert_eq!(quotas.charge(&user, 100, 50), Ok(()));
    let QuotaRecord { limit, used } = quotas.tell(Subject::User(3));
    assert_eq!((limit, used), (10, 50));
}

proptest! {
    #[test]
    fn sums_are_those_of_the_regions(steps in prop::collection::vec((0..6_usize, 0..60_u64), 1..200)) {
        let mut quotas = Quotas::new();
        let accounts = [account(0), account(1), account(2)];
        quotas.set(Subject::UserDefault, 100);
        quotas.set(Subject::Region, 50);
        quotas.set(Subject::User(2), 70);
        let mut regions = [0_u64; 6];
        for (index, pages) in steps {
            let owner = index % 3;
            let user_sum: u64 = (owner..6).step_by(3).map(|region| regions[region]).sum();
            let limit = [UNLIMITED, 100, 70][owner];
            let sum = user_sum - regions[index] + pages;
            let fits = pages <= regions[index] || (pages <= 50 && sum <= limit);
            let outcome = quotas.charge(&accounts[owner], regions[index], pages);
            prop_assert_eq!(outcome.is_ok(), fits);
            if fits {
                regions[index] = pages;
            }
            for (uid, account) in accounts.iter().enumerate() {
                let sum: u64 = (uid..6).step_by(3).map(|region| regions[region]).sum();
                prop_assert_eq!(quotas.tell(Subject::User(uid as u32)).used, sum);
                let ledger = account.process.as_deref().unwrap();
                prop_assert_eq!(quotas.tell(Subject::Process(ledger)).used, sum);
            }
            let longest = regions.iter().copied().max().unwrap_or(0);
            prop_assert_eq!(quotas.tell(Subject::Region).used, longest);
        }
    }
}
