//! Every region that something leads to: names, files in memory, open files, views, numbered segments, pools.

use crate::fs;
use crate::ipc;
use crate::kernel_log;
use crate::mm::AddressSpace;
use crate::process::Process;
use crate::region::{Region, names};
use crate::topic;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// By their numbers.
pub type Regions = BTreeMap<u64, Arc<Region>>;

/// All that are found from the processes and address spaces, and from what has names.
pub fn find(processes: &[Arc<Process>], spaces: &[Arc<AddressSpace>]) -> Regions {
    let mut regions = Regions::new();
    let mut add = |region: Arc<Region>| _ = regions.insert(region.id(), region);
    for (_, region) in names::all() {
        add(region);
    }
    fs::visit_files_in_memory(&mut |node| node.region().into_iter().for_each(&mut add));
    for process in processes {
        // What the files are is asked without the lock.
        let files: Vec<_> = {
            let files = process.files.lock();
            files.descriptors.iter().map(|(_, file)| file.clone()).collect()
        };
        let nodes = files.iter().filter(|file| fs::keeps_bytes_in_memory(file.node()));
        nodes.filter_map(|file| file.region().ok()).for_each(&mut add);
    }
    for space in spaces {
        space.visit_objects(&mut |object| {
            let segment = || Some(ipc::segment::of_object(object)?.region().clone());
            Region::of_object(object).or_else(segment).into_iter().for_each(&mut add);
        });
    }
    for code in processes.iter().flat_map(|process| process.code()).flatten() {
        code.texts().cloned().for_each(&mut add);
    }
    kernel_log::region().cloned().into_iter().for_each(&mut add);
    ipc::segment::visit(&mut |segment| add(segment.region().clone()));
    topic::registry::visit_pools(&mut |pool| add(pool.clone()));
    regions
}
