//! What messages cost, counted in instructions: relations that hold on every host.

use crate::case::{Case, on_machine};
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::report::Table;
use crate::setup::INSTRUCTION_CLOCK;
use crate::{console, ensure, free};

/// All cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("bench":
        commons_own_ways_have_a_figure_each,
        every_question_of_growth_has_a_table,
        several_cores_do_the_same_at_once,
        the_kernel_s_memory_is_told_by_kind_and_by_what_it_is_for,
        copying_is_chosen_up_to_where_giving_pages_begins_to_be_cheaper,
        a_topic_s_message_costs_the_same_whatever_its_size,
    )
}

/// What the program prints on a machine whose clock counts instructions.
fn report(machine: &mut Machine, line: &str) -> Outcome<String> {
    let report = machine.succeed(line)?;
    ensure!(report.contains("Figures are instructions"), "the clock does not count: {report}");
    Ok(report)
}

/// The number that stands where the pattern has its group.
fn number(report: &str, expression: &str) -> Outcome<f64> {
    let found = console::pattern(expression).captures(report);
    let number = found.and_then(|found| found[1].parse().ok());
    number.ok_or_else(|| Failure::new(format!("‘{expression}’ is not in: {report}")))
}

fn commons_own_ways_have_a_figure_each() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let report = report(machine, "bench calls --quick")?;
        let rows = Table::after(&report, "ROW")?;
        let names = rows.column("ROW")?;
        for name in ["native_null_call", "context_switch", "interrupt_latency", "offer_1m"] {
            ensure!(names.contains(&name), "{name} is missing: {report}");
        }
        let costs = rows.numbers("COST")?;
        ensure!(costs.iter().all(|cost| *cost > 0.0), "something costs nothing: {report}");
        let cost_of = |wanted: &str| {
            let row = names.iter().position(|name| *name == wanted);
            row.map_or(f64::INFINITY, |row| costs[row])
        };
        // What is made, handed over and read cannot cost less than a store and a load a line.
        ensure!(cost_of("offer_1m") > 2.0 * 16384.0, "1 MiB was not touched: {report}");
        ensure!(cost_of("native_null_call") < cost_of("context_switch"), "{report}");
        Ok(())
    })
}

fn every_question_of_growth_has_a_table() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let questions =
            "fork views mapping names sleepers processes subscribers claims".split_whitespace();
        for question in questions {
            let report = report(machine, &format!("bench growth {question} --quick"))?;
            let title = report.lines().find(|line| line.contains("  ")).unwrap_or_default();
            let title = title.split_whitespace().next().unwrap_or_default();
            let table = Table::after(&report, title)?;
            let amounts = table.numbers(title)?;
            ensure!(amounts.first() == Some(&1.0), "it does not begin with one: {report}");
            ensure!(amounts.last() == Some(&64.0), "it ends before 64: {report}");
        }
        machine.fail("bench growth weeds").map(drop)
    })
}

fn several_cores_do_the_same_at_once() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let report = report(machine, "bench cores --quick")?;
        let table = Table::after(&report, "WORK")?;
        ensure!(table.column("WORK")?.len() == 5, "five kinds of work: {report}");
        for column in ["1-CORE", "2-CORES", "3-CORES", "4-CORES"] {
            ensure!(table.numbers(column)?.iter().all(|cost| *cost > 0.0), "{column}: {report}");
        }
        Ok(())
    })
}

fn the_kernel_s_memory_is_told_by_kind_and_by_what_it_is_for() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let printed = machine.succeed("free --kernel")?;
        let table = Table::after(&printed, "MEMORY")?;
        let kinds = table.column("MEMORY")?;
        ensure!(
            kinds == ["image", "tables", "stacks", "heap", "besides the image"],
            "other kinds: {printed}"
        );
        let pages = table.numbers("PAGES")?;
        ensure!(pages.iter().all(|pages| *pages > 0.0), "a kind has no pages: {printed}");
        ensure!(pages[1..4].iter().sum::<f64>() == pages[4], "the sum is wrong: {printed}");
        machine.fail("free --user")?;

        let report = report(machine, "bench memory")?;
        let table = Table::after(&report, "WHAT")?;
        let [process, thread, region, with_page, view] = table.numbers("THOUSAND")?[..] else {
            return Err(Failure::new(format!("five kinds: {report}")));
        };
        // Each process and each thread has at least a stack.
        ensure!(process >= 1000.0, "a thousand processes take {process} pages: {report}");
        ensure!(thread >= 1000.0 && thread < process, "a thread is less: {report}");
        ensure!(with_page > region && region > 0.0 && view > 0.0, "{report}");
        Ok(())
    })
}

fn copying_is_chosen_up_to_where_giving_pages_begins_to_be_cheaper() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let report = report(machine, "bench crossover --quick")?;
        let crossing = number(&report, r"passed on: from (\d+) bytes on")?;
        let chosen = number(&report, r"copies messages of at most (\d+) bytes")?;
        let ratio = chosen / crossing;
        ensure!(
            (0.5..=2.0).contains(&ratio),
            "a channel copies up to {chosen} bytes, but from {crossing} on giving is cheaper"
        );
        let sizes = Table::after(&report, "BYTES")?;
        let bytes = sizes.numbers("BYTES")?;
        ensure!(bytes.contains(&1000.0), "the table leaves out 1000 bytes: {report}");
        ensure!(bytes.last() == Some(&1_048_576.0), "the table ends before 1 MiB: {report}");
        let (passed, region) = (sizes.numbers("PASSED-PAGES")?, sizes.numbers("REGION")?);
        for (column, costs) in [("PIPE", sizes.numbers("PIPE")?), ("RING", sizes.numbers("RING")?)]
        {
            let cheaper = region.iter().zip(&costs).all(|(region, cost)| region < cost);
            ensure!(cheaper, "{column} is cheaper than one copy less: {report}");
            ensure!(
                passed.last() < costs.last(),
                "{column} is cheaper than giving 1 MiB: {report}"
            );
        }
        ensure!(report.contains("all pages are free again"), "pages are gone: {report}");
        let tables = Table::all_after(&report, "WHAT")?;
        ensure!(tables.len() == 2, "a table is missing: {report}");
        Table::after(&report, "SIZE").map(drop)
    })
}

fn a_topic_s_message_costs_the_same_whatever_its_size() -> Outcome {
    on_machine(INSTRUCTION_CLOCK, |machine| {
        let report = report(machine, "bench topics --quick")?;
        let sizes = Table::after(&report, "BYTES")?;
        let bytes = sizes.numbers("BYTES")?;
        ensure!(bytes.first() == Some(&64.0), "the table does not begin at 64 B: {report}");
        ensure!(bytes.last() == Some(&4_194_304.0), "the table ends before 4 MiB: {report}");
        for column in ["PUBLISH-TAKE", "PROCESS-PROCESS"] {
            let costs = sizes.numbers(column)?;
            let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
            let most = costs.iter().copied().fold(0.0, f64::max);
            ensure!(most <= least * 1.1, "{column} goes from {least} to {most}: {report}");
        }
        Ok(())
    })
}
