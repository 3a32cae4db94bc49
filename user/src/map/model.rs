//! What the picture shows: processes, regions, and who reaches what.

use alloc::string::String;
use alloc::vec::Vec;

/// What a process may do with a region that it sees.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Right {
    /// Read it.
    Read,
    /// Read and write it.
    Write,
}

/// A process sees a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Link {
    /// The region's index.
    pub region: usize,
    /// What it may do there.
    pub right: Right,
}

/// A process.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its program.
    pub name: String,
    /// Pages that are its own.
    pub private: u64,
    /// Pages of files and regions of which it gets a copy when it writes.
    pub copied: u64,
    /// Pages of regions.
    pub shared: u64,
    /// Offers that wait for its claim.
    pub offered: u64,
    /// What it sees, each region once.
    pub links: Vec<Link>,
}

/// A region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region {
    /// Its number.
    pub id: u64,
    /// Its name; a nameless one has a made-up one.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Pages that have memory.
    pub resident: u64,
}

/// A view of a process, as it is told by the kernel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// The region's number, if it is one's.
    pub region: Option<u64>,
    /// The region's name.
    pub name: String,
    /// Bytes of addresses.
    pub bytes: u64,
    /// Pages that are there.
    pub resident: u64,
    /// Whether stores reach others.
    pub is_shared: bool,
    /// Whether stores are allowed.
    pub writes: bool,
}

/// What a process does in a topic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// It publishes.
    Publishes,
    /// It subscribes.
    Subscribes,
}

/// A process in a topic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    /// The process's index.
    pub process: usize,
    /// What it does there.
    pub part: Part,
    /// Messages that it has published, or taken.
    pub passed: u64,
}

/// A topic.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Messages published so far.
    pub published: u64,
    /// Who publishes and who subscribes.
    pub members: Vec<Member>,
}

/// Pages that a process has offered to another one, which has not claimed them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parcel {
    /// The offerer's index.
    pub from: usize,
    /// The receiver's index.
    pub to: usize,
    /// Where the pages lie in the offerer.
    pub address: u64,
    /// How many there are.
    pub pages: u64,
}

/// All of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Model {
    /// By their numbers.
    pub processes: Vec<Process>,
    /// Near those who see them.
    pub regions: Vec<Region>,
    /// By their names.
    pub topics: Vec<Topic>,
    /// What is on its way.
    pub parcels: Vec<Parcel>,
}

impl Topic {
    fn shape(&self) -> (&str, Vec<(usize, Part)>) {
        (&self.name, self.members.iter().map(|member| (member.process, member.part)).collect())
    }
}

impl Model {
    /// Puts together what was asked for: processes without links, each with its views, and the regions with a name.
    pub fn assemble(processes: Vec<(Process, Vec<Seen>)>, named: Vec<Region>) -> Self {
        let mut model = Self { regions: named, ..Self::default() };
        for (mut process, views) in processes {
            for view in &views {
                model.add(&mut process, view);
            }
            model.processes.push(process);
        }
        model.processes.sort_by_key(|process| process.pid);
        model.bring_near();
        model
    }

    fn add(&mut self, process: &mut Process, view: &Seen) {
        let Some(id) = view.region.filter(|_| view.is_shared) else {
            let pages =
                if view.region.is_some() { &mut process.copied } else { &mut process.private };
            *pages += view.resident;
            return;
        };
        process.shared += view.resident;
        let region = self.regions.iter().position(|region| region.id == id).unwrap_or_else(|| {
            let name =
                if view.name.is_empty() { alloc::format!("#{id}") } else { view.name.clone() };
            let region = Region { id, name, bytes: view.bytes, resident: view.resident };
            self.regions.push(region);
            self.regions.len() - 1
        });
        let right = if view.writes { Right::Write } else { Right::Read };
        match process.links.iter_mut().find(|link| link.region == region) {
            Some(link) => link.right = link.right.max(right),
            None => process.links.push(Link { region, right }),
        }
    }

    /// Orders the regions so that each lies near the middle of its processes, which leaves few lines that cross.
    fn bring_near(&mut self) {
        let mut keyed: Vec<(u64, usize)> = (0..self.regions.len())
            .map(|index| {
                let sees =
                    |process: &Process| process.links.iter().any(|link| link.region == index);
                let viewers = (0..).zip(&self.processes).filter(|(_, process)| sees(process));
                let (sum, count) =
                    viewers.fold((0, 0), |(sum, count), (at, _)| (sum + at, count + 1));
                // Those that nobody sees come last.
                ((sum * 1000_u64).checked_div(count).unwrap_or(u64::MAX), index)
            })
            .collect();
        keyed.sort_by(|one, other| {
            (one.0, &self.regions[one.1].name).cmp(&(other.0, &self.regions[other.1].name))
        });
        let mut place = alloc::vec![0; keyed.len()];
        let mut regions = Vec::with_capacity(keyed.len());
        for (to, (_, from)) in keyed.iter().enumerate() {
            place[*from] = to;
            regions.push(self.regions[*from].clone());
        }
        self.regions = regions;
        for link in self.processes.iter_mut().flat_map(|process| &mut process.links) {
            link.region = place[link.region];
        }
    }

    /// The index of a process.
    pub fn index_of(&self, pid: u32) -> Option<usize> {
        self.processes.binary_search_by_key(&pid, |process| process.pid).ok()
    }

    /// Processes, regions and topics that are linked or not: what a picture has to be drawn anew for.
    pub fn has_same_shape(&self, other: &Self) -> bool {
        let shape = |process: &Process| (process.pid, process.name.clone(), process.links.clone());
        let region = |region: &Region| (region.id, region.name.clone(), region.bytes);
        self.processes.iter().map(shape).eq(other.processes.iter().map(shape))
            && self.regions.iter().map(region).eq(other.regions.iter().map(region))
            && self.topics.iter().map(Topic::shape).eq(other.topics.iter().map(Topic::shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn process(pid: u32) -> Process {
        Process { pid, name: std::format!("p{pid}"), ..Process::default() }
    }

    fn seen(region: u64, writes: bool) -> Seen {
        Seen {
            region: Some(region),
            name: std::format!("/r{region}"),
            bytes: 4096,
            resident: 1,
            is_shared: true,
            writes,
        }
    }

    fn named(id: u64) -> Region {
        Region { id, name: std::format!("/r{id}"), bytes: 4096, resident: 1 }
    }

    #[test]
    fn two_views_of_a_region_are_one_link_with_the_greater_right() {
        let views = vec![seen(7, false), seen(7, true), seen(7, false)];
        let model = Model::assemble(vec![(process(1), views)], vec![named(7)]);
        assert_eq!(model.processes[0].links, [Link { region: 0, right: Right::Write }]);
        assert_eq!((model.processes[0].shared, model.regions.len()), (3, 1));
    }

    #[test]
    fn regions_lie_in_the_order_of_their_processes_and_links_follow_them() {
        let processes = vec![
            (process(2), vec![seen(5, true)]),
            (process(1), vec![seen(9, true), Seen { is_shared: false, ..seen(9, true) }]),
            (process(3), vec![seen(4, false), Seen { region: None, ..seen(0, true) }]),
        ];
        let model = Model::assemble(processes, vec![named(4), named(5), named(6), named(9)]);
        let names: Vec<&str> = model.regions.iter().map(|region| region.name.as_str()).collect();
        assert_eq!(names, ["/r9", "/r5", "/r4", "/r6"]);
        for process in &model.processes {
            let wanted = [9, 5, 4][process.pid as usize - 1];
            assert_eq!(model.regions[process.links[0].region].id, wanted);
        }
        assert_eq!((model.processes[0].copied, model.processes[2].private), (1, 1));
    }

    #[test]
    fn a_region_without_a_name_is_shown_by_its_number() {
        let view = Seen { name: String::new(), ..seen(3, true) };
        let model = Model::assemble(vec![(process(1), vec![view])], vec![]);
        assert_eq!(model.regions[0].name, "#3");
    }
}
