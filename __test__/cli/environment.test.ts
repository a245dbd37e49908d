import { describe, expect, test } from 'bun:test';
import { directory, run, type Setting } from './command';

const show = `
const own = new Set(['PATH', 'HOME', 'NO_COLOR', '_']);
const shown = Object.entries(process.env).filter(([name]) => !own.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
console.log(JSON.stringify(Object.fromEntries(shown)));
`;

/** What a program finds in its environment. */
function environment(files: Record<string, string | Uint8Array>, args: string[] = [], setting: Partial<Setting> = {}) {
  const cwd = directory({ 'show.js': show, ...files });
  const { stdout, stderr } = run([...args, 'show.js'], { cwd, ...setting });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const every = Object.fromEntries(
  [
    '',
    '.local',
    '.development',
    '.development.local',
    '.production',
    '.production.local',
    '.test',
    '.test.local',
    '.staging',
  ].map((suffix) => [`.env${suffix}`, `WHICH=.env${suffix}\nREAD${suffix.replaceAll('.', '_')}=1`]),
);

describe('which files', () => {
  test.each([
    [{}, '.env.development.local', ['', '_development', '_development_local', '_local']],
    [{ NODE_ENV: 'development' }, '.env.development.local', ['', '_development', '_development_local', '_local']],
    [{ NODE_ENV: 'production' }, '.env.production.local', ['', '_local', '_production', '_production_local']],
    [{ NODE_ENV: 'test' }, '.env.test.local', ['', '_test', '_test_local']],
    [{ NODE_ENV: 'staging' }, '.env.development.local', ['', '_development', '_development_local', '_local']],
    [
      { BUN_ENV: 'production', NODE_ENV: 'test' },
      '.env.production.local',
      ['', '_local', '_production', '_production_local'],
    ],
  ])('%j', (env, which, read) => {
    const found = environment(every, [], { env });
    expect(found).toEqual({ ...env, WHICH: which, ...Object.fromEntries(read.map((name) => [`READ${name}`, '1'])) });
  });

  test('.env.local goes before .env.development, and the environment before all', () => {
    const files = { '.env': 'A=1\nB=1\nC=1', '.env.development': 'A=2\nB=2', '.env.local': 'A=3\nC=3' };
    expect(environment(files, [], { env: { C: 'system' } })).toEqual({ A: '3', B: '2', C: 'system' });
  });

  test('each file is expanded with what is known when it is read', () => {
    const files = { '.env.local': 'EARLY=$LATE\nESCAPED=\\$LATE', '.env': 'LATE=1\nBOTH=$EARLY-$ESCAPED' };
    expect(environment(files)).toEqual({ EARLY: '', ESCAPED: '$LATE', LATE: '1', BOTH: '-$LATE' });
  });

  test('NODE_ENV in a file comes too late to choose files', () => {
    expect(environment({ '.env': 'NODE_ENV=production', '.env.production': 'A=1' })).toEqual({
      NODE_ENV: 'production',
    });
  });

  test('--env-file replaces them; a later one goes before an earlier one; a missing one is none', () => {
    const files = { ...every, one: 'X=1\nY=$Z', two: 'X=2\nZ=3' };
    expect(environment(files, ['--env-file=one'])).toEqual({ X: '1', Y: '' });
    expect(environment(files, ['--env-file', 'one', '--env-file', 'two'])).toEqual({ X: '2', Y: '3', Z: '3' });
    expect(environment(files, ['--env-file=one,two'])).toEqual({ X: '2', Y: '3', Z: '3' });
    expect(environment(files, ['--env-file=missing'])).toEqual({});
    expect(environment(files, ['--no-env-file', '--env-file=one'])).toEqual({ X: '1', Y: '' });
  });

  test('--no-env-file and env = false in bunfig.toml', () => {
    expect(environment(every, ['--no-env-file'])).toEqual({});
    expect(environment({ ...every, 'bunfig.toml': 'env = false' })).toEqual({});
    expect(environment({ ...every, 'bunfig.toml': '[env]\nfile = false' })).toEqual({});
  });

  test('Bun.env and import.meta.env are process.env', () => {
    const cwd = directory({ '.env': 'A=1' });
    expect(run(['-p', '[process.env.A, Bun.env.A, import.meta.env.A].join()'], { cwd }).stdout).toBe('1,1,1\n');
  });
});

describe('grammar', () => {
  const system = { SYS: 'sys', RAW: '$SYS' };
  const parsed = (text: string | Uint8Array) => {
    const { SYS: _, RAW: __, ...found } = environment({ '.env': text }, [], { env: system });
    return found;
  };

  test.each([
    [
      'blanks',
      'A=1\n  B = spaced out  \n\tC\t=\t3\nD=\nE=  \nF=a   b',
      { A: '1', B: 'spaced out', C: '3', D: '', E: '', F: 'a   b' },
    ],
    [
      'export',
      'export A=1\nexport\tB=2\nexportC=3\nexport\nD=4\nexport-e=5\nexport export F=6',
      { A: '1', B: '2', exportC: '3', D: '4', 'export-e': '5' },
    ],
    [
      'names',
      'a-b=1\nc.d=2\n1e=3\n_f=4\nG!=5\nH I=6\n"J"=7\n=8\nK\nL=9',
      { 'a-b': '1', 'c.d': '2', '1e': '3', _f: '4', L: '9' },
    ],
    ['colons', 'A: 1\nB:2\nC : 3\nD:\nE: :x\nF=:y', { A: '1', C: '3', D: 'E: :x', F: ':y' }],
    [
      'comments',
      '# A=1\nB=x#y\nC=x # y\nD="#"\nE=\'x\' # y\nF=`#`\nG=#',
      { B: 'x', C: 'x', D: '#', E: 'x', F: '#', G: '' },
    ],
    [
      'quotes',
      'A="a b"\nB=\'a b\'\nC=`a b`\nD=""\nE="x"y\nF=it\'s\nG=\'it\'\'s\'\nH="it\'s"\nI=x"y"',
      { A: 'a b', B: 'a b', C: 'a b', D: '', E: 'x', F: "it's", G: 'it', H: "it's", I: 'x"y"' },
    ],
    ['an unclosed quote is a character', 'A="x # y\nB=\'\nC=`z', { A: '"x', B: "'", C: '`z' }],
    ['a quoted value on a later line', 'A=\n"x"\nB=\n\n \'y\'\nC=\nD=z', { A: 'x', B: 'y', C: '', D: 'z' }],
    [
      'many lines',
      'A="one\ntwo"\nB=\'one\r\ntwo\'\nC=`one\rtwo`\nD=x',
      { A: 'one\ntwo', B: 'one\ntwo', C: 'one\ntwo', D: 'x' },
    ],
    [
      'escapes',
      String.raw`A="\n\r\t\\n\"x"${'\n'}B='\n\''${'\n'}C=\n${'\n'}D=x\ y`,
      { A: '\n\r\\t\\\\n\\"x', B: String.raw`\n\'`, C: String.raw`\n`, D: String.raw`x\ y` },
    ],
    ['CRLF', 'A=1\r\nB="2"\r\n\r\nC=3 \r\n', { A: '1', B: '2', C: '3' }],
    ['CR', 'A=1\rB=2\r\rC=3', { A: '1', B: '2', C: '3' }],
    ['a byte order mark', '\uFEFFA=1', { A: '1' }],
    ['the last of two equal names counts', 'A=1\nB=$A\nA=2', { A: '2', B: '2' }],
    ['other alphabets', 'A=é\nÄ=1\nB="日本"', { A: 'é', B: '日本' }],
  ])('%s', (_, text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  test.each([
    [
      'references',
      'A=1\nB=$A\nC=${A}x\nD="$A"\nE=\'$A\'\nF=`$A`\nG=$A$A-$A',
      { A: '1', B: '1', C: '1x', D: '1', E: '1', F: '1', G: '11-1' },
    ],
    ['the system', 'A=$SYS\nB=$RAW\nSYS=x\nC=$SYS', { A: 'sys', B: '$SYS', C: 'sys' }],
    ['nothing', 'A=$NOPE\nB=${NOPE}\nC=x${}y', { A: '', B: '', C: 'xy' }],
    [
      'defaults',
      'A=${X:-d}\nB=${SYS:-d}\nC=${X:-$SYS}\nD=${X:-${Y:-z}}\nE=${X:-}\nF=\nG=${F:-d}\nH=$X:-d',
      { A: 'd', B: 'sys', C: 'sys', D: 'z', E: '', F: '', G: '', H: ':-d' },
    ],
    ['escaped', 'A=\\$SYS\nB="\\$SYS"\nC=\'\\$SYS\'\nD=\\\\$SYS', { A: '$SYS', B: '$SYS', C: '$SYS', D: '\\$SYS' }],
    [
      'not a name',
      'A=$\nB=x$\nC=$$SYS\nD=$-\nE=$ SYS\nF=${x y} $SYS\nG=${SYS.x}',
      { A: '$', B: 'x$', C: '$sys', D: '$-', E: '$ SYS', F: '${x y} sys', G: '${SYS.x}' },
    ],
    ['braces that are never closed', 'A=${SYS $SYS\nB=${X:-$SYS', { A: '${SYS $SYS', B: '${X:-$SYS' }],
    ['a later name', 'A=$B\nB=$C\nC=1', { A: '$C', B: '1', C: '1' }],
    ['itself', 'A=$A\nB=x$B', { A: '$A', B: 'xx$B' }],
  ])('expansion: %s', (_, text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });
});
