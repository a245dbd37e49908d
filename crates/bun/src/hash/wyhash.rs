//! Wyhash, final version 4 (Wang Yi), in the variant of Zig's `std.hash.Wyhash`.

use super::{mix, multiply, read32, read64};

const SECRET: [u64; 4] = [0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3, 0x5899_65CC_7537_4CC3];
const BLOCK: usize = 48;

pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let length = bytes.len();
    let mut state = seed ^ mix(seed ^ SECRET[0], SECRET[1]);
    let (mut a, mut b);
    if length <= 16 {
        (a, b) = short(bytes);
    } else {
        let mut rest = bytes;
        if length >= BLOCK {
            let (mut second, mut third) = (state, state);
            while rest.len() > BLOCK {
                let (block, after) = rest.split_at(BLOCK);
                state = mix(read64(block, 0) ^ SECRET[1], read64(block, 8) ^ state);
                second = mix(read64(block, 16) ^ SECRET[2], read64(block, 24) ^ second);
                third = mix(read64(block, 32) ^ SECRET[3], read64(block, 40) ^ third);
                rest = after;
            }
            state ^= second ^ third;
        }
        while rest.len() > 16 {
            state = mix(read64(rest, 0) ^ SECRET[1], read64(rest, 8) ^ state);
            rest = &rest[16..];
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
            ((byte(0) << 16) | (byte(length >> 1) << 8) | byte(length - 1), 0)
        }
        _ => {
            let quarter = (length >> 3) << 2;
            ((word(0) << 32) | word(quarter), (word(length - 4) << 32) | word(length - 4 - quarter))
        }
    }
}
