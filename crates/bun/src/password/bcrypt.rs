//! bcrypt as crypt(3) writes it (`$2b$10$<salt><hash>`), and read as a PHC string too.

use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::base64::{CRYPT, STANDARD};
use super::{Error, random};

/// bcrypt reads 72 bytes of the password and its NUL.
const LONGEST: usize = 72;
const SALT: usize = 16;
/// The cipher gives 24 bytes, of which the format keeps 23.
const HASH: usize = 23;
/// `$2b$10$`, 22 characters of salt, 31 of hash.
const LENGTH: usize = 60;

pub(super) fn hash(password: &[u8], cost: u32) -> Result<String, Error> {
    if !(4..=31).contains(&cost) {
        return Err(Error::WeakParameters);
    }
    let salt: [u8; SALT] = random()?;
    let hash = compute(password, cost, salt);
    Ok(format!("$2b${cost:02}${}{}", CRYPT.encode(&salt), CRYPT.encode(&hash)))
}

pub(super) fn verify(password: &[u8], stored: &str) -> Result<bool, Error> {
    if stored.starts_with('$') && !stored.starts_with("$2") && !stored.starts_with("$bcrypt") {
        return Ok(false); // well-formed or not, it is another algorithm's
    }
    let parsed = if stored.starts_with("$2") { parse_crypt(stored) } else { parse_phc(stored) };
    let Parsed { cost, salt, hash } = parsed.ok_or(Error::InvalidEncoding)?;
    if !(4..=31).contains(&cost) {
        return Err(Error::WeakParameters);
    }
    Ok(compute(password, cost, salt).ct_eq(&hash).into())
}

struct Parsed {
    cost: u32,
    salt: [u8; SALT],
    hash: [u8; HASH],
}

fn parse_crypt(stored: &str) -> Option<Parsed> {
    if stored.len() != LENGTH || !stored.is_ascii() || &stored[3..4] != "$" || &stored[6..7] != "$" {
        return None;
    }
    Some(Parsed {
        cost: stored[4..6].parse().ok()?,
        salt: CRYPT.decode(&stored[7..29])?.try_into().ok()?,
        hash: CRYPT.decode(&stored[29..])?.try_into().ok()?,
    })
}

fn parse_phc(stored: &str) -> Option<Parsed> {
    let mut fields = stored.strip_prefix("$bcrypt$")?.split('$');
    let cost = fields.next()?.strip_prefix("r=")?.parse().ok()?;
    let salt = STANDARD.decode(fields.next()?)?.try_into().ok()?;
    let hash = STANDARD.decode(fields.next()?)?.try_into().ok()?;
    fields.next().is_none().then_some(Parsed { cost, salt, hash })
}

/// Bun hashes what bcrypt would cut off with SHA-512 first (`password.len() > 72`).
fn compute(password: &[u8], cost: u32, salt: [u8; SALT]) -> [u8; HASH] {
    let mut key = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    if password.len() > LONGEST {
        key.extend_from_slice(&Sha512::digest(password));
    } else {
        key.extend_from_slice(password);
    }
    key.push(0);
    key.truncate(LONGEST);
    let full = bcrypt::bcrypt(cost, salt, &key);
    let mut hash = [0; HASH];
    hash.copy_from_slice(&full[..HASH]);
    hash
}
