//! What the pool needs of Linux.

use memmap2::{Advice, MmapMut};

/// Bytes of memory that the machine has, or that the control group (a container) may use where that is less.
pub(super) fn memory() -> Option<usize> {
    let info = rustix::system::sysinfo();
    let all = usize::try_from(info.totalram).ok()?.checked_mul(usize::try_from(info.mem_unit).ok()?)?;
    Some(allowed().map_or(all, |allowed| allowed.min(all)))
}

/// What a container sees of its own limit, with either version of control groups.
fn allowed() -> Option<usize> {
    const FILES: [&str; 2] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    FILES.iter().find_map(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok())
}

/// Asks for huge pages. A kernel without them serves small ones.
pub(super) fn ask_for_huge_pages(map: &MmapMut) {
    let _ = map.advise(Advice::HugePage);
}
