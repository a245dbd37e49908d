// What a process has used, from Linux's /proc.
import fs from 'node:fs';

const TICKS_A_SECOND = 100;
const PAGE = 4096;

/** @param {number} pid @returns {{ user: number, system: number, total: number }} seconds of CPU time */
export function cpuTime(pid) {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const [user, system] = [Number(fields[11]) / TICKS_A_SECOND, Number(fields[12]) / TICKS_A_SECOND];
  return { user, system, total: user + system };
}

/** @param {number} pid @returns {number} bytes in memory */
export function residentBytes(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
}
