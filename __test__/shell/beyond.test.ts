import { $ } from 'bun';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

/** What Bun 1.4.5 refuses or gets wrong, each compared with POSIX or bash. */
const scripts: [script: string, output: string][] = [
  ['for i in a "b c"; do echo "[$i]"; done', '[a]\n[b c]\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i + 1)); echo $i; done', '1\n2\n3\n'],
  ['i=3; until [ $i = 0 ]; do echo $i; i=$((i - 1)); done', '3\n2\n1\n'],
  ['for ((i = 0; i < 3; i++)); do printf $i; done', '012'],
  ['case x.tar.gz in *.zip) echo zip;; *.tar.*) echo tar;; esac', 'tar\n'],
  ['greet() { local name=$1; echo "hello $name"; return 4; }; greet you; echo $? [$name]', 'hello you\n4 []\n'],
  ['{ echo a; echo b >&2; } 2>&1 | cat', 'a\nb\n'],
  ['(exit 3); echo $?', '3\n'],
  ['sleep 0.05 & p=$!; echo first; wait $p; echo $?', 'first\n0\n'],
  ['(sleep 0.01; echo late) & echo early; wait', 'early\nlate\n'],
  ['cat <<E\n$((1 + 1)) `echo x` "q"\nE', '2 x "q"\n'],
  ["cat <<'E'\n$HOME\nE", '$HOME\n'],
  ['cat <<-E\n\t\tindented\n\tE', 'indented\n'],
  ['cat <<< "a  b"', 'a  b\n'],
  ['echo $((7 / 2)) $((2 ** 8)) $((0x10 + 010)) $((1 ? 2 : 3))', '3 256 24 2\n'],
  ['unset x; echo ${x:-d} ${x:=v} $x ${x:+s} ${#x}', 'd v v s 1\n'],
  ['p=/a/b.tar.gz; echo ${p##*/} ${p%/*} ${p%%.*} ${p#/}', 'b.tar.gz /a /a/b a/b.tar.gz\n'],
  ['x=banana; echo ${x/an/AN} ${x//a/_} ${x:1:3} ${x: -2}', 'bANana b_n_n_ ana na\n'],
  ['set -- a "b c" d; echo $#; for x in "$@"; do echo "<$x>"; done; shift 2; echo $1', '3\n<a>\n<b c>\n<d>\nd\n'],
  ['set -e; echo a; false; echo b', 'a\n'],
  ['set -o pipefail; false | true; echo $?', '1\n'],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ['echo "1 2 3" | { read a b; echo "$b-$a"; }', '2 3-1\n'],
  ['printf \'x y\\nz\\n\' | while read -r l; do echo "[$l]"; done', '[x y]\n[z]\n'],
  ['test -d / && [ a != b ] && echo yes', 'yes\n'],
  ["printf '%s-%03d\\n' a 7", 'a-007\n'],
  ['cat <(echo one) <(echo two)', 'one\ntwo\n'],
  ['{ echo out; echo err >&2; } |& cat', 'out\nerr\n'],
  ['echo {1..5} {a..c} {01..03}', '1 2 3 4 5 a b c 01 02 03\n'],
  ['! true; echo $?', '1\n'],
  ['exec 3>&1; echo x >&3', 'x\n'],
  ['sleep 20 & kill $!; wait $!; echo $?', '143\n'],
  ['{ while :; do sleep 1; done; } & kill $!; wait $!; echo $?', '143\n'],
  ["sh -c 'exec sleep 20' & kill -9 $!; wait $!; echo $?", '137\n'],
  ['x="a b"; printf "[%s]" $x; IFS=:; x=1:2; printf "[%s]" $x', '[a][b][1][2]'],
  ["eval 'echo evaluated'", 'evaluated\n'],
  ['f() { [ $1 -le 1 ] && echo 1 || echo $(($1 * $(f $(($1 - 1))))); }; f 6', '720\n'],
  ['while getopts ab: o; do echo $o $OPTARG; done', ''],
  ['x=$(exit 4); echo $?', '4\n'],
  ['exit 0; echo never', ''],
];

describe.skipIf(!isDxCompat)('scripts', () => {
  for (const [script, output] of scripts) {
    test(script, async () => {
      const result = await $`${{ raw: script }}`.quiet().nothrow();
      expect([result.stdout.toString(), result.stderr.toString()]).toEqual([output, '']);
    });
  }
});

describe.skipIf(!isDxCompat)('arrays', () => {
  test('of values', async () => {
    const names = ['a b', '', '$(echo x)', '*'];
    const end = { raw: '; printf "<%s>" "${a[@]}"' };
    expect(await $`a=(first ${names} ${'x y'})${end}`.text()).toBe('<first><a b><><$(echo x)><*><x y>');
    expect(await $`a[${2}]=${'v w'}${end}`.text()).toBe('<v w>');
    expect(await $`declare -A a; a[${'k ] $(x)'}]=${1}${{ raw: '; printf "<%s>" "${!a[@]}"' }}`.text()).toBe(
      '<k ] $(x)>',
    );
  });

  test('a template that was parsed has the values of each call', async () => {
    for (const value of ['1', 'a b', '; echo never']) {
      expect(await $`${{ raw: 'echo' }} ${value}`.text()).toBe(`${value}\n`);
      expect(await $`${{ raw: 'echo a' }}${value}`.text()).toBe(`a${value}\n`);
    }
  });
});

describe.skipIf(!isDxCompat)('signals', () => {
  const start = (script: string) =>
    Bun.spawn([process.execPath, 'exec', script], { stdout: 'pipe', stderr: 'inherit' });

  test('run the traps of a script, and only these', async () => {
    const child = start("trap 'echo got; exit 9' TERM; trap 'echo int' INT; echo ready; sleep 20; echo $?; sleep 20");
    const reader = child.stdout.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe('ready\n');
    await Bun.sleep(50);
    child.kill('SIGINT');
    let text = '';
    while (!text.endsWith('130\n')) text += await next();
    expect(text).toBe('int\n130\n');
    child.kill('SIGTERM');
    expect(await next()).toBe('got\n');
    expect(await child.exited).toBe(9);
  });

  test("are the process's own again when the script has ended", async () => {
    await $`trap 'echo never' USR2; echo x`.quiet();
    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });

  test('of a script to itself', async () => {
    const script = { raw: "trap 'echo usr' USR1; kill -USR1 $$; echo after; trap '' TERM; kill $$; echo alive" };
    expect(await $`${script}`.text()).toBe('usr\nafter\nalive\n');
  });
});

describe.skipIf(!isDxCompat)('failures', () => {
  const failing: [script: string, code: number, message: string][] = [
    ['echo ${x:?is missing}; echo never', 1, 'bun: x: is missing\n'],
    ['set -u; echo $nothing', 1, 'bun: nothing: unbound variable\n'],
    ['readonly x=1; x=2; echo never', 1, 'bun: x: readonly variable\n'],
    ['echo $((1 / 0))', 1, 'bun: 1 / 0: division by 0 (error token is "")\n'],
    ['echo x >&7', 1, 'bun: Bad file descriptor: 7\n'],
    ['/etc', 126, 'bun: command not found: /etc\n'],
    ['eval "echo ("', 2, 'bun: Unexpected token: `(` (line 1, column 6)\n'],
    ['. /no/such/script', 1, '.: /no/such/script: No such file or directory\n'],
    ['cd /no/such; exit $?', 1, 'cd: not a directory: /no/such\n'],
    ['shift 5', 1, ''],
    ['wait 99999', 127, 'wait: pid 99999 is not a child of this shell\n'],
    ['sh -c "kill -TERM \\$\\$"', 143, ''],
  ];
  for (const [script, code, message] of failing) {
    test(script, async () => {
      const result = await $`${{ raw: script }}`.quiet().nothrow();
      expect([result.exitCode, result.stdout.toString(), result.stderr.toString()]).toEqual([code, '', message]);
    });
  }
});

describe.skipIf(!isDxCompat)('the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-cli-'));
    fs.writeFileSync(path.join(folder, 'script.sh'), 'echo "$0 $1"\nfor i in 1 2; do echo $i; done\nexit 3\n');
    fs.writeFileSync(path.join(folder, 'package.json'), '{"scripts": {"both": "echo $npm_lifecycle_event && exit 2"}}');
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, ...args], { cwd: folder });
    return [stdout.toString(), stderr.toString(), exitCode];
  };

  test('exec', () => {
    expect(run('exec', 'echo hi; exit 5')).toEqual(['hi\n', '', 5]);
    expect(run('exec', 'echo (')[1]).toContain('due to error Unexpected token: `(`');
    expect(run('exec')[0]).toStartWith('Usage: bun exec <script>\n');
  });

  test('files', () => {
    expect(run('script.sh', 'a')).toEqual(['script.sh a\n1\n2\n', '', 3]);
    expect(run('run', './script.sh', 'b')).toEqual(['./script.sh b\n1\n2\n', '', 3]);
  });

  test('scripts of package.json', () => {
    expect(run('run', '--shell=bun', '--silent', 'both')).toEqual(['both\n', '', 2]);
  });
});
