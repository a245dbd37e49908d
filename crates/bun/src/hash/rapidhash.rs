//! rapidhash, version 1 (Nicolas De Carli, <https://github.com/Nicoshev/rapidhash>).

use super::{mix, multiply, read32, read64};

const SECRET: [u64; 3] = [0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9, 0x4B33_A62E_D433_D4A3];
const BLOCK: usize = 48;

pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let length = bytes.len();
    let mut state = seed ^ mix(seed ^ SECRET[0], SECRET[1]) ^ length as u64;
    let (mut a, mut b);
    if length <= 16 {
        (a, b) = short(bytes);
    } else {
        let mut rest = bytes;
        if length > BLOCK {
            let (mut second, mut third) = (state, state);
            while rest.len() >= BLOCK {
                let (block, after) = rest.split_at(BLOCK);
                state = mix(read64(block, 0) ^ SECRET[0], read64(block, 8) ^ state);
                second = mix(read64(block, 16) ^ SECRET[1], read64(block, 24) ^ second);
                third = mix(read64(block, 32) ^ SECRET[2], read64(block, 40) ^ third);
                rest = after;
            }
            state ^= second ^ third;
        }
        if rest.len() > 16 {
            state = mix(read64(rest, 0) ^ SECRET[2], read64(rest, 8) ^ state ^ SECRET[1]);
            if rest.len() > 32 {
                state = mix(read64(rest, 16) ^ SECRET[2], read64(rest, 24) ^ state);
            }
        }
        a = read64(bytes, length - 16);
        b = read64(bytes, length - 8);
    }
    a ^= SECRET[1];
    b ^= state;
    (a, b) = multiply(a, b);
    mix(a ^ SECRET[0] ^ length as u64, b ^ SECRET[1])
}

fn short(bytes: &[u8]) -> (u64, u64) {
    let length = bytes.len();
    let word = |at| u64::from(read32(bytes, at));
    match length {
        0 => (0, 0),
        1..=3 => {
            let byte = |at: usize| u64::from(bytes[at]);
            ((byte(0) << 56) | (byte(length >> 1) << 32) | byte(length - 1), 0)
        }
        _ => {
            let last = length - 4;
            let delta = (length & 0x18) >> (length >> 3);
            ((word(0) << 32) | word(last), (word(delta) << 32) | word(last - delta))
        }
    }
}
