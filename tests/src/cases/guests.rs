//! The suites of the in-OS test program, for what a shell cannot see.

use crate::case::Case;
use crate::guest;

/// Suites and what they show, as sentences.
const SUITES: &[(&str, &str)] = &[
    ("system", "the_systems_own_records_are_consistent"),
    ("startup", "a_program_starts_with_linux_layout_on_its_stack"),
    ("exec", "exec_hands_over_words_environment_and_descriptors"),
    ("interpreters", "programs_and_scripts_may_name_a_program_that_reads_them"),
    ("fork", "fork_isolates_parent_and_child"),
    ("fork-stores", "the_kernels_own_stores_break_copy_on_write"),
    ("wait", "wait4_tells_how_children_ended"),
    ("signals", "signals_do_what_is_standard"),
    ("handlers", "signal_handlers_are_called_as_on_linux_and_leave_nothing_changed"),
    ("interruptions", "signals_end_waits_or_let_them_begin_again"),
    ("stopping", "processes_stop_go_on_and_their_parents_are_told"),
    ("fault-signals", "handlers_hear_of_faults_why_and_where"),
    ("forged-frames", "forged_signal_frames_gain_nothing"),
    ("signal-storm", "signals_at_any_instant_change_no_register"),
    ("timers", "timers_send_signals_in_time_and_count_those_missed"),
    ("vdso", "the_kernels_code_for_programs_tells_the_time_of_the_calls"),
    ("memory", "mappings_follow_the_standard"),
    ("break", "the_program_break_moves"),
    ("stack", "the_stack_grows_to_its_limit_and_no_further"),
    ("regions", "regions_live_as_long_as_somebody_uses_them"),
    ("native", "the_native_calls_of_regions_keep_their_word"),
    ("region-borders", "a_region_ends_where_it_ends_and_harms_nothing_beside_it"),
    ("region-company", "processes_share_a_region_and_leave_it_in_any_way"),
    ("region-changes", "no_waiter_misses_a_change_of_a_region"),
    ("region-lock", "the_lock_of_a_region_survives_its_holder"),
    ("region-copies", "no_copy_of_a_region_tears_another"),
    ("region-names", "a_wait_for_a_name_ends_when_it_exists"),
    ("region-object", "a_region_is_what_it_was_asked_to_be"),
    ("region-storm", "storms_of_calls_on_regions_do_what_a_plain_model_says"),
    ("lifetimes", "names_go_with_the_last_user_or_stay"),
    ("seals", "seals_forbid_for_good_what_they_say"),
    ("quotas", "quotas_bound_regions_processes_and_users"),
    ("permissions", "owner_group_and_others_have_what_the_mode_says"),
    ("exploits", "no_known_trick_gets_a_user_what_is_not_the_users"),
    ("inheritance", "children_get_of_regions_what_their_parents_say"),
    ("screen", "the_screens_memory_is_a_region_and_pages_are_told_of_without_a_touch"),
    ("holdings", "what_a_process_has_of_regions_is_told_and_what_exists_takes_no_fault"),
    ("offers", "pages_are_offered_claimed_cancelled_and_listed"),
    ("offer-pages", "the_very_pages_of_any_message_change_hands_with_the_claim"),
    ("offer-parties", "any_two_processes_hand_over_pages_and_no_third_one_does"),
    ("offer-rights", "offers_grant_and_drop_what_they_say_on_both_sides"),
    ("offer-storms", "offers_on_all_cores_lose_no_page"),
    ("offer-kills", "a_kill_at_any_moment_of_an_offer_or_a_claim_leaves_all_or_nothing"),
    ("offer-waits", "offers_are_waited_for_like_files"),
    ("kernel-log", "the_kernels_log_is_offered_by_the_kernel"),
    ("posix-mmap", "mapping_calls_fail_as_posix_says"),
    ("exactness", "what_is_taken_away_is_gone_on_every_core"),
    ("copies", "copies_between_programs_and_the_kernel_are_whole_and_touch_nothing_else"),
    ("pipes", "pipes_are_atomic_and_end_properly"),
    ("fifos", "fifos_are_pipes_with_names_whose_ends_wait_for_each_other"),
    ("poll", "a_wait_for_several_files_misses_nothing"),
    ("topic-pools", "a_pool_has_one_writer_and_many_readers_at_one_address"),
    ("topic-queues", "topics_queue_wake_and_forget_as_they_say"),
    ("topics", "messages_are_read_where_they_lie_whoever_dies"),
    ("traces", "calls_are_told_to_who_may_ask_and_a_kill_of_either_side_holds_up_nobody"),
    ("descriptors", "descriptors_are_the_lowest_free_and_close_at_exec"),
    ("files", "files_and_directories_follow_the_standard"),
    ("events", "counters_timers_and_epoll_sets_tell_what_happens_once_or_as_long_as_it_is_so"),
    ("sockets", "sockets_carry_bytes_messages_and_descriptors_between_processes"),
    ("processes", "proc_tells_what_linux_programs_ask_and_hides_what_is_others"),
    ("file-calls", "files_are_read_copied_linked_and_timed_as_linux_programs_do"),
    ("copy-range", "bytes_are_copied_between_files_and_pages_in_memory_are_told"),
    ("deaths", "whoever_is_killed_between_two_calls_leaves_nothing_that_others_wait_for"),
    ("layout", "programs_lie_elsewhere_each_time_but_for_who_asks"),
    ("host", "the_machine_has_names_and_root_all_capabilities"),
    ("file-locks", "locks_on_files_keep_processes_apart_and_end_with_them"),
    ("futex", "futexes_work_across_processes_and_addresses"),
    ("futex-moves", "waiters_move_between_words_and_private_words_stay_private"),
    ("robust", "locks_of_threads_that_end_are_given_up"),
    ("threads", "threads_begin_share_and_end_as_they_should"),
    ("thread-exec", "exec_and_vfork_work_among_threads"),
    ("thread-storms", "storms_of_threads_lose_nothing"),
    ("thread-calls", "small_calls_about_threads_answer_as_on_linux"),
    ("time", "clocks_and_sleeps_are_right"),
    ("day", "the_time_of_day_is_set_by_root_and_every_clock_follows"),
    ("hostile-elf", "corrupted_programs_never_harm_the_kernel"),
    ("hostile-calls", "hostile_arguments_never_harm_the_kernel"),
    ("registers", "registers_survive_preemption_fork_and_calls"),
    ("fairness", "more_busy_processes_than_cores_all_progress"),
    ("long-calls", "a_call_that_lasts_keeps_nobody_from_the_core_and_can_be_killed"),
    ("exhaustion", "running_out_is_an_error_and_leaks_nothing"),
];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    SUITES
        .iter()
        .map(|(suite, sentence)| {
            Case::booted(format!("guests::{sentence}"), |machine| {
                guest::run_suite(machine, guest::PROGRAM, suite)
            })
        })
        .collect()
}
