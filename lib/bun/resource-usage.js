'use strict';

/**
 * What a child used, from the engine's numbers: exit code, signal, then getrusage(2).
 */

class ResourceUsage {
  /** @param {Float64Array} facts */
  constructor(facts) {
    const [, , user, system, maxRSS, voluntary, involuntary, read, written, sent, received, signals, swaps, shared] =
      facts;
    this.contextSwitches = { __proto__: null, voluntary, involuntary };
    this.cpuTime = {
      __proto__: null,
      user: BigInt(user),
      system: BigInt(system),
      total: BigInt(user) + BigInt(system),
    };
    this.maxRSS = maxRSS;
    this.messages = { __proto__: null, sent, received };
    this.ops = { __proto__: null, in: read, out: written };
    this.shmSize = shared;
    this.signalCount = signals;
    this.swapCount = swaps;
  }
}

module.exports = { ResourceUsage };
