//! `Bun.password`: Argon2 and bcrypt in the formats that Bun writes and reads.
//!
//! Source: <https://bun.com/docs/runtime/hashing#bun-password>, RFC 9106 (Argon2), the PHC string
//! format, and Provos & Mazières 1999 (bcrypt).

mod argon2;
mod base64;
mod bcrypt;
mod workspace;

use dx_fault::{Class, Fault};

/// Why a password could not be hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stored hash does not follow its format.
    #[error("InvalidEncoding")]
    InvalidEncoding,
    /// The parameters are below what the algorithm allows.
    #[error("WeakParameters")]
    WeakParameters,
    /// The stored hash names no algorithm that is known.
    #[error("UnsupportedAlgorithm")]
    UnsupportedAlgorithm,
    /// There is not enough memory for the parameters.
    #[error("OutOfMemory")]
    OutOfMemory,
    /// The operating system gave no random bytes.
    #[error("EntropyUnavailable")]
    EntropyUnavailable,
}

/// What was asked for when an [`Error`] came up; it is part of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// [`hash`]
    Hashing,
    /// [`verify`]
    Verification,
}

impl Error {
    /// Makes the JavaScript error, `Password verification failed with error "InvalidEncoding"`.
    #[must_use]
    pub fn during(self, operation: Operation) -> Fault {
        let code = match self {
            Self::InvalidEncoding => "PASSWORD_INVALID_ENCODING",
            Self::WeakParameters => "PASSWORD_WEAK_PARAMETERS",
            Self::UnsupportedAlgorithm => "PASSWORD_UNSUPPORTED_ALGORITHM",
            Self::OutOfMemory => "PASSWORD_OUT_OF_MEMORY",
            Self::EntropyUnavailable => "PASSWORD_ENTROPY_UNAVAILABLE",
        };
        let what = match operation {
            Operation::Hashing => "hashing",
            Operation::Verification => "verification",
        };
        Fault::new(Class::Error, code, format!("Password {what} failed with error \"{self}\""))
    }
}

/// An algorithm with its costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Argon2 version 1.3 with one lane.
    Argon2 {
        /// Which of the three.
        variant: Variant,
        /// Memory in KiB, at least 8.
        memory: u32,
        /// Passes, at least 1.
        time: u32,
    },
    /// bcrypt.
    Bcrypt {
        /// The logarithm of the number of rounds, 4 to 31.
        cost: u32,
    },
}

/// A variant of Argon2 (RFC 9106, section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Data-dependent memory access.
    D,
    /// Data-independent memory access.
    I,
    /// The first half pass as `I`, the rest as `D`.
    Id,
}

/// Which family a stored hash is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A PHC string `$argon2…$`.
    Argon2,
    /// `$2a$`, `$2b$`, `$2y$` or a PHC string `$bcrypt$`.
    Bcrypt,
}

/// Hashes a password with a fresh salt.
///
/// # Errors
/// [`Error::WeakParameters`], [`Error::OutOfMemory`], [`Error::EntropyUnavailable`].
pub fn hash(password: &[u8], algorithm: Algorithm) -> Result<String, Error> {
    match algorithm {
        Algorithm::Argon2 { variant, memory, time } => argon2::hash(password, variant, memory, time),
        Algorithm::Bcrypt { cost } => bcrypt::hash(password, cost),
    }
}

/// Verifies a password against a stored hash, in constant time for hashes of equal length.
///
/// Without a family the hash itself tells.
///
/// # Errors
/// [`Error::InvalidEncoding`], [`Error::WeakParameters`], [`Error::UnsupportedAlgorithm`],
/// [`Error::OutOfMemory`].
pub fn verify(password: &[u8], stored: &[u8], family: Option<Family>) -> Result<bool, Error> {
    let family = family.or_else(|| family_of(stored)).ok_or(Error::UnsupportedAlgorithm)?;
    let stored = std::str::from_utf8(stored).map_err(|_| Error::InvalidEncoding)?;
    match family {
        Family::Argon2 => argon2::verify(password, stored),
        Family::Bcrypt => bcrypt::verify(password, stored),
    }
}

fn family_of(stored: &[u8]) -> Option<Family> {
    let starts = |prefix: &str| stored.starts_with(prefix.as_bytes());
    if starts("$argon2id$") || starts("$argon2i$") || starts("$argon2d$") {
        Some(Family::Argon2)
    } else if starts("$2") || starts("$bcrypt") {
        Some(Family::Bcrypt)
    } else {
        None
    }
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::EntropyUnavailable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Algorithm = Algorithm::Argon2 { variant: Variant::Id, memory: 16, time: 2 };

    fn round_trip(algorithm: Algorithm) {
        let stored = hash(b"secret", algorithm).expect("hashes");
        assert_eq!(verify(b"secret", stored.as_bytes(), None), Ok(true));
        assert_eq!(verify(b"Secret", stored.as_bytes(), None), Ok(false));
    }

    #[test]
    fn every_algorithm_verifies_what_it_hashed() {
        for variant in [Variant::D, Variant::I, Variant::Id] {
            round_trip(Algorithm::Argon2 { variant, memory: 8, time: 1 });
        }
        round_trip(LIGHT);
        round_trip(Algorithm::Bcrypt { cost: 4 });
    }

    #[test]
    fn published_bcrypt_vectors_verify() {
        // From the test suite of Openwall's crypt_blowfish.
        let vectors = [
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
            ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ];
        for (password, stored) in vectors {
            assert_eq!(verify(password.as_bytes(), stored.as_bytes(), None), Ok(true), "{password}");
        }
    }

    #[test]
    fn published_argon2_vector_verifies() {
        // From the test suite of the reference implementation (phc-winner-argon2, test.c).
        let stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(verify(b"password", stored.as_bytes(), None), Ok(true));
    }

    #[test]
    fn a_long_password_is_hashed_before_bcrypt() {
        let stored = hash(&[b'a'; 73], Algorithm::Bcrypt { cost: 4 }).expect("hashes");
        assert_eq!(verify(&[b'a'; 73], stored.as_bytes(), None), Ok(true));
        assert_eq!(verify(&[b'a'; 72], stored.as_bytes(), None), Ok(false));
    }

    #[test]
    fn malformed_hashes_are_named() {
        let cases = [
            ("", Error::UnsupportedAlgorithm),
            ("garbage", Error::UnsupportedAlgorithm),
            ("$argon2", Error::UnsupportedAlgorithm),
            ("$argon2id$", Error::InvalidEncoding),
            ("$2", Error::InvalidEncoding),
            ("$2b$04$short", Error::InvalidEncoding),
            ("$argon2id$v=16$m=16,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR", Error::InvalidEncoding),
            ("$argon2id$v=19$t=2,m=16,p=1$c29tZXNhbHQ$nf65EOgLrQMR", Error::InvalidEncoding),
            ("$argon2id$v=19$m=16,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR", Error::WeakParameters),
            ("$argon2id$v=19$m=16,t=1,p=1$c29t$nf65EOgLrQMR", Error::WeakParameters),
        ];
        for (stored, error) in cases {
            assert_eq!(verify(b"x", stored.as_bytes(), None), Err(error), "{stored}");
        }
        assert_eq!(verify(b"x", b"\xff$2b$", Some(Family::Bcrypt)), Err(Error::InvalidEncoding));
    }
}
