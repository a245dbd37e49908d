//! `CityHash32` and `CityHash64WithSeed`, version 1.1 (Google, <https://github.com/google/cityhash>).

use std::mem::swap;

use super::murmur::finish;
use super::{read32, read64};

const C1: u32 = 0xCC9E_2D51;
const C2: u32 = 0x1B87_3593;
const K0: u64 = 0xC3A5_C85C_97CB_3127;
const K1: u64 = 0xB492_B66F_BE98_F273;
const K2: u64 = 0x9AE1_6A3B_2F90_404F;
const K_MUL: u64 = 0x9DDF_EA08_EB38_2D69;

#[expect(clippy::cast_possible_truncation, reason = "the reference implementation truncates the length")]
pub(super) fn hash32(bytes: &[u8]) -> u32 {
    let length = bytes.len();
    match length {
        0..=4 => short32(bytes),
        5..=12 => {
            let len = length as u32;
            let a = len.wrapping_add(read32(bytes, 0));
            let b = len.wrapping_mul(5).wrapping_add(read32(bytes, length - 4));
            let c = 9_u32.wrapping_add(read32(bytes, (length >> 1) & 4));
            finish(step(c, step(b, step(a, len.wrapping_mul(5)))))
        }
        13..=24 => {
            let half = length >> 1;
            [half - 4, 4, length - 8, half, 0, length - 4]
                .into_iter()
                .fold(length as u32, |state, at| step(read32(bytes, at), state))
                .pipe(finish)
        }
        _ => long32(bytes),
    }
}

/// Lets a chain end in a function.
trait Pipe: Sized {
    fn pipe<T>(self, last: impl FnOnce(Self) -> T) -> T {
        last(self)
    }
}

impl Pipe for u32 {}

#[expect(clippy::cast_possible_truncation, reason = "at most four")]
fn short32(bytes: &[u8]) -> u32 {
    let (mut b, mut c) = (0_u32, 9_u32);
    for &byte in bytes {
        let signed = i32::from(byte.cast_signed()).cast_unsigned();
        b = b.wrapping_mul(C1).wrapping_add(signed);
        c ^= b;
    }
    finish(step(b, step(bytes.len() as u32, c)))
}

fn scramble(word: u32) -> u32 {
    word.wrapping_mul(C1).rotate_right(17).wrapping_mul(C2)
}

fn shake(state: u32) -> u32 {
    state.wrapping_mul(5).wrapping_add(0xE654_6B64)
}

fn step(word: u32, state: u32) -> u32 {
    shake((state ^ scramble(word)).rotate_right(19))
}

#[expect(clippy::cast_possible_truncation, reason = "the reference implementation truncates the length")]
fn long32(bytes: &[u8]) -> u32 {
    let length = bytes.len();
    let tail = |back: usize| scramble(read32(bytes, length - back));
    let (mut h, mut g) = (length as u32, C1.wrapping_mul(length as u32));
    let mut f = g;
    h = shake((h ^ tail(4)).rotate_right(19));
    h = shake((h ^ tail(16)).rotate_right(19));
    g = shake((g ^ tail(8)).rotate_right(19));
    g = shake((g ^ tail(12)).rotate_right(19));
    f = shake(f.wrapping_add(tail(20)).rotate_right(19));
    for block in bytes.chunks(20).take((length - 1) / 20) {
        let (b0, b1, b4) = (scramble(read32(block, 0)), read32(block, 4), read32(block, 16));
        let (b2, b3) = (scramble(read32(block, 8)), scramble(read32(block, 12)));
        h = shake((h ^ b0).rotate_right(18));
        f = f.wrapping_add(b1).rotate_right(19).wrapping_mul(C1);
        g = shake(g.wrapping_add(b2).rotate_right(18));
        h = shake((h ^ b3.wrapping_add(b1)).rotate_right(19));
        g = (g ^ b4).swap_bytes().wrapping_mul(5);
        h = h.wrapping_add(b4.wrapping_mul(5)).swap_bytes();
        f = f.wrapping_add(b0);
        swap(&mut f, &mut h);
        swap(&mut f, &mut g);
    }
    let settle = |word: u32| word.rotate_right(11).wrapping_mul(C1).rotate_right(17).wrapping_mul(C1);
    for word in [settle(g), settle(f)] {
        h = shake(h.wrapping_add(word).rotate_right(19)).rotate_right(17).wrapping_mul(C1);
    }
    h
}

pub(super) fn hash64(bytes: &[u8], seed: u64) -> u64 {
    fold(unseeded64(bytes).wrapping_sub(K2), seed, K_MUL)
}

fn unseeded64(bytes: &[u8]) -> u64 {
    match bytes.len() {
        0..=16 => short64(bytes),
        17..=32 => medium64(bytes),
        33..=64 => large64(bytes),
        _ => long64(bytes),
    }
}

/// `HashLen16` with a multiplier.
fn fold(u: u64, v: u64, multiplier: u64) -> u64 {
    let a = shift_mix((u ^ v).wrapping_mul(multiplier));
    shift_mix((v ^ a).wrapping_mul(multiplier)).wrapping_mul(multiplier)
}

fn shift_mix(value: u64) -> u64 {
    value ^ (value >> 47)
}

fn multiplier(length: usize) -> u64 {
    K2.wrapping_add(length as u64 * 2)
}

fn short64(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    match length {
        0 => K2,
        1..=3 => {
            let byte = |at: usize| u64::from(bytes[at]);
            let y = byte(0) + (byte(length >> 1) << 8);
            let z = length as u64 + (byte(length - 1) << 2);
            shift_mix(y.wrapping_mul(K2) ^ z.wrapping_mul(K0)).wrapping_mul(K2)
        }
        4..=7 => {
            let first = u64::from(read32(bytes, 0));
            fold(length as u64 + (first << 3), u64::from(read32(bytes, length - 4)), multiplier(length))
        }
        _ => {
            let mul = multiplier(length);
            let a = read64(bytes, 0).wrapping_add(K2);
            let b = read64(bytes, length - 8);
            let c = b.rotate_right(37).wrapping_mul(mul).wrapping_add(a);
            let d = a.rotate_right(25).wrapping_add(b).wrapping_mul(mul);
            fold(c, d, mul)
        }
    }
}

#[expect(clippy::many_single_char_names, reason = "the names of the reference implementation")]
fn medium64(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let mul = multiplier(length);
    let a = read64(bytes, 0).wrapping_mul(K1);
    let b = read64(bytes, 8);
    let c = read64(bytes, length - 8).wrapping_mul(mul);
    let d = read64(bytes, length - 16).wrapping_mul(K2);
    let u = a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d);
    let v = a.wrapping_add(b.wrapping_add(K2).rotate_right(18)).wrapping_add(c);
    fold(u, v, mul)
}

#[expect(clippy::many_single_char_names, reason = "the names of the reference implementation")]
fn large64(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let mul = multiplier(length);
    let a = read64(bytes, 0).wrapping_mul(K2);
    let b = read64(bytes, 8);
    let c = read64(bytes, length - 24);
    let d = read64(bytes, length - 32);
    let e = read64(bytes, 16).wrapping_mul(K2);
    let f = read64(bytes, 24).wrapping_mul(9);
    let g = read64(bytes, length - 8);
    let h = read64(bytes, length - 16).wrapping_mul(mul);
    let u = a.wrapping_add(g).rotate_right(43).wrapping_add(b.rotate_right(30).wrapping_add(c).wrapping_mul(9));
    let v = (a.wrapping_add(g) ^ d).wrapping_add(f).wrapping_add(1);
    let w = u.wrapping_add(v).wrapping_mul(mul).swap_bytes().wrapping_add(h);
    let x = e.wrapping_add(f).rotate_right(42).wrapping_add(c);
    let y = v.wrapping_add(w).wrapping_mul(mul).swap_bytes().wrapping_add(g).wrapping_mul(mul);
    let z = e.wrapping_add(f).wrapping_add(c);
    let a = x.wrapping_add(z).wrapping_mul(mul).wrapping_add(y).swap_bytes().wrapping_add(b);
    let b = shift_mix(z.wrapping_add(a).wrapping_mul(mul).wrapping_add(d).wrapping_add(h)).wrapping_mul(mul);
    b.wrapping_add(x)
}

#[expect(clippy::many_single_char_names, reason = "the names of the reference implementation")]
fn long64(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let back = |distance: usize| read64(bytes, length - distance);
    let mut x = back(40);
    let mut y = back(16).wrapping_add(back(56));
    let mut z = fold(back(48).wrapping_add(length as u64), back(24), K_MUL);
    let mut v = weak(bytes, length - 64, length as u64, z);
    let mut w = weak(bytes, length - 32, y.wrapping_add(K1), x);
    x = x.wrapping_mul(K1).wrapping_add(read64(bytes, 0));
    for block in bytes.chunks(64).take((length - 1) / 64) {
        x = x.wrapping_add(y).wrapping_add(v.0).wrapping_add(read64(block, 8)).rotate_right(37).wrapping_mul(K1);
        y = y.wrapping_add(v.1).wrapping_add(read64(block, 48)).rotate_right(42).wrapping_mul(K1);
        x ^= w.1;
        y = y.wrapping_add(v.0).wrapping_add(read64(block, 40));
        z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(K1);
        v = weak(block, 0, v.1.wrapping_mul(K1), x.wrapping_add(w.0));
        w = weak(block, 32, z.wrapping_add(w.1), y.wrapping_add(read64(block, 16)));
        swap(&mut z, &mut x);
    }
    let first = fold(v.0, w.0, K_MUL).wrapping_add(shift_mix(y).wrapping_mul(K1)).wrapping_add(z);
    fold(first, fold(v.1, w.1, K_MUL).wrapping_add(x), K_MUL)
}

/// `WeakHashLen32WithSeeds`
fn weak(bytes: &[u8], at: usize, a: u64, b: u64) -> (u64, u64) {
    let last = read64(bytes, at + 24);
    let a = a.wrapping_add(read64(bytes, at));
    let b = b.wrapping_add(a).wrapping_add(last).rotate_right(21);
    let sum = a.wrapping_add(read64(bytes, at + 8)).wrapping_add(read64(bytes, at + 16));
    (sum.wrapping_add(last), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}
