use super::*;
use crate::mm::view::Backing;
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, UNIT_SIZE};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Pages that the model knows.
const PAGES: usize = 1200;
const AREA: Range<usize> = 8 * PAGE_SIZE..(PAGES - 8) * PAGE_SIZE;

fn view(kind: u32) -> View {
    View::new(Protection::from_bits_truncate(kind), Protection::all(), Backing::Anonymous)
}

fn bytes(pages: Range<usize>) -> Range<usize> {
    pages.start * PAGE_SIZE..pages.end * PAGE_SIZE
}

/// What each page shows.
#[derive(Clone, Default)]
struct Model(BTreeMap<usize, u32>);

impl Model {
    /// The runs of equal pages.
    fn views(&self) -> Vec<(Range<usize>, u32)> {
        let mut views: Vec<(Range<usize>, u32)> = Vec::new();
        for (page, kind) in &self.0 {
            match views.last_mut() {
                Some((range, last)) if range.end == *page && last == kind => range.end += 1,
                _ => views.push((*page..page + 1, *kind)),
            }
        }
        views
    }

    /// The lowest page of the area with free pages from one before it to one behind so many.
    fn find_gap(&self, shape: Shape, pages: usize) -> Option<usize> {
        let area = AREA.start / PAGE_SIZE..AREA.end / PAGE_SIZE;
        let step = match shape {
            Shape::Pages => 1,
            Shape::Units => UNIT_SIZE / PAGE_SIZE,
        };
        area.clone().find(|start| {
            start.is_multiple_of(step)
                && *start > area.start
                && start + pages < area.end
                && self.0.range(start - 1..start + pages + 1).next().is_none()
        })
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Range<usize>, u32),
    Remove(Range<usize>),
    RemoveView(prop::sample::Index),
    Place(Shape, usize),
    Copy(u32),
}

fn range() -> impl Strategy<Value = Range<usize>> {
    (0..PAGES - 1, prop_oneof![1..4_usize, 1..40_usize, 1..700_usize])
        .prop_map(|(start, pages)| start..(start + pages).min(PAGES))
}

fn step() -> impl Strategy<Value = Step> {
    let shape = prop_oneof![Just(Shape::Pages), Just(Shape::Units)];
    prop_oneof![
        3 => (range(), 0..3_u32).prop_map(|(range, kind)| Step::Insert(range, kind)),
        2 => range().prop_map(Step::Remove),
        4 => any::<prop::sample::Index>().prop_map(Step::RemoveView),
        4 => (shape, prop_oneof![1..4_usize, 1..30_usize, 1..700_usize])
            .prop_map(|(shape, pages)| Step::Place(shape, pages)),
        1 => (0..4_u32).prop_map(Step::Copy),
    ]
}

fn check(views: &Views, model: &Model) {
    let expected = model.views();
    let found: Vec<_> = views.iter().map(|(range, view)| (range.clone(), view.clone())).collect();
    let wanted: Vec<_> =
        expected.iter().map(|(pages, kind)| (bytes(pages.clone()), view(*kind))).collect();
    assert_eq!(found, wanted);
    assert_eq!(views.len(), expected.len());
    assert_eq!(views.bytes(), model.0.len() * PAGE_SIZE);
}

fn check_looking(views: &Views, model: &Model, pages: Range<usize>) {
    let at = pages.start;
    let wanted = model.0.get(&at).map(|kind| view(*kind));
    assert_eq!(views.get(at * PAGE_SIZE + 7).cloned(), wanted);
    let range = bytes(pages.clone());
    let shown = model.0.range(pages.clone()).count();
    assert_eq!(views.overlaps(&range), shown > 0);
    assert_eq!(views.cover(&range), shown == pages.len());
    let mut expected = model.views();
    let before = expected.iter().rfind(|(found, _)| found.start < at).cloned();
    let last = views.last_starting_before(range.start).map(|(found, _)| found.clone());
    assert_eq!(last, before.map(|(found, _)| bytes(found)));
    for (known, _) in &expected {
        let alone = bytes(known.start.min(at)..known.end.max(pages.end));
        let known = bytes(known.clone());
        let others = views.overlapping(alone.clone()).filter(|(other, _)| **other != known);
        assert!(!views.is_known_alone(&known, &alone) || others.count() == 0);
    }
    let is_view = expected.iter().any(|(found, _)| bytes(found.clone()) == range);
    assert!(is_view || !views.is_known_view(&range));
    expected.retain(|(found, _)| found.start < pages.end && found.end > pages.start);
    let found: Vec<_> = views.overlapping(range.clone()).map(|(found, _)| found.clone()).collect();
    let wanted: Vec<_> = expected.iter().map(|(found, _)| bytes(found.clone())).collect();
    assert_eq!(found, wanted);
}

proptest! {
    #[test]
    fn views_are_those_of_a_model_page_by_page(
        steps in prop::collection::vec((step(), range()), 0..120),
    ) {
        let (mut views, mut model) = (Views::new(), Model::default());
        for (step, look) in steps {
            match step {
                Step::Insert(pages, kind) => {
                    views.insert(bytes(pages.clone()), view(kind));
                    model.0.extend(pages.map(|page| (page, kind)));
                }
                Step::Remove(pages) => {
                    views.remove(bytes(pages.clone()));
                    model.0.retain(|page, _| !pages.contains(page));
                }
                Step::RemoveView(index) => {
                    let all = model.views();
                    if !all.is_empty() {
                        let (pages, _) = index.get(&all);
                        views.remove(bytes(pages.clone()));
                        model.0.retain(|page, _| !pages.contains(page));
                    }
                }
                Step::Place(shape, pages) => {
                    let index = shape as usize;
                    let found = views.find_gap(index, &AREA, shape, pages * PAGE_SIZE);
                    let wanted = model.find_gap(shape, pages);
                    prop_assert_eq!(found, wanted.map(|page| page * PAGE_SIZE));
                    if let Some(start) = wanted {
                        views.insert(bytes(start..start + pages), view(1));
                        model.0.extend((start..start + pages).map(|page| (page, 1)));
                    }
                }
                Step::Copy(left_out) => {
                    let is_kept = |kept: &View| *kept != view(left_out);
                    views = views.copy(|_, view| is_kept(view).then(|| view.clone()));
                    model.0.retain(|_, kind| is_kept(&view(*kind)));
                }
            }
            check(&views, &model);
            check_looking(&views, &model, look);
        }
    }
}

#[test]
fn many_views_come_and_go_in_any_order_and_leave_no_memory_behind() {
    crate::testing::set_up_memory();
    let mut views = Views::new();
    let place = |index: usize| bytes(2 * index..2 * index + 1);
    for index in 0..65_536 {
        views.insert(place(index), view(1));
    }
    assert_eq!((views.len(), views.iter().count()), (65_536, 65_536));
    for index in (0..65_536).map(|index| index * 40_503 % 65_536) {
        assert!(views.get(place(index).start).is_some());
        views.remove(place(index));
    }
    assert_eq!((views.len(), views.bytes()), (0, 0));
}

#[test]
fn the_same_place_is_found_again_and_the_lowest_one_that_was_freed() {
    let mut views = Views::new();
    let place = |views: &mut Views, pages: usize| {
        let start = views.find_gap(0, &AREA, Shape::Pages, pages * PAGE_SIZE).expect("room");
        views.insert(start..start + pages * PAGE_SIZE, view(1));
        start
    };
    let starts: Vec<usize> = (0..100).map(|_| place(&mut views, 2)).collect();
    assert!(starts.is_sorted());
    for index in [70, 30, 50] {
        views.remove(starts[index]..starts[index] + 2 * PAGE_SIZE);
    }
    assert!(place(&mut views, 3) > starts[99]);
    let again: Vec<usize> = (0..3).map(|_| place(&mut views, 2)).collect();
    assert_eq!(again, [starts[30], starts[50], starts[70]]);
}
