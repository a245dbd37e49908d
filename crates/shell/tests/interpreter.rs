//! Scripts through the engine's front door, with programs started by the standard library.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails may panic")]

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};

use bstr::{BString, ByteSlice as _};
use dx_shell::descriptor::{Descriptor, Sink, Table};
use dx_shell::run::{Environment, Script, ScriptOptions, Value};
use dx_shell::source::Source;
use dx_shell::spawn::{Child, Exit, Spawner, Start};

struct StandardSpawner;

struct StandardChild(u32, Mutex<std::process::Child>);

impl Spawner for StandardSpawner {
    fn start(&self, start: &Start<'_>) -> io::Result<Arc<dyn Child>> {
        let mut command = Command::new(start.program);
        command.args(start.arguments[1..].iter().map(|argument| argument.to_os_str_lossy().into_owned()));
        command.env_clear().current_dir(start.directory);
        for pair in &start.environment {
            let (name, value) = pair.split_once_str("=").unwrap();
            command.env(name.to_os_str_lossy(), value.to_os_str_lossy());
        }
        let files: HashMap<u32, &Arc<File>> = start.descriptors.iter().map(|(number, file)| (*number, file)).collect();
        let stdio = |number| files.get(&number).map_or_else(Stdio::null, |file| file.try_clone().unwrap().into());
        command.stdin(stdio(0)).stdout(stdio(1)).stderr(stdio(2));
        let child = command.spawn()?;
        Ok(Arc::new(StandardChild(child.id(), Mutex::new(child))))
    }
}

impl Child for StandardChild {
    fn id(&self) -> u32 {
        self.0
    }

    fn wait(&self) -> io::Result<Exit> {
        use std::os::unix::process::ExitStatusExt as _;
        loop {
            if let Some(status) = self.1.lock().unwrap().try_wait()? {
                let signal = status.signal().and_then(|signal| u8::try_from(signal).ok());
                let code = u8::try_from(status.code().unwrap_or(255) & 255).unwrap();
                return Ok(signal.map_or(Exit::Code(code), Exit::Signal));
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    fn kill(&self, _signal: i32) {
        let _ = self.1.lock().unwrap().kill();
    }
}

struct Ran {
    status: u8,
    stdout: String,
    stderr: String,
}

fn run_with(parts: &[&str], values: Vec<Value>) -> Ran {
    let script = Script::parse(&Source::new(parts)).unwrap_or_else(|error| panic!("{parts:?}: {error}"));
    let (stdout, stderr) = (Sink::new(), Sink::new());
    let pair = |name: &str, value: &str| (BString::from(name), BString::from(value));
    let options = ScriptOptions {
        values,
        variables: vec![pair("PATH", "/usr/bin:/bin"), pair("HOME", "/home/me"), pair("EXPORTED", "yes")],
        directory: std::env::temp_dir(),
        arguments: ["script", "one", "two words", "three"].map(BString::from).to_vec(),
        descriptors: Table::new(Descriptor::Null, Descriptor::Sink(stdout.hold()), Descriptor::Sink(stderr.hold())),
        sinks: vec![Arc::clone(&stdout), Arc::clone(&stderr)],
        announce: None,
    };
    let environment = Environment { spawner: Arc::new(StandardSpawner), bun: Arc::new([]) };
    let (sender, receiver) = mpsc::channel();
    let _outcome = script.start(environment, options, move |status| sender.send(status).unwrap()).unwrap();
    let status =
        receiver.recv_timeout(std::time::Duration::from_secs(20)).unwrap_or_else(|_| panic!("{parts:?} hangs"));
    let text = |sink: &Arc<Sink>| String::from_utf8(sink.take()).unwrap();
    Ran { status, stdout: text(&stdout), stderr: text(&stderr) }
}

fn run(script: &str) -> Ran {
    run_with(&[script], Vec::new())
}

#[track_caller]
fn prints(script: &str, expected: &str) {
    let ran = run(script);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected, ""), "{script}");
}

#[test]
fn words_and_quotes() {
    prints("echo a 'b  c' \"d $EXPORTED\" e\\ f", "a b  c d yes e f\n");
    prints("echo a#b # comment\necho c", "a#b\nc\n");
    prints("echo $'a\\tb'; echo \"a\\nb\"", "a\tb\na\\nb\n");
    prints("echo a\\\nb", "ab\n");
    prints("echo {a,b}{1,2} {1..3} x{,y}", "a1 a2 b1 b2 1 2 3 x xy\n");
    prints("echo ~ ~/x '~' a~", "/home/me /home/me/x ~ a~\n");
}

#[test]
fn parameters() {
    prints("x=abc; echo ${#x} ${x:1} ${x:1:1} ${x: -1} ${x/b/_} ${x%c} ${x#a} ${x^^}", "3 bc b c a_c ab bc ABC\n");
    prints("echo ${u:-d} ${u-d} ${EXPORTED:+s} ${u:=n} $u", "d d s n n\n");
    prints("p=a/b/c.tar.gz; echo ${p##*/} ${p%/*} ${p%%.*} ${p#*.}", "c.tar.gz a/b a/b/c tar.gz\n");
    prints("x='a  b'; echo $x; echo \"$x\"; for i in $x; do echo $i; done", "a b\na  b\na\nb\n");
    prints(
        "echo $# $1 \"$2\"; for i in \"$@\"; do echo \"[$i]\"; done",
        "3 one two words\n[one]\n[two words]\n[three]\n",
    );
    prints("shift; echo $1 $#; set -- a b; echo $*", "two words 2\na b\n");
    prints("echo $(( 1 + 2 * 3 )) $((x=4, x*2)) $x", "7 8 4\n");
    let ran = run("echo ${u:?is missing}; echo not reached");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", "bun: u: is missing\n"));
}

#[test]
fn arrays() {
    prints(
        "a=(x 'y z' w); echo $a ${a[1]} ${#a[@]} ${#a[1]} ${a[-1]}; printf '<%s>' \"${a[@]}\"",
        "x y z 3 3 w\n<x><y z><w>",
    );
    prints(
        "a=(1 2); a+=(3 4); a[9]=9; a[1]+=x; echo ${a[@]} / ${!a[@]}; unset 'a[0]'; echo ${#a[*]}",
        "1 2x 3 4 9 / 0 1 2 3 9\n4\n",
    );
    prints(
        "a=(a b c d); echo ${a[@]:1:2} ${a[@]: -1} ${a[@]/#/_} \"${a[*]^^}\"; IFS=-; echo \"${a[*]}\"",
        "b c d _a _b _c _d A B C D\na-b-c-d\n",
    );
    prints("a=([2]=c [0]=a b); echo ${a[@]} ${!a[@]}; e=(); printf '[%s]' \"${e[@]}\" x", "a b c 0 1 2\n[x]");
    prints(
        "declare -A m=([one]=1 ['t w o']=2); m[x]=9; for k in \"${!m[@]}\"; do echo \"$k=${m[$k]}\"; done; echo ${m[t w o]}",
        "one=1\nt w o=2\nx=9\n2\n",
    );
    prints(
        "a=(1 2 3); echo $((a[0] + a[a[0]])) $((a[1]++)) ${a[1]}; ((a[5] = 7)); echo ${a[5]} ${#a[@]}",
        "3 2 3\n7 4\n",
    );
    prints(
        "f() { local a=(l1 l2); local -a b; b[0]=x; echo ${a[@]} ${b[0]}; }; a=g; f; echo $a ${a[0]}",
        "l1 l2 x\ng g\n",
    );
    prints("false | true | (exit 3); echo ${PIPESTATUS[@]}; true; echo ${PIPESTATUS[0]}", "1 0 3\n0\n");
    prints("[[ k=v =~ ^(.)=(.)$ ]] && echo ${BASH_REMATCH[2]} ${#BASH_REMATCH[@]}", "v 3\n");
    prints(
        "IFS=, read -ra p <<< 'a,b c,,d'; printf '<%s>' \"${p[@]}\"; mapfile -t l <<< $'1\\n2'; echo ${l[1]}",
        "<a><b c><><d>2\n",
    );
    prints(
        "printf -v x '%03d' 7; printf -v 'y[2]' '%s' z; echo $x ${y[2]}; r=y[2]; echo ${!r}; n='y[@]'; echo ${!n}",
        "007 z\nz\nz\n",
    );
    prints(
        "a=(1 'b c'); declare -p a; declare -A n=([k]='\"v'); declare -p n; readonly -a c=(1); [[ -v c[0] ]] && echo set",
        "declare -a a=([0]=\"1\" [1]=\"b c\")\ndeclare -A n=([k]=\"\\\"v\" )\nset\n",
    );
    prints("shopt -s nullglob; f=(/no/such/*.x); echo ${#f[@]}; set -u; echo \"${f[@]}\" ${f[0]:-none}", "0\nnone\n");
    prints(
        "declare -i n=5+1; n+=2; echo $n; x=\"it's\"; echo ${x@Q} ${x@U}; kill -l TERM 9",
        "8\n'it'\\''s' IT'S\n15\nKILL\n",
    );
    let ran = run("readonly a=(1); a[0]=2; echo never");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", "bun: a: readonly variable\n"));
    let list = vec![Value::List(["x y".into(), "$(echo z)".into()].to_vec())];
    assert_eq!(run_with(&["a=(", " w); printf '<%s>' \"${a[@]}\""], list).stdout, "<x y><$(echo z)><w>");
    for (bad, message) in [
        ("a=(1", "Unclosed array"),
        ("a[0]=(1)", "An element cannot be an array"),
        ("echo ${a[}", "Bad array subscript"),
    ] {
        assert_eq!(
            Script::parse(&Source::new(&[bad])).err().map(|error| error.message),
            Some(message.to_owned()),
            "{bad}"
        );
    }
}

#[test]
fn a_signal_to_itself_runs_the_trap_at_once() {
    prints("trap 'echo usr' USR1; kill -USR1 $$; echo after; trap '' TERM; kill $$; echo alive", "usr\nafter\nalive\n");
    prints("(trap 'echo inner' USR1; kill -USR1 $BASHPID; echo after); echo outer", "inner\nafter\nouter\n");
    let ran = run("trap 'echo term; exit 7' TERM; kill $$; echo never");
    assert_eq!((ran.status, ran.stdout.as_str()), (7, "term\n"));
}

#[test]
fn signals_run_traps() {
    let script = "trap 'echo got; x=1' INT; trap 'echo term; exit 5' TERM; sleep 100; echo $? $x; sleep 100 & wait $!; echo $?; sleep 100";
    let script = Script::parse(&Source::new(&[script])).unwrap();
    let (stdout, stderr) = (Sink::new(), Sink::new());
    let (announced, announcements) = mpsc::channel();
    let options = ScriptOptions {
        values: Vec::new(),
        variables: Vec::new(),
        directory: std::env::temp_dir(),
        arguments: Vec::new(),
        descriptors: Table::new(Descriptor::Null, Descriptor::Sink(stdout.hold()), Descriptor::Sink(stderr.hold())),
        sinks: vec![Arc::clone(&stdout)],
        announce: Some(Box::new(move |names| announced.send(names).unwrap())),
    };
    let environment = Environment { spawner: Arc::new(StandardSpawner), bun: Arc::new([]) };
    let (sender, receiver) = mpsc::channel();
    let outcome = script.start(environment, options, move |status| sender.send(status).unwrap()).unwrap();
    assert_eq!(announcements.recv().unwrap(), ["SIGINT"]);
    assert_eq!(announcements.recv().unwrap(), ["SIGINT", "SIGTERM"]);
    for signal in ["SIGINT", "SIGINT", "SIGTERM"] {
        std::thread::sleep(std::time::Duration::from_millis(100));
        outcome.signal(signal);
    }
    // The job in the background would keep the script; it goes with its cancelling.
    std::thread::sleep(std::time::Duration::from_millis(100));
    outcome.cancel();
    assert_eq!(receiver.recv_timeout(std::time::Duration::from_secs(5)).unwrap(), 5);
    assert_eq!(stdout.take().as_bstr(), "got\n130 1\ngot\n130\nterm\n");
}

#[test]
fn control() {
    prints("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n");
    prints("i=0; while true; do i=$((i+1)); [ $i -gt 3 ] && break; echo $i; done", "1\n2\n3\n");
    prints("until true; do echo never; done; echo $?", "0\n");
    prints("case abc in a*) echo 1;; b*) echo 2;; esac; case x in a|x) echo y;& z) echo z;; esac", "1\ny\nz\n");
    prints("f() { local x=2; echo $1 $x; return 3; }; x=1; f a; echo $? $x", "a 2\n3 1\n");
    prints("for ((i=0; i<3; i++)); do echo -n $i; done; echo", "012\n");
    prints(
        "[[ abc == a* && ! -z x ]] && echo yes; [[ a < b ]] && echo less; [[ ab =~ ^a(b)$ ]] && echo re",
        "yes\nless\nre\n",
    );
    prints("{ echo a; echo b; } | cat; (cd /; pwd); (exit 4); echo $?", "a\nb\n/\n4\n");
    prints("! true; echo $?; true && echo a || echo b; false || echo c", "1\na\nc\n");
    prints("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n");
}

#[test]
fn redirections() {
    prints("cat <<E\na $EXPORTED\nE\ncat <<'E'\n$x\nE\ncat <<-E\n\tin\n\tE\n", "a yes\n$x\nin\n");
    prints("cat <<< \"x y\"; read a b <<< '1 2 3'; echo \"$b/$a\"", "x y\n2 3/1\n");
    prints("{ echo out; echo err >&2; } 2>&1 | cat", "out\nerr\n");
    prints(
        "t=$(mktemp); echo a > $t; echo b >> $t; cat < $t; while read l; do echo \"[$l]\"; done < $t; rm $t",
        "a\nb\n[a]\n[b]\n",
    );
    prints("exec 3>&1; echo x >&3; sh -c 'echo y' >&3 2>/dev/null", "x\ny\n");
    prints("cat <(echo a) <(echo b)", "a\nb\n");
    let ran = run("echo a > /no/such/file; echo $?; cat < /no/such");
    assert_eq!(ran.stdout, "1\n");
    assert_eq!(ran.stderr, "bun: No such file or directory: /no/such/file\nbun: No such file or directory: /no/such\n");
}

#[test]
fn programs_and_pipelines() {
    prints("sh -c 'echo $EXPORTED'; X=1 sh -c 'echo $X'; echo \"[$X]\"", "yes\n1\n[]\n");
    prints("echo a b | tr a-z A-Z | sh -c 'read x; echo \"<$x>\"'", "<A B>\n");
    prints("yes | head -n 2", "y\ny\n");
    prints("set -o pipefail; false | true; echo $?", "1\n");
    prints("sh -c 'kill -TERM $$'; echo $?", "143\n");
    let ran = run("nosuchprogram; echo $?");
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("127\n", "bun: command not found: nosuchprogram\n"));
    prints("sleep 0.01 & wait $!; echo $?; (exit 3) & wait $!; echo $?", "0\n3\n");
    prints("echo $(echo a; echo b) \"$(printf 'x\\n\\n')\" `echo c`", "a b x c\n");
}

#[test]
fn options_and_traps() {
    let ran = run("set -e; echo a; false; echo b");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "a\n"));
    prints("set -e; false || true; if false; then :; fi; ! true; echo on", "on\n");
    let ran = run("set -u; echo $nothing; echo b");
    assert_eq!((ran.status, ran.stderr.as_str()), (1, "bun: nothing: unbound variable\n"));
    prints("trap 'echo bye' EXIT; echo hi; exit 0", "hi\nbye\n");
    let ran = run("set -x; echo 'a b'");
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("a b\n", "+ echo 'a b'\n"));
    prints("eval 'x=1; echo $x'; getopts ab: o -b v; echo $o $OPTARG", "1\nb v\n");
    let ran = run("f() { f; }; f; echo $?");
    assert!(ran.stderr.contains("maximum function nesting level"), "{}", ran.stderr);
}

#[test]
fn values_are_never_syntax() {
    for text in [
        "; echo pwned",
        "$(echo pwned)",
        "`echo pwned`",
        "'",
        "\"",
        "\\",
        "*",
        "~",
        "{a,b}",
        "$HOME",
        "a\nb",
        "#x",
        "&& x",
        "| x",
        "> x",
        "\u{8}__bunstr_0",
    ] {
        let value = || Value::Text(text.into());
        for parts in [
            ["echo -n ", ""],
            ["echo -n \"", "\""],
            ["echo -n '", "'"],
            ["x=", "; echo -n \"$x\""],
            ["cat <<E\n", "\nE\n"],
            ["echo -n \"$(echo -n \"", "\")\""],
            ["echo -n ${u:-\"", "\"}"],
        ] {
            let ran = run_with(&parts, vec![value()]);
            let expected = if parts[0].starts_with("cat") { format!("{text}\n") } else { text.to_owned() };
            assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected.as_str(), ""), "{parts:?} with {text}");
        }
        let ran = run_with(&["case ", " in ", ") echo same;; esac"], vec![value(), value()]);
        assert_eq!(ran.stdout, "same\n", "{text}");
        let ran = run_with(&["[[ ", " == ", " ]] && echo same"], vec![value(), value()]);
        assert_eq!(ran.stdout, "same\n", "{text}");
    }
    let list = Value::List(["a b", "", "$x"].map(BString::from).to_vec());
    let ran = run_with(&["for i in ", "; do echo \"[$i]\"; done"], vec![list]);
    assert_eq!(ran.stdout, "[a b]\n[]\n[$x]\n");
}

#[test]
fn memory_is_read_and_written() {
    let sink = Sink::limited(5);
    let memory = Value::Memory { content: b"content"[..].into(), sink: Some(Arc::clone(&sink)) };
    let ran = run_with(
        &["cat < ", "; echo 123456789 > ", "; sh -c 'read x; echo $x' < ", ""],
        vec![memory.clone(), memory.clone(), memory],
    );
    assert_eq!(ran.stdout, "contentcontent\n");
    assert_eq!(sink.take(), b"12345");
}

#[test]
fn syntax_errors_name_their_place() {
    for (script, message) in [
        ("echo (", "Unexpected token: `(` (line 1, column 6)"),
        ("(echo", "Unclosed subshell (line 1, column 6)"),
        ("a\n| b", "expected a command or assignment but got: \"Pipe\" (line 2, column 1)"),
        ("echo >", "Redirection with no file (line 1, column 7)"),
        ("if true; then a", "Expected \"else\", \"elif\", or \"fi\" but got: Eof (line 1, column 16)"),
        ("a &&", "expected a command or assignment (line 1, column 5)"),
        ("echo \"a", "Unclosed double quote (line 1, column 6)"),
        ("echo )", "Unexpected ')' (line 1, column 6)"),
        ("é $(a", "Unclosed command substitution (line 1, column 6)"),
    ] {
        let error = Script::parse(&Source::new(&[script])).map(drop).unwrap_err();
        assert_eq!(error.to_string(), message, "{script}");
    }
}

/// A generator of numbers that is the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[test]
fn no_text_makes_the_parser_panic_or_hang() {
    const PIECES: [&str; 64] = [
        "echo",
        " ",
        "\n",
        ";",
        "&",
        "&&",
        "|",
        "||",
        "|&",
        "(",
        ")",
        "((",
        "))",
        "{",
        "}",
        "[[",
        "]]",
        "if",
        "then",
        "fi",
        "for",
        "in",
        "do",
        "done",
        "while",
        "case",
        "esac",
        ";;",
        "$",
        "${",
        "$(",
        "$((",
        "`",
        "'",
        "\"",
        "\\",
        "<",
        ">",
        "<<",
        "<<-",
        "<<<",
        "<(",
        ">&",
        "&>",
        "2>",
        "#",
        "!",
        "=",
        "~",
        "*",
        "?",
        "a",
        "b=",
        "c=(",
        "[1]=",
        "${d[",
        "declare ",
        "$x",
        "${x:-",
        "${x/",
        "E\n",
        "é",
        "\u{8}",
        "function f",
    ];
    let mut random = Random(7);
    for _ in 0..15_000 {
        let text: String = (0..random.below(24)).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let cut = text.char_indices().map(|(at, _)| at).nth(random.below(8)).unwrap_or(0);
        let _ = Script::parse(&Source::new(&[&text[..cut], &text[cut..]]));
    }
    for piece in PIECES {
        let _ = Script::parse(&Source::new(&[piece.repeat(4000)]));
    }
}
