import { describe, expect, test } from 'bun:test';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { complaints, load, project } from './project';

const folder = project({
  'entry.ts': `import { shared } from './shared'; export { shared }; export const lazy = () => import('./lazy');`,
  'shared.ts': `export const shared: unknown = 'disk';`,
  'lazy.ts': `export const value = 5;`,
});
const entry = path.join(folder, 'entry.ts');
const at = (name: string) => path.join(folder, name);

/** A config with one plugin. */
const using = (
  setup: (build: Bun.PluginBuilder) => unknown,
  config: Partial<Bun.BuildConfig> = {},
): Bun.BuildConfig => ({
  entrypoints: [entry],
  ...config,
  plugins: [{ name: 'of the test', setup: setup as any }],
});

/** What the bundle exports. */
const built = async (config: Bun.BuildConfig) => load((await Bun.build(config)).outputs[0]);

const nowhere = { lineText: '', namespace: 'file', line: 0, column: 0, length: 0, offset: 0 };

describe('Bun.build: plugins', () => {
  test('what onResolve and onLoad are called with', async () => {
    const resolved: any[] = [];
    const loaded: any[] = [];
    await Bun.build(
      using((build) => {
        build.onResolve({ filter: /.*/ }, (args) => void resolved.push({ ...args }));
        build.onLoad({ filter: /.*/ }, (args) => void loaded.push(args));
      }),
    );
    const byPath = (a: any, b: any) => (a.path < b.path ? -1 : 1);
    expect(resolved.sort(byPath)).toEqual([
      { path: './lazy', importer: entry, namespace: 'file', resolveDir: folder, kind: 'dynamic-import' },
      { path: './shared', importer: entry, namespace: 'file', resolveDir: folder, kind: 'import-statement' },
      { path: entry, importer: '', namespace: 'file', resolveDir: '.', kind: 'entry-point-build' },
    ]);
    expect(loaded.map(({ path: file, namespace, loader }) => [file, namespace, loader]).sort()).toEqual([
      [entry, 'file', 'ts'],
      [at('lazy.ts'), 'file', 'ts'],
      [at('shared.ts'), 'file', 'ts'],
    ]);
    expect(loaded.every(({ defer }) => typeof defer === 'function')).toBe(true);
  });

  test('methods chain; the config is the one given', async () => {
    const config = using((build) => {
      expect(build.config).toBe(config as any);
      const chained = build
        .onStart(() => {})
        .onEnd(() => {})
        .onResolve({ filter: /^none$/ }, () => undefined)
        .onLoad({ filter: /^none$/ }, () => undefined);
      expect(chained).toBe(build);
    });
    await Bun.build(config);
    expect.assertions(2);
  });

  test('virtual modules', async () => {
    const { shared } = await built(
      using((build) => {
        build.onResolve({ filter: /^\.\/shared$/ }, () => ({ path: 'made', namespace: 'virtual' }));
        build.onLoad({ filter: /.*/, namespace: 'virtual' }, ({ path: name, namespace }) => ({
          contents: `export const shared: string = ${JSON.stringify([name, namespace])}`,
          loader: 'ts',
        }));
      }),
    );
    expect(shared).toEqual(['made', 'virtual']);
  });

  test('a virtual entry point', async () => {
    const { outputs } = await Bun.build(
      using(
        (build) => {
          build.onResolve({ filter: /^start$/ }, () => ({ path: 'start', namespace: 'virtual' }));
          build.onLoad({ filter: /.*/, namespace: 'virtual' }, () => ({
            contents: 'export const x = 1',
            loader: 'js',
          }));
        },
        { entrypoints: ['start'] },
      ),
    );
    expect([outputs[0].path, outputs[0].kind, outputs[0].loader]).toEqual(['./start.js', 'entry-point', 'js']);
    expect((await load(outputs[0])).x).toBe(1);
  });

  test('contents: text or bytes; without a loader that of the extension', async () => {
    for (const contents of [
      'export const shared: number = 9',
      new TextEncoder().encode('export const shared: number = 9'),
    ]) {
      const { shared } = await built(using((build) => build.onLoad({ filter: /shared\.ts$/ }, () => ({ contents }))));
      expect(shared).toBe(9);
    }
  });

  test('loaders of contents', async () => {
    const of = async (contents: string, loader: any, name = 'default') =>
      (
        await built(
          using(
            (build) => {
              build.onResolve({ filter: /^data$/ }, () => ({ path: 'data', namespace: 'virtual' }));
              build.onLoad({ filter: /.*/, namespace: 'virtual' }, () => ({ contents, loader }));
            },
            {
              entrypoints: ['/entry.js'],
              files: {
                '/entry.js': `import * as data from 'data'; export const found = data[${JSON.stringify(name)}]`,
              },
            },
          ),
        )
      ).found;
    expect(await of('{"a":[1]}', 'json')).toEqual({ a: [1] });
    expect(await of('a = 1', 'toml', 'a')).toBe(1);
    expect(await of('a: [1, 2]', 'yaml', 'a')).toEqual([1, 2]);
    expect(await of('// x\n{"a":1,}', 'jsonc', 'a')).toBe(1);
    expect(await of('just\ntext', 'text')).toBe('just\ntext');
    expect(await of('export const a: number = 1', 'ts', 'a')).toBe(1);
  });

  test('loader object: what is exported is given', async () => {
    const { shared } = await built(
      using((build) =>
        build.onLoad({ filter: /shared\.ts$/ }, () => ({
          exports: { shared: { a: [1, 'x', null] } },
          loader: 'object',
        })),
      ),
    );
    expect(shared).toEqual({ a: [1, 'x', null] });
  });

  test('external', async () => {
    const { outputs } = await Bun.build(
      using((build) =>
        build.onResolve({ filter: /shared/ }, () => ({ path: 'https://host.example/x.js', external: true })),
      ),
    );
    expect(await outputs[0].text()).toMatch(/from "https:\/\/host\.example\/x\.js"/);
  });

  test('the first that answers counts; asynchronous callbacks are waited for', async () => {
    const asked: string[] = [];
    const { shared } = await built(
      using((build) => {
        for (const name of ['first', 'second', 'third']) {
          build.onLoad({ filter: /shared/ }, async () => {
            asked.push(name);
            await Bun.sleep(1);
            return name === 'second' ? { contents: `export const shared = '${name}'` } : undefined;
          });
        }
      }),
    );
    expect(shared).toBe('second');
    expect(asked).toEqual(['first', 'second']);
  });

  test('filters: flags, expressions that only JavaScript has', async () => {
    for (const filter of [
      /SHARED\.TS$/i,
      /(?<=[/\\])shared\.ts$/,
      /^(?!.*lazy).*shared/,
      /sh(.)r(?:e)d\.ts/g,
      /[^]*shared\.ts$/s,
    ]) {
      const { shared } = await built(
        using((build) => build.onLoad({ filter }, () => ({ contents: 'export const shared = "matched"' }))),
      );
      expect(shared).toBe('matched');
    }
    const { shared } = await built(
      using((build) => build.onLoad({ filter: /SHARED/ }, () => ({ contents: 'export const shared = "matched"' }))),
    );
    expect(shared).toBe('disk');
  });

  test('an onLoad without namespace is for files', async () => {
    const seen: string[] = [];
    await Bun.build(
      using((build) => {
        build.onLoad({ filter: /.*/ }, ({ path: file }) => void seen.push(path.basename(file)));
        build.onResolve({ filter: /shared/ }, () => ({ path: 'virtual', namespace: 'virtual' }));
        build.onLoad({ filter: /.*/, namespace: 'virtual' }, () => ({ contents: 'export const shared = 1' }));
      }),
    );
    expect(seen.sort()).toEqual(['entry.ts', 'lazy.ts']);
  });

  test('defer waits for all other modules', async () => {
    const events: string[] = [];
    const { shared } = await built(
      using((build) => {
        build.onLoad({ filter: /lazy/ }, () => void events.push('lazy'));
        build.onLoad({ filter: /shared/ }, async ({ defer }) => {
          events.push('shared');
          await defer();
          events.push('deferred');
          return { contents: `export const shared = ${events.length}` };
        });
      }),
    );
    expect(events.slice(0, 2).sort()).toEqual(['lazy', 'shared']);
    expect(events).toHaveLength(3);
    expect(shared).toBe(3);
  });

  test('defer is called once', async () => {
    const said: string[] = [];
    const deferring = using((build) => {
      build.onLoad({ filter: /shared/ }, async ({ defer }) => {
        const first = defer();
        try {
          void defer();
        } catch (error: any) {
          said.push(error.message);
        }
        await first;
        return { contents: `export const shared = 'once'` };
      });
    });
    expect((await built(deferring)).shared).toBe('once');
    expect(said).toEqual(["Can't call .defer() more than once within an onLoad plugin"]);
    const logs = await complaints(
      using((build) => {
        build.onLoad({ filter: /shared/ }, async ({ defer }) => {
          await defer();
          await defer();
          return { contents: '' };
        });
      }),
    );
    expect(logs[0].message).toBe("Can't call .defer() more than once within an onLoad plugin");
  });

  test.if(isDxCompat)('modules of the same path in two namespaces ask on their own (Bun asks once)', async () => {
    const asked: string[] = [];
    const found = await built(
      using((build) => {
        build.onResolve({ filter: /^(?:one|two):/ }, ({ path: name }) => {
          const [namespace, rest] = name.split(':');
          return { path: rest, namespace };
        });
        build.onResolve({ filter: /^\.\/shared$/ }, () => ({ path: 'start', namespace: 'start' }));
        build.onResolve({ filter: /^leaf$/ }, ({ importer }) => {
          asked.push(importer);
          return { path: `leaf-${asked.length}`, namespace: 'leaf' };
        });
        build.onLoad({ filter: /.*/, namespace: 'start' }, () => ({
          contents: `import one from 'one:same'; import two from 'two:same'; export const shared = [one, two]`,
        }));
        for (const namespace of ['one', 'two']) {
          build.onLoad({ filter: /.*/, namespace }, () => ({ contents: `export { default } from 'leaf'` }));
        }
        build.onLoad({ filter: /.*/, namespace: 'leaf' }, ({ path: name }) => ({
          contents: `export default '${name}'`,
        }));
      }),
    );
    expect(asked).toHaveLength(2);
    expect(found.shared.toSorted()).toEqual(['leaf-1', 'leaf-2']);
  });

  test('onStart and onEnd', async () => {
    const events: string[] = [];
    const result = await Bun.build(
      using((build) => {
        build.onStart(async () => {
          await Bun.sleep(1);
          events.push('start');
        });
        build.onLoad({ filter: /entry/ }, () => void events.push('load'));
        build.onEnd((output) => void events.push(`end ${output.success} ${output.outputs.length}`));
      }),
    );
    expect(result.success).toBe(true);
    expect(events).toEqual(['start', 'load', 'end true 1']);
  });

  test('onEnd of a build that fails', async () => {
    const ends: unknown[] = [];
    const failed = await Bun.build(
      using((build) => build.onEnd(({ success, logs }) => void ends.push([success, logs.length])), {
        entrypoints: [at('nope.ts')],
        throw: false,
      }),
    );
    expect(failed.success).toBe(false);
    expect(ends).toEqual([[false, 1]]);
  });

  test('a plugin may change the config, also later', async () => {
    const define = { 'process.env.X': '"defined"' };
    const source = { '/entry.js': 'export const x = process.env.X' };
    for (const wait of [false, true]) {
      const config = using(
        (build) => {
          const change = () => void (build.config.define = define);
          return wait ? Bun.sleep(1).then(change) : change();
        },
        { entrypoints: ['/entry.js'], files: source },
      );
      expect((await built(config)).x).toBe('defined');
    }
  });
});

describe('Bun.build: plugins that fail', () => {
  test('in onLoad and onResolve it is a message about the file', async () => {
    const facts = async (setup: (build: Bun.PluginBuilder) => unknown) =>
      (await complaints(using(setup))).map(({ name, message, position }) => [name, message, position]);
    const boom = () => {
      throw new TypeError('boom');
    };
    const file = at('shared.ts');
    expect(await facts((build) => build.onLoad({ filter: /shared/ }, boom))).toEqual([
      ['BuildMessage', 'boom', { ...nowhere, file }],
    ]);
    expect(await facts((build) => build.onLoad({ filter: /shared/ }, async () => boom()))).toEqual([
      ['BuildMessage', 'boom', { ...nowhere, file }],
    ]);
    expect(await facts((build) => build.onResolve({ filter: /shared/ }, boom))).toEqual([
      ['BuildMessage', 'boom', { ...nowhere, file: entry }],
    ]);
    expect(
      await facts((build) =>
        build.onLoad({ filter: /shared/ }, () => {
          throw 'no error'; // oxlint-disable-line no-throw-literal
        }),
      ),
    ).toEqual([['BuildMessage', 'no error', { ...nowhere, file }]]);
  });

  test('in setup, onStart and onEnd it is what the build rejects with', async () => {
    const boom = () => {
      throw new TypeError('boom');
    };
    const setups: ((build: Bun.PluginBuilder) => unknown)[] = [
      boom,
      async () => boom(),
      (build) => build.onStart(boom),
      (build) => build.onStart(async () => boom()),
      (build) => build.onEnd(boom),
    ];
    for (const setup of setups) {
      const build = async () => Bun.build(using(setup, { throw: false }));
      expect(build()).rejects.toThrow(new TypeError('boom'));
    }
  });

  test('what is wrong with what they give', async () => {
    const said = async (setup: (build: Bun.PluginBuilder) => unknown) => (await complaints(using(setup)))[0].message;
    const load = (result: any) => said((build) => build.onLoad({ filter: /shared/ }, () => result));
    const resolve = (result: any) => said((build) => build.onResolve({ filter: /shared/ }, () => result));
    const contents = 'onLoad plugins must return an object with "contents" as a string or Uint8Array';
    expect(await load({ loader: 'js' })).toBe(contents);
    expect(await load({ contents: 5, loader: 'js' })).toBe(contents);
    expect(await load({ contents: 'x', loader: 'none' })).toBe('Loader none is not supported.');
    expect(await resolve({ path: 5 })).toBe("onResolve plugins 'path' field must be a string if provided");
    expect(await resolve({ path: 'relative.js' })).toBe(
      'onResolve plugin "path" must be absolute when the namespace is "file"',
    );
    expect(await resolve({ path: 'x', namespace: 'none' })).toBe('Expected onLoad plugin for namespace none to exist');
  });

  test('answers that are none', async () => {
    for (const answer of [5, 'x', null, undefined, {}] as any[]) {
      const config = using((build) => build.onResolve({ filter: /shared/ }, () => answer));
      expect((await built(config)).shared).toBe('disk');
    }
  });

  test('what they register', async () => {
    const refused = (call: (build: any) => unknown) => {
      let message = '';
      const build = async () =>
        Bun.build(
          using((builder) => {
            try {
              call(builder);
            } catch (error: any) {
              message = `${error.name}: ${error.message}`;
            }
          }),
        );
      return build().then(() => message);
    };
    for (const name of ['onLoad', 'onResolve']) {
      expect(await refused((build) => build[name]())).toBe('TypeError: Expected an object with "filter" RegExp');
      expect(await refused((build) => build[name]({ filter: 'x' }, () => {}))).toBe(
        'TypeError: filter must be a RegExp',
      );
      expect(await refused((build) => build[name]({ filter: /x/ }))).toContain('callback must be a function');
      expect(await refused((build) => build[name]({ filter: /x/, namespace: 5 }, () => {}))).toBe(
        'TypeError: namespace must be a string',
      );
    }
    expect(await refused((build) => build.onStart(5))).toBe('TypeError: callback must be a function');
    expect(await refused((build) => build.module('x', () => {}))).toStartWith('TypeError: module() is not supported');
    expect(await refused((build) => build.resolve('x'))).toContain('build.resolve() is not implemented yet');
  });
});
