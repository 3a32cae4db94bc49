//! Every promise as a case; one file per subject.

mod api;
mod bench;
mod boot;
mod busybox;
mod c_programs;
mod card;
mod checked;
mod conformance;
mod credentials;
mod demos;
mod device_tree;
mod dynamic;
mod ends;
mod extra;
mod faults;
mod files;
mod guests;
mod guide;
mod idle;
mod leaks;
mod light;
mod limits;
mod line_editor;
mod logins;
mod main_job;
mod mounts;
mod names;
mod offer_commands;
mod power;
mod programs;
mod pulled;
mod raspi4b;
mod region_commands;
mod region_sizes;
mod restarts;
mod restraint;
mod ring;
mod screen;
mod screen_map;
mod scripts;
mod sd;
mod sd_paging;
mod self_check;
mod semaphores;
mod shell_jobs;
mod shell_scripts;
mod shell_words;
mod strace;
mod stress;
mod terminal;
mod tools;
mod topic_commands;
mod usage;

use crate::case::Case;

/// All cases, in the order of the list that `--list` prints.
pub fn all() -> Vec<Case> {
    let subjects: &[fn() -> Vec<Case>] = &[
        boot::cases,
        device_tree::cases,
        main_job::cases,
        restarts::cases,
        restraint::cases,
        self_check::cases,
        ring::cases,
        region_commands::cases,
        offer_commands::cases,
        scripts::cases,
        logins::cases,
        tools::cases,
        strace::cases,
        topic_commands::cases,
        names::cases,
        region_sizes::cases,
        semaphores::cases,
        limits::cases,
        credentials::cases,
        demos::cases,
        shell_words::cases,
        line_editor::cases,
        shell_jobs::cases,
        guide::cases,
        shell_scripts::cases,
        stress::cases,
        terminal::cases,
        programs::cases,
        usage::cases,
        files::cases,
        card::cases,
        sd::cases,
        sd_paging::cases,
        mounts::cases,
        pulled::cases,
        power::cases,
        extra::cases,
        faults::cases,
        leaks::cases,
        ends::cases,
        idle::cases,
        light::cases,
        screen::cases,
        screen_map::cases,
        bench::cases,
        guests::cases,
        checked::cases,
        api::cases,
        conformance::cases,
        c_programs::cases,
        dynamic::cases,
        busybox::cases,
        raspi4b::cases,
    ];
    subjects.iter().flat_map(|cases| cases()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_cases_of_both_kinds() {
        use crate::case::Company;
        assert!(all().iter().any(|case| case.company == Company::Alone));
        assert!(all().len() > 50);
    }
}
