//! Files as memory, on Unix.
//!
//! A mapping ends in SIGBUS where its file was cut off. The handler that is installed with the first
//! mapping knows all of them: it puts a page of zeros where the fault was and lets the program go on.
//! A fault elsewhere goes to the handler that was there before.
#![expect(unsafe_code, reason = "mmap, and the handler of SIGBUS")]

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Error, Options};

/// A mapped range, unmapped when dropped.
#[derive(Debug)]
pub struct Mapping {
    base: usize,
    length: usize,
    skip: usize,
    slot: Option<usize>,
}

impl Mapping {
    /// Maps a part of a file for reading and writing.
    ///
    /// # Errors
    /// `Open`; `Map` with `EINVAL` for an empty range, `ENOTSUP` for `sync` on storage without it.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let opened = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(path);
        let file = opened.map_err(|error| Error::Open(error, path.to_path_buf()))?;
        let whole = file.metadata().map_err(Error::Map)?.len();
        let rest = usize::try_from(whole).unwrap_or(usize::MAX).saturating_sub(options.offset);
        let size = options.size.map_or(rest, |size| size.min(rest));
        if size == 0 {
            return Err(Error::Map(io::Error::from_raw_os_error(libc::EINVAL)));
        }
        install_handler();
        let skip = options.offset % page();
        let at = libc::off_t::try_from(options.offset - skip)
            .map_err(|_| Error::Map(io::Error::from_raw_os_error(libc::EOVERFLOW)))?;
        // SAFETY: asks for fresh memory; the kernel chooses where. Every argument is a number.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                size + skip,
                libc::PROT_READ | libc::PROT_WRITE,
                flags(options),
                file.as_raw_fd(),
                at,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(Error::Map(io::Error::last_os_error()));
        }
        let (base, length) = (base as usize, size + skip);
        Ok(Self { base, length, skip, slot: known::add(base, length) })
    }

    /// Where the range starts.
    #[must_use]
    pub fn address(&self) -> *mut u8 {
        (self.base + self.skip) as *mut u8
    }

    /// Bytes of the range.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length - self.skip
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            known::remove(slot);
        }
        // SAFETY: the range is ours since `open` and nobody uses it any more.
        unsafe { libc::munmap(self.base as *mut libc::c_void, self.length) };
    }
}

fn flags(options: Options) -> libc::c_int {
    match options {
        #[cfg(target_os = "linux")]
        Options { shared: true, sync: true, .. } => libc::MAP_SHARED_VALIDATE | libc::MAP_SYNC,
        Options { shared: true, .. } => libc::MAP_SHARED,
        Options { shared: false, .. } => libc::MAP_PRIVATE,
    }
}

fn page() -> usize {
    static PAGE: AtomicUsize = AtomicUsize::new(0);
    let known = PAGE.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    // SAFETY: takes a number.
    let size = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
    PAGE.store(size, Ordering::Relaxed);
    size
}

/// The mappings that the handler knows: plain atomics, for it may take no lock.
mod known {
    use super::{AtomicUsize, Ordering};

    const SLOTS: usize = 1024;
    static BASES: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
    static LENGTHS: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];

    /// `None` when there is no room: that mapping is not protected.
    pub(super) fn add(base: usize, length: usize) -> Option<usize> {
        let slot = BASES
            .iter()
            .position(|slot| slot.compare_exchange(0, base, Ordering::AcqRel, Ordering::Relaxed).is_ok())?;
        LENGTHS[slot].store(length, Ordering::Release);
        Some(slot)
    }

    pub(super) fn remove(slot: usize) {
        LENGTHS[slot].store(0, Ordering::Release);
        BASES[slot].store(0, Ordering::Release);
    }

    pub(super) fn has(address: usize) -> bool {
        (0..SLOTS).any(|slot| {
            let base = BASES[slot].load(Ordering::Acquire);
            base != 0 && address >= base && address - base < LENGTHS[slot].load(Ordering::Acquire)
        })
    }
}

static PREVIOUS: OnceLock<Previous> = OnceLock::new();

struct Previous(libc::sigaction);

// SAFETY: a plain record of numbers and a function's address, never changed.
unsafe impl Send for Previous {}
// SAFETY: as above.
unsafe impl Sync for Previous {}

fn install_handler() {
    PREVIOUS.get_or_init(|| {
        page(); // the handler finds it computed
        let mut previous = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = on_fault;
        // SAFETY: a zeroed sigaction is a valid one, with an empty mask.
        let fields = unsafe { action.assume_init_mut() };
        fields.sa_sigaction = handler as usize;
        fields.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: both point to sigactions that outlive the call.
        unsafe { libc::sigaction(libc::SIGBUS, action.as_ptr(), previous.as_mut_ptr()) };
        // SAFETY: zeroed above and filled by the call.
        Previous(unsafe { previous.assume_init() })
    });
}

/// Runs in a signal handler: no locks, no allocation.
extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid record with SA_SIGINFO.
    let address = unsafe { (*info).si_addr() } as usize;
    if known::has(address) && cover(address) {
        return;
    }
    let Some(Previous(previous)) = PREVIOUS.get() else { return };
    if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
        // SAFETY: puts the default back; the instruction that faulted runs again and ends the process as it would have.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        return;
    }
    if previous.sa_flags & libc::SA_SIGINFO != 0 {
        // SAFETY: with SA_SIGINFO the field holds a function of this signature.
        let handler = unsafe {
            std::mem::transmute::<usize, extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void)>(
                previous.sa_sigaction,
            )
        };
        handler(signal, info, context);
    } else {
        // SAFETY: without SA_SIGINFO the field holds a function of this signature.
        let handler = unsafe { std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(previous.sa_sigaction) };
        handler(signal);
    }
}

/// Puts a page of zeros where a file was cut off.
fn cover(address: usize) -> bool {
    let start = address - address % page();
    // SAFETY: the page lies in a mapping of ours (checked by the caller), whose memory is gone.
    let covered = unsafe {
        libc::mmap(
            start as *mut libc::c_void,
            page(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
            -1,
            0,
        )
    };
    covered != libc::MAP_FAILED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_cut_off_reads_as_zeros() {
        let path = std::env::temp_dir().join(format!("dx-mmap-{}", std::process::id()));
        std::fs::write(&path, vec![1; 100_000]).unwrap();
        let mapping = Mapping::open(&path, Options { offset: 1, size: None, shared: true, sync: false }).unwrap();
        assert_eq!(mapping.length(), 99_999);
        OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
        // SAFETY: the last byte of a live mapping.
        assert_eq!(unsafe { mapping.address().add(99_998).read_volatile() }, 0);
        std::fs::remove_file(&path).unwrap();
    }
}
