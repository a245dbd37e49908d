import { $ } from 'bun';
import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';

/** Everything that means something to some shell. */
const hostile = [
  '; echo pwned',
  '&& echo pwned',
  '|| echo pwned',
  '| echo pwned',
  '& echo pwned',
  '\necho pwned\n',
  '\r\necho pwned',
  '$(echo pwned)',
  '`echo pwned`',
  '${HOME}',
  '$HOME',
  '$((1+1))',
  '<(echo pwned)',
  '> /tmp/pwned',
  '< /etc/passwd',
  '<<E',
  '2>&1',
  '*',
  '?',
  '[a-z]*',
  '~',
  '~root',
  '{a,b}',
  '{1..3}',
  "'",
  '"',
  "'; echo pwned; '",
  '"; echo pwned; "',
  '\\',
  '\\\\',
  '\\n',
  '#comment',
  '!',
  '!!',
  '(',
  ')',
  '{',
  '}',
  '[[ a',
  'if',
  'then',
  'a=b',
  ' leading and trailing ',
  '\ttab\t',
  '\u0008__bunstr_0',
  '\u0001\u007f',
  '${IFS}',
  '--',
  '-n',
  '%s%n',
  'é\u{1F600}',
  '\u2028',
];

/** The words that a program gets, one a line in brackets. */
const shown = (text: string) => `[${text}]\n`;

describe('a value is one argument, whatever it holds', () => {
  for (const text of hostile) {
    test(JSON.stringify(text), async () => {
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh ${text}`.text()).toBe(shown(text));
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh "${text}"`.text()).toBe(shown(text));
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh '${text}'`.text()).toBe(shown(text));
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh a${text}b"c${text}"`.text()).toBe(shown(`a${text}bc${text}`));
      expect(await $`VALUE=${text} sh -c 'printf "[%s]\n" "$VALUE"'`.text()).toBe(shown(text));
      expect(await $`VALUE=${text}; sh -c 'printf "[%s]\n" "$@"' sh "$VALUE"`.text()).toBe(shown(text));
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh ${[text, 'x']}`.text()).toBe(shown(text) + shown('x'));
      expect(await $`sh -c 'printf "[%s]\n" "$@"' sh "$(sh -c 'printf "%s|" "$1"' sh ${text})"`.text()).toBe(
        shown(`${text}|`),
      );
    });
  }
});

// Bun 1.4.5 has no such commands.
describe.skipIf(!isDxCompat)('nor in what Bun has not', () => {
  for (const text of hostile) {
    test(JSON.stringify(text), async () => {
      expect(await $`for x in ${text}; do printf '[%s]\n' "$x"; done`.text()).toBe(shown(text));
      expect(await $`case ${text} in ${text}) echo same;; *) echo other;; esac`.text()).toBe('same\n');
      expect(await $`[[ ${text} == ${text} ]] && echo same`.text()).toBe('same\n');
      expect(await $`[[ x${text}y =~ ^x${text}y$ ]] && echo same`.nothrow().text()).toBe('same\n');
      expect(await $`cat <<< ${text}`.text()).toBe(`${text}\n`);
      expect(await $`printf '[%s]\n' "\${none:-${text}}"`.text()).toBe('[${none:-' + text + '}]\n');
      const none = { raw: '${none:-' };
      const end = { raw: '}' };
      expect(await $`printf '[%s]\n' "${none}${text}${end}"`.text()).toBe(shown(text));
      expect(await $`printf '[%s]\n' ${none}${text}${end}`.text()).toBe(shown(text));
      const dollar = { raw: 'x=a; echo ${x/a/' };
      expect(await $`${{ raw: 'x=a; printf "[%s]\n" "${x/a/' }}${text}${{ raw: '}"' }}`.text()).toBe(shown(text));
      expect(dollar.raw).toContain('x/a/');
      expect(await $`f() { printf '[%s]\n' "$1"; }; f ${text}`.text()).toBe(shown(text));
      expect(await $`set -- ${text}; printf '[%s]\n' "$@"`.text()).toBe(shown(text));
      expect(
        await $`cat <<END
${text}
END`.text(),
      ).toBe(`${text}\n`);
    });
  }
});
