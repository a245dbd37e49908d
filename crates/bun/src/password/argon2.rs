//! Argon2 as a PHC string: `$argon2id$v=19$m=65536,t=2,p=1$<salt>$<hash>`.

use argon2::{Argon2, Params, Version};
use subtle::ConstantTimeEq;

use super::base64::STANDARD;
use super::workspace::Workspace;
use super::{Error, Variant, random};

const SALT: usize = 32;
const HASH: usize = 32;

pub(super) fn hash(password: &[u8], variant: Variant, memory: u32, time: u32) -> Result<String, Error> {
    let salt: [u8; SALT] = random()?;
    let costs = Costs { memory, time, lanes: 1 };
    let mut out = [0; HASH];
    compute(password, variant, costs, &salt, &mut out)?;
    Ok(format!("${}$v=19$m={memory},t={time},p=1${}${}", name(variant), STANDARD.encode(&salt), STANDARD.encode(&out)))
}

pub(super) fn verify(password: &[u8], stored: &str) -> Result<bool, Error> {
    let Parsed { variant, costs, salt, hash } = parse(stored).ok_or(Error::InvalidEncoding)?;
    if costs.memory == 0 || costs.time == 0 || costs.lanes == 0 || salt.len() < 8 || hash.len() < Params::MIN_OUTPUT_LEN
    {
        return Err(Error::WeakParameters);
    }
    // Less memory than eight blocks a lane is outside RFC 9106: no password can have led to such a hash.
    if u64::from(costs.memory) < 8 * u64::from(costs.lanes) {
        return Ok(false);
    }
    let mut out = vec![0; hash.len()];
    compute(password, variant, costs, &salt, &mut out)?;
    Ok(out.ct_eq(&hash).into())
}

#[derive(Clone, Copy)]
struct Costs {
    memory: u32,
    time: u32,
    lanes: u32,
}

struct Parsed {
    variant: Variant,
    costs: Costs,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// Reads a PHC string. The version may be missing; parameters stand in the order `m`, `t`, `p`.
fn parse(stored: &str) -> Option<Parsed> {
    let mut fields = stored.strip_prefix('$')?.split('$');
    let variant = match fields.next()? {
        "argon2d" => Variant::D,
        "argon2i" => Variant::I,
        "argon2id" => Variant::Id,
        _ => return None,
    };
    let mut field = fields.next()?;
    if let Some(version) = field.strip_prefix("v=") {
        if version != "19" {
            return None;
        }
        field = fields.next()?;
    }
    let mut parameters = field.split(',');
    let mut parameter = |name: &str| parameters.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let costs = Costs { memory: parameter("m=")?, time: parameter("t=")?, lanes: parameter("p=")? };
    if parameters.next().is_some() {
        return None;
    }
    let salt = STANDARD.decode(fields.next()?)?;
    let hash = STANDARD.decode(fields.next()?)?;
    fields.next().is_none().then_some(Parsed { variant, costs, salt, hash })
}

fn compute(password: &[u8], variant: Variant, costs: Costs, salt: &[u8], out: &mut [u8]) -> Result<(), Error> {
    let params =
        Params::new(costs.memory, costs.time, costs.lanes, Some(out.len())).map_err(|_| Error::WeakParameters)?;
    let algorithm = match variant {
        Variant::D => argon2::Algorithm::Argon2d,
        Variant::I => argon2::Algorithm::Argon2i,
        Variant::Id => argon2::Algorithm::Argon2id,
    };
    let mut workspace = Workspace::new(params.block_count())?;
    Argon2::new(algorithm, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, out, &mut workspace)
        .map_err(|_| Error::WeakParameters)
}

fn name(variant: Variant) -> &'static str {
    match variant {
        Variant::D => "argon2d",
        Variant::I => "argon2i",
        Variant::Id => "argon2id",
    }
}
