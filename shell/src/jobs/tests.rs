//! Tests of the job table.

use super::*;
use alloc::vec;

#[test]
fn a_job_ends_with_its_last_process_and_has_the_last_ones_status() {
    let mut jobs = JobTable::default();
    jobs.add(&[10, 11], "cat | false");
    jobs.record(11, ExitStatus::Exited(1));
    assert!(jobs.take_ended().is_empty());
    assert!(jobs.any_running());
    jobs.record(10, ExitStatus::Exited(0));
    let ended = jobs.take_ended();
    assert_eq!(ended[0].to_string(), "[1] Exit 1  cat | false");
    assert!(!jobs.any_running());
}

#[test]
fn listings_say_how_a_job_ended() {
    let cases = [
        (ExitStatus::Exited(0), "[1] Done  work"),
        (ExitStatus::Exited(7), "[1] Exit 7  work"),
        (ExitStatus::Signalled(9), "[1] Killed  work"),
        (ExitStatus::Signalled(11), "[1] Segmentation fault  work"),
        (ExitStatus::Signalled(40), "[1] Signal 40  work"),
    ];
    for (status, line) in cases {
        let mut jobs = JobTable::default();
        assert_eq!(jobs.add(&[5], "work").to_string(), "[1] Running  work");
        jobs.record(5, status);
        assert_eq!(jobs.take_ended()[0].to_string(), line);
    }
}

#[test]
fn a_new_job_gets_the_number_after_the_highest() {
    let mut jobs = JobTable::default();
    assert_eq!(jobs.add(&[1], "a").number, 1);
    assert_eq!(jobs.add(&[2], "b").number, 2);
    jobs.record(1, ExitStatus::Exited(0));
    jobs.take_ended();
    assert_eq!(jobs.add(&[3], "c").number, 3);
    jobs.record(2, ExitStatus::Exited(0));
    jobs.record(3, ExitStatus::Exited(0));
    jobs.take_ended();
    assert_eq!(jobs.add(&[4], "d").number, 1);
}

#[test]
fn jobs_are_found_by_number_by_process_and_as_the_newest() {
    let mut jobs = JobTable::default();
    jobs.add(&[10, 11], "a");
    jobs.add(&[12], "b");
    let found = |text: &str| jobs.find(JobName::parse(text).unwrap()).map(|job| job.number);
    assert_eq!(found("%1"), Some(1));
    assert_eq!(found("10"), Some(1));
    assert_eq!(found("12"), Some(2));
    assert_eq!(found("%%"), Some(2));
    assert_eq!(found("%3"), None);
    for wrong in ["%0", "%x", "x", "-1", ""] {
        assert_eq!(JobName::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn the_status_of_a_reported_job_can_still_be_asked_for() {
    let mut jobs = JobTable::default();
    jobs.add(&[10], "a");
    jobs.record(10, ExitStatus::Signalled(15));
    jobs.take_ended();
    assert_eq!(jobs.status_of(10), Some(ExitStatus::Signalled(15)));
    assert_eq!(jobs.status_of(11), None);
}

#[test]
fn a_process_of_no_job_is_not_remembered() {
    let mut jobs = JobTable::default();
    jobs.record(99, ExitStatus::Exited(0));
    assert_eq!(jobs.status_of(99), None);
    assert_eq!(jobs.iter().map(|job| job.number).collect::<Vec<_>>(), vec![0usize; 0]);
}
