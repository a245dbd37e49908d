'use strict';

const { Source } = require('./source');
const { SQLHelper } = require('./helper');
const { CommandLexer } = require('./lexer');
const { quoted } = require('./name');

/**
 * Puts the parts of a query together: text with a `?` for each value, and the values.
 *
 * @see https://bun.com/docs/runtime/sql#sql-fragments
 */
class Composer {
  text = '';
  /** @type {any} a list, or the named values of `sql.unsafe` */ values = [];
  #transform;
  #lexer = new CommandLexer();

  /** @param {import('./transform').Transform | null | undefined} transform */
  constructor(transform) {
    this.#transform = transform;
  }

  /** A query that runs by itself. @param {Source} source */
  whole(source) {
    if (source.kind === 'unsafe') {
      this.text = source.text;
      this.values = source.values;
    } else this.#fragment(source);
    return this;
  }

  /** @param {string} part */
  #add(part) {
    this.text += part;
    this.#lexer.add(part);
  }

  /** A query inside another. @param {Source} source */
  #fragment({ kind, text, strings, values }) {
    switch (kind) {
      case 'template':
        for (let index = 0; index < strings.length; index++) {
          this.#add(strings[index]);
          if (index < values.length) this.#value(values[index]);
        }
        return;
      case 'identifier':
        this.#add(quoted(this.#column(text)));
        return;
      case 'unsafe':
        if (values != null && !Array.isArray(values)) {
          throw new SyntaxError(
            'Nested sql.unsafe() cannot have named parameters: the query around it binds by position',
          );
        }
        this.#add(text);
        if (values) this.values.push(...values);
        return;
      case 'file':
        throw new SyntaxError('sql.file() cannot be used as a fragment of another query');
      default:
        throw new SyntaxError('Invalid query: SQL Fragment cannot be executed or was misused');
    }
  }

  /** @param {any} value */
  #value(value) {
    const source = Source.of(value);
    if (source) return this.#fragment(source);
    if (value instanceof SQLHelper) return this.#helper(value);
    if (Array.isArray(value) && Source.of(value[0])) {
      return this.#list(value, ' ', (item) => {
        this.#item(item);
        this.#add(' ');
      });
    }
    this.#parameter(value);
    this.#add(' ');
  }

  /** @param {any} value */
  #parameter(value) {
    this.#add('?');
    this.values.push(value === undefined ? this.#transform?.undefined : value);
  }

  /** A value inside a helper: no blank behind it. @param {any} value */
  #item(value) {
    const source = Source.of(value);
    if (source) this.#fragment(source);
    else this.#parameter(value);
  }

  /** @param {string | number} name */
  #column(name) {
    const to = this.#transform?.column.to;
    return String(to ? to(String(name)) : name);
  }

  /** @param {SQLHelper} helper */
  #helper(helper) {
    const command = this.#lexer.closest();
    if (command === 'INSERT') this.#insert(helper);
    else if (command === 'IN') this.#in(helper);
    else if (command) this.#update(helper, command);
    else throw new SyntaxError('Helpers are only allowed for INSERT, UPDATE and IN commands');
    this.#add(' ');
  }

  /** Columns that have a value in one of the items. @param {SQLHelper} helper @returns {(string | number)[]} */
  #definedColumns({ value, columns }) {
    if (this.#transform?.undefined !== undefined) return columns;
    return columns.filter((column) => value.some((item) => item?.[column] !== undefined));
  }

  /** @param {SQLHelper} helper */
  #insert(helper) {
    if (helper.columns.length === 0) throw new SyntaxError('Cannot INSERT with no columns');
    const columns = this.#definedColumns(helper);
    if (columns.length === 0 || helper.value.length === 0) {
      throw new SyntaxError('Insert needs to have at least one column with a defined value');
    }
    this.#add(`(${columns.map((column) => quoted(this.#column(column))).join(', ')}) VALUES`);
    this.#list(helper.value, ',', (item) => {
      if (item == null) throw new SyntaxError('Cannot use null or undefined as an item in INSERT helper');
      this.#add('(');
      this.#list(columns, ', ', (column) => this.#item(item[column]));
      this.#add(')');
    });
  }

  /** @param {SQLHelper} helper @param {'UPDATE' | 'SET'} command */
  #update(helper, command) {
    if (helper.value.length > 1) throw new SyntaxError('Cannot use array of objects for UPDATE');
    const [item] = helper.value;
    if (item == null) throw new SyntaxError('Cannot use null or undefined as an item in UPDATE helper');
    const columns = this.#definedColumns(helper);
    if (columns.length === 0) throw new SyntaxError('Update needs to have at least one column');
    if (command === 'UPDATE') this.#add(' SET ');
    this.#list(columns, ', ', (column) => {
      this.#add(`${quoted(this.#column(column))} = `);
      this.#item(item[column]);
    });
  }

  /** @param {SQLHelper} helper */
  #in({ value, columns }) {
    if (columns.length > 1) throw new SyntaxError('Cannot use WHERE IN helper with multiple columns');
    this.#add('(');
    this.#list(value, ', ', (item) => {
      if (columns.length === 1 && item == null) {
        throw new SyntaxError(`Cannot use ${item} as an item in WHERE IN helper with a column`);
      }
      this.#item(columns.length === 1 ? item[columns[0]] : item);
    });
    this.#add(')');
  }

  /** @template T @param {T[]} items @param {string} separator @param {(item: T) => void} add */
  #list(items, separator, add) {
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#add(separator);
      add(item);
    }
  }
}

module.exports = { Composer };
