//! What the pool needs of systems that are not Linux.

use memmap2::MmapMut;

/// Not known here.
pub(super) fn memory() -> Option<usize> {
    None
}

/// The system chooses the size of pages itself.
pub(super) fn ask_for_huge_pages(_map: &MmapMut) {}
