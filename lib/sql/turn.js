'use strict';

/**
 * Lets one in at a time, in the order of asking.
 */
class Turn {
  /** Who is in, and behind them who waits. @type {Visit[]} */ #visits = [];

  /**
   * @template T
   * @param {(leave: () => void) => Promise<T>} enter is called at once when nobody is in; whoever leaves early does so
   *   with `leave`, everyone else has left once the promise is settled
   * @returns {Promise<T>}
   */
  take(enter) {
    const visit = new Visit(this, enter);
    this.#visits.push(visit);
    if (this.#visits.length === 1) visit.begin();
    return visit.promise;
  }

  /** @param {Visit} visit */
  leave(visit) {
    const at = this.#visits.indexOf(visit);
    if (at === -1) return;
    this.#visits.splice(at, 1);
    if (at === 0) this.#visits[0]?.begin();
  }

  /** Sends all away, those who wait first. @param {Error} error @returns {Promise<unknown>} when all have heard it */
  refuse(error) {
    const [inside, ...waiting] = this.#visits;
    this.#visits = [];
    const visits = inside ? [...waiting, inside] : [];
    for (const visit of visits) visit.reject(error);
    return Promise.allSettled(visits.map(({ promise }) => promise));
  }
}

class Visit {
  #turn;
  #enter;
  /** @type {(value: any) => void} */ #resolve = () => {};
  /** @type {(reason: any) => void} */ reject = () => {};
  /** @type {Promise<any>} */
  promise = new Promise((resolve, reject) => {
    this.#resolve = resolve;
    this.reject = reject;
  });

  /** @param {Turn} turn @param {(leave: () => void) => Promise<any>} enter */
  constructor(turn, enter) {
    this.#turn = turn;
    this.#enter = enter;
  }

  begin() {
    const leave = () => this.#turn.leave(this);
    const settle = (/** @type {(value: any) => void} */ how) => (/** @type {any} */ value) => {
      how(value);
      leave();
    };
    this.#enter(leave).then(settle(this.#resolve), settle(this.reject));
  }
}

module.exports = { Turn };
