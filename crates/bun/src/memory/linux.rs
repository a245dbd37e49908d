//! What the pool needs of Linux.

use memmap2::{Advice, MmapMut};

/// Bytes of memory that the machine has.
pub(super) fn memory() -> Option<usize> {
    let info = rustix::system::sysinfo();
    usize::try_from(info.totalram).ok()?.checked_mul(usize::try_from(info.mem_unit).ok()?)
}

/// Asks for huge pages. A kernel without them serves small ones.
pub(super) fn ask_for_huge_pages(map: &MmapMut) {
    let _ = map.advise(Advice::HugePage);
}
