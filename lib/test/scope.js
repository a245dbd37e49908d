'use strict';

/**
 * The tree that `describe`, `test` and the hooks build while a file is loaded, and that
 * `execute.js` walks afterwards.
 */

/** @typedef {'normal' | 'skip' | 'todo'} Mode */
/** @typedef {{ fn: Function, timeout?: number, line?: number }} Hook */
/**
 * @typedef {object} ScopeNode
 * @property {ScopeNode | null} parent
 * @property {string} label
 * @property {Mode} mode
 * @property {boolean} only
 * @property {boolean | undefined} concurrent
 * @property {Function | undefined} body
 * @property {unknown[]} args
 * @property {number} line
 * @property {(ScopeNode | TestNode)[]} children
 * @property {Record<typeof hookNames[number], Hook[]>} hooks
 * @property {string[]} path
 * @property {number[]} lines
 */
/** @typedef {InstanceType<typeof TestCase>} TestNode */

const hookNames = /** @type {const} */ (['beforeAll', 'beforeEach', 'afterEach', 'afterAll']);

class Scope {
  /**
   * @param {ScopeNode | null} parent
   * @param {string} label
   * @param {{ mode?: Mode, only?: boolean, concurrent?: boolean, retry?: number, body?: Function, args?: unknown[], line?: number }} [facts]
   */
  constructor(parent, label, { mode = 'normal', only = false, concurrent, body, args = [], line = 0 } = {}) {
    this.parent = parent;
    this.label = label;
    this.mode = parent?.mode && parent.mode !== 'normal' ? parent.mode : mode;
    this.only = only;
    this.concurrent = concurrent ?? parent?.concurrent;
    this.body = body;
    this.args = args;
    this.line = line;
    /** @type {(ScopeNode | TestNode)[]} */
    this.children = [];
    /** @type {Record<typeof hookNames[number], Hook[]>} */
    this.hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };
  }

  /** The labels from the file down to this scope; an unlabelled one adds nothing. */
  get path() {
    const above = this.parent ? this.parent.path : [];
    return this.label ? [...above, this.label] : above;
  }

  /** The lines of the scopes in `path`. @returns {number[]} */
  get lines() {
    const above = this.parent ? this.parent.lines : [];
    return this.label ? [...above, this.line] : above;
  }
}

class TestCase {
  /**
   * @param {ScopeNode} parent
   * @param {string} label
   * @param {{ mode: Mode, only?: boolean, failing?: boolean, concurrent?: boolean, fn?: Function, args?: unknown[],
   *   timeout?: number, retry?: number, repeats?: number, line?: number }} facts
   */
  constructor(parent, label, facts) {
    this.parent = parent;
    this.label = label;
    this.mode = parent.mode !== 'normal' ? parent.mode : facts.mode;
    this.only = facts.only ?? false;
    this.failing = facts.failing ?? false;
    this.concurrent = facts.concurrent ?? parent.concurrent;
    this.fn = facts.fn;
    this.args = facts.args ?? [];
    this.timeout = facts.timeout;
    this.retry = facts.retry;
    this.repeats = facts.repeats;
    this.line = facts.line ?? 0;
  }

  get path() {
    return [...this.parent.path, this.label];
  }
}

module.exports = { Scope, TestCase, hookNames };
