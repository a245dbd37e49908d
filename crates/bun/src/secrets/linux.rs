//! libsecret, which speaks to the Secret Service over D-Bus.
//!
//! Source: <https://gnome.pages.gitlab.gnome.org/libsecret/>, `secret-schema.h`, `secret-password.h`, `gerror.h`.

#![expect(unsafe_code, reason = "libsecret is C, and looked up by name")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem;
use std::ptr;
use std::sync::OnceLock;

use zeroize::{Zeroize, Zeroizing};

use super::Error;

/// Bun's names: of the entries and of the two attributes that they are found by.
const SCHEMA: &CStr = c"com.oven-sh.bun.Secret";
const SERVICE: &CStr = c"service";
const ACCOUNT: &CStr = c"account";
/// `SECRET_COLLECTION_DEFAULT`
const COLLECTION: &CStr = c"default";
const LIBRARIES: [&CStr; 2] = [c"libglib-2.0.so.0", c"libsecret-1.so.0"];
const MOST_ATTRIBUTES: usize = 32;

/// `SecretSchemaAttribute`; the kind 0 is text.
#[repr(C)]
struct Attribute {
    name: *const c_char,
    kind: c_int,
}

/// `SecretSchema`; without flags the entries' schema has to be the same.
#[repr(C)]
struct Schema {
    name: *const c_char,
    flags: c_int,
    attributes: [Attribute; MOST_ATTRIBUTES],
    reserved: c_int,
    more_reserved: [*const c_void; 7],
}

/// `GError`
#[repr(C)]
struct Failure {
    domain: u32,
    code: c_int,
    message: *const c_char,
}

type Text = *const c_char;
/// A cancellable that there is none of, and a place for what went wrong.
type Cancellable = *mut c_void;
type FailurePlace = *mut *mut Failure;

/// A function that looks for an entry by its attributes.
type Query<T> = unsafe extern "C" fn(*const Schema, Cancellable, FailurePlace, ...) -> T;

/// What is used of the two libraries. They stay loaded.
struct Library {
    store: unsafe extern "C" fn(*const Schema, Text, Text, Text, Cancellable, FailurePlace, ...) -> c_int,
    lookup: Query<*mut c_char>,
    clear: Query<c_int>,
    free: unsafe extern "C" fn(*mut c_char),
    free_failure: unsafe extern "C" fn(*mut Failure),
}

impl Library {
    fn load() -> Option<Self> {
        let open = |name: &CStr| {
            // SAFETY: the name ends with NUL. Loading runs the libraries' own initialisation, which is what is wanted.
            let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_GLOBAL) };
            (!handle.is_null()).then_some(handle)
        };
        let [Some(glib), Some(secret)] = LIBRARIES.map(open) else { return None };
        let find = |library: *mut c_void, name: &CStr| {
            // SAFETY: the handle is open for good, the name ends with NUL.
            let symbol = unsafe { libc::dlsym(library, name.as_ptr()) };
            (!symbol.is_null()).then_some(symbol)
        };
        let (store, lookup) =
            (find(secret, c"secret_password_store_sync")?, find(secret, c"secret_password_lookup_sync")?);
        let (clear, free) = (find(secret, c"secret_password_clear_sync")?, find(secret, c"secret_password_free")?);
        let free_failure = find(glib, c"g_error_free")?;
        Some(Self {
            // SAFETY: the function of this name has had this signature in every version of `libsecret-1.so.0`.
            store: unsafe {
                mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(*const Schema, Text, Text, Text, Cancellable, FailurePlace, ...) -> c_int,
                >(store)
            },
            // SAFETY: as above.
            lookup: unsafe { mem::transmute::<*mut c_void, Query<*mut c_char>>(lookup) },
            // SAFETY: as above.
            clear: unsafe { mem::transmute::<*mut c_void, Query<c_int>>(clear) },
            // SAFETY: as above.
            free: unsafe { mem::transmute::<*mut c_void, unsafe extern "C" fn(*mut c_char)>(free) },
            // SAFETY: as above, of `libglib-2.0.so.0`.
            free_failure: unsafe { mem::transmute::<*mut c_void, unsafe extern "C" fn(*mut Failure)>(free_failure) },
        })
    }

    fn get() -> Result<&'static Self, Error> {
        static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
        LIBRARY.get_or_init(Self::load).as_ref().ok_or(Error::Unavailable)
    }

    /// What a function finds of a service and a name.
    fn ask<T>(&self, function: Query<T>, service: &CStr, name: &CStr) -> Result<T, Error> {
        let (schema, mut failure) = (schema(), ptr::null_mut());
        // SAFETY: all texts end with NUL and outlive the call, as does the schema, which has these two attributes, of
        // texts; a null pointer ends the list.
        let found = unsafe {
            function(
                &raw const schema,
                ptr::null_mut(),
                &raw mut failure,
                SERVICE.as_ptr(),
                service.as_ptr(),
                ACCOUNT.as_ptr(),
                name.as_ptr(),
                ptr::null::<c_char>(),
            )
        };
        self.outcome(failure)?;
        Ok(found)
    }

    /// Takes what went wrong, if anything did.
    fn outcome(&self, failure: *mut Failure) -> Result<(), Error> {
        if failure.is_null() {
            return Ok(());
        }
        // SAFETY: libsecret has made it for us, and nobody else has it.
        let message = unsafe { (*failure).message };
        let message = if message.is_null() {
            String::new()
        } else {
            // SAFETY: GLib's messages end with NUL.
            unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned()
        };
        // SAFETY: as above; it is not used afterwards.
        unsafe { (self.free_failure)(failure) };
        Err(Error::Store(message))
    }
}

/// The schema of Bun's entries.
fn schema() -> Schema {
    let attribute = |name: Text| Attribute { name, kind: 0 };
    let mut attributes = [const { Attribute { name: ptr::null(), kind: 0 } }; MOST_ATTRIBUTES];
    attributes[0] = attribute(SERVICE.as_ptr());
    attributes[1] = attribute(ACCOUNT.as_ptr());
    Schema { name: SCHEMA.as_ptr(), flags: 0, attributes, reserved: 0, more_reserved: [ptr::null(); 7] }
}

pub(super) fn get(service: &CStr, name: &CStr) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let library = Library::get()?;
    let found = library.ask(library.lookup, service, name)?;
    if found.is_null() {
        return Ok(None);
    }
    // SAFETY: libsecret's texts end with NUL.
    let length = unsafe { CStr::from_ptr(found) }.count_bytes();
    // SAFETY: so many bytes are there, ours until they are freed below; nobody else has them.
    let value = unsafe { std::slice::from_raw_parts_mut(found.cast::<u8>(), length) };
    let copy = Zeroizing::new(value.to_vec());
    value.zeroize();
    // SAFETY: as above; the slice is not used afterwards.
    unsafe { (library.free)(found) };
    Ok(Some(copy))
}

pub(super) fn set(service: &CStr, name: &CStr, value: &CStr) -> Result<(), Error> {
    let library = Library::get()?;
    let (schema, mut failure) = (schema(), ptr::null_mut());
    let label = [service.to_bytes(), b"/", name.to_bytes()].concat();
    let label = CString::new(label).map_err(|_| Error::Nul)?;
    // SAFETY: as in `ask`.
    let stored = unsafe {
        (library.store)(
            &raw const schema,
            COLLECTION.as_ptr(),
            label.as_ptr(),
            value.as_ptr(),
            ptr::null_mut(),
            &raw mut failure,
            SERVICE.as_ptr(),
            service.as_ptr(),
            ACCOUNT.as_ptr(),
            name.as_ptr(),
            ptr::null::<c_char>(),
        )
    };
    library.outcome(failure)?;
    if stored == 0 { Err(Error::Store("Failed to store password".to_owned())) } else { Ok(()) }
}

pub(super) fn delete(service: &CStr, name: &CStr) -> Result<bool, Error> {
    let library = Library::get()?;
    Ok(library.ask(library.clear, service, name)? != 0)
}
