use super::super::tests::{run_in, run_words};

#[test]
fn scripts() {
    let input = "one\ntwo\nthree\n";
    let cases: &[(&[&str], &str, &str)] = &[
        (&["s/o/0/"], input, "0ne\ntw0\nthree\n"),
        (&["s/e/E/g"], input, "onE\ntwo\nthrEE\n"),
        (&["s/e/E/2"], input, "one\ntwo\nthreE\n"),
        (&["s/ONE/x/i"], input, "x\ntwo\nthree\n"),
        (&["-n", "s/t/T/p"], input, "Two\nThree\n"),
        (&["s|o|/|"], input, "/ne\ntw/\nthree\n"),
        (&["s/\\(.\\)\\(.\\)/\\2\\1/"], input, "noe\nwto\nhtree\n"),
        (&["-E", "s/(.)(.)/\\2\\1/"], input, "noe\nwto\nhtree\n"),
        (&["s/t.*/[&]/"], input, "one\n[two]\n[three]\n"),
        (&["s/o/\\&/"], input, "&ne\ntw&\nthree\n"),
        (&["s/o/a\\nb/"], "o\n", "a\nb\n"),
        (&["s/./\\U&/"], input, "One\nTwo\nThree\n"),
        (&["-E", "s/(t)(.*)/\\1\\U\\2\\E!/"], input, "one\ntWO!\ntHREE!\n"),
        (&["2d"], input, "one\nthree\n"),
        (&["$d"], input, "one\ntwo\n"),
        (&["/two/d"], input, "one\nthree\n"),
        (&["/two/!d"], input, "two\n"),
        (&["1,2d"], input, "three\n"),
        (&["/one/,/two/d"], input, "three\n"),
        (&["2,$s/t/T/"], input, "one\nTwo\nThree\n"),
        (&["-n", "2p"], input, "two\n"),
        (&["-n", "$="], input, "3\n"),
        (&["-n", "/two/,+1p"], input, "two\nthree\n"),
        (&["-n", "1~2p"], input, "one\nthree\n"),
        (&["2q"], input, "one\ntwo\n"),
        (&["1!G;h;$!d"], input, "three\ntwo\none\n"),
        (&["y/ote/xyz/"], input, "xnz\nywx\nyhrzz\n"),
        (&["2i\\\nX"], input, "one\nX\ntwo\nthree\n"),
        (&["2i X"], input, "one\nX\ntwo\nthree\n"),
        (&["2a X"], input, "one\ntwo\nX\nthree\n"),
        (&["2c X"], input, "one\nX\nthree\n"),
        (&["1,2c X"], input, "X\nthree\n"),
        (&["-e", "s/o/0/", "-e", "s/t/T/"], input, "0ne\nTw0\nThree\n"),
        (&["s/o/0/;s/t/T/"], input, "0ne\nTw0\nThree\n"),
        (&["/t/{s/t/T/;s/o/0/}"], input, "one\nTw0\nThree\n"),
        (&["N;s/\\n/-/"], input, "one-two\nthree\n"),
        (&["-n", "H;${x;s/\\n/,/g;p}"], input, ",one,two,three\n"),
        (&[":a;s/^\\(x*\\)o/\\1x/;ta"], "ooo\n", "xxx\n"),
        (&["s/a*/x/g"], "baac\n", "xbxcx\n"),
        (&["s/$/!/"], "a\nb", "a!\nb!"),
        (&["p"], "a", "a\na"),
        (&["n;d"], input, "one\nthree\n"),
        (&["-n", "l"], "a\tb\\\n", "a\\tb\\\\$\n"),
        (&["s/[/]/x/"], "a/b\n", "axb\n"),
        (&["# a comment\ns/a/b/"], "a\n", "b\n"),
        (&["/one/s//1/"], input, "1\ntwo\nthree\n"),
        (&["0,/o/d"], input, "two\nthree\n"),
        (&["s/x/\\//"], "x\n", "/\n"),
        (&["$!N;P;D"], "a\nb\nc\n", "a\nb\nc\n"),
        (&["s/a/b/w /dev/stdout"], "a\n", "b\nb\n"),
        (&["s/.../x/M"], "abcd\n", "xd\n"),
    ];
    for (words, input, expected) in cases {
        let words: Vec<&str> = std::iter::once("sed").chain(words.iter().copied()).collect();
        assert_eq!(run_words(&words, input), (0, (*expected).to_owned(), String::new()), "{words:?}");
    }
    assert_eq!(run_words(&["sed", "q5"], "a\nb\n"), (5, "a\n".to_owned(), String::new()));
}

#[test]
fn what_is_wrong() {
    for (script, message) in [
        ("s/a/b", "unterminated `s' command"),
        ("s/a", "unterminated `s' command"),
        ("s/a/b/k", "unknown option to `s'"),
        ("k", "unknown command: `k'"),
        ("{p", "unmatched `{'"),
        ("p}", "unexpected `}'"),
        ("bx", "can't find label for jump to `x'"),
        ("y/a/bc/", "strings for `y' command are different lengths"),
        ("e ls", "command `e' is not supported"),
        ("s/(/x/e", "flag `e' of `s' is not supported"),
        ("s/\\(a\\)\\1/x/", "back-references are not supported"),
        ("s/a/\\1/", "invalid reference \\1 on `s' command's RHS"),
    ] {
        let (code, out, err) = run_words(&["sed", script], "a\n");
        assert_eq!((code, &*out), (1, ""), "{script}");
        assert!(err.starts_with("sed: -e expression #1, char ") && err.ends_with(&format!(": {message}\n")), "{err}");
    }
}

#[test]
fn files() {
    let directory = std::env::temp_dir().join(format!("dx-shell-sed-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    let run = |words: &[&str]| run_in(&directory, words, "");
    write("a", "x\ny\n");
    write("b", "x");
    assert_eq!(run(&["sed", "-i", "s/x/z/", "a", "b"]), (0, String::new(), String::new()));
    assert_eq!((&*read("a"), &*read("b")), ("z\ny\n", "z"));
    assert_eq!(run(&["sed", "-i.bak", "s/z/q/", "a"]).0, 0);
    assert_eq!((&*read("a"), &*read("a.bak")), ("q\ny\n", "z\ny\n"));
    assert_eq!(run(&["sed", "-i", "", "s/q/r/", "a"]).0, 0);
    assert_eq!(read("a"), "r\ny\n");
    assert_eq!(run(&["sed", "-n", "$p", "b", "a"]).1, "y\n");
    assert_eq!(run(&["sed", "", "b", "a"]).1, "z\nr\ny\n");
    assert_eq!(run(&["sed", "-s", "-n", "$p", "b", "a"]).1, "z\ny\n");
    let (code, out, err) = run(&["sed", "p", "nosuch"]);
    assert_eq!((code, &*out, &*err), (2, "", "sed: can't read nosuch: No such file or directory\n"));
    assert_eq!(run(&["sed", "r a", "b"]).1, "z\nr\ny\n");
    assert_eq!(run(&["sed", "w c", "a"]).1, "r\ny\n");
    assert_eq!(read("c"), "r\ny\n");
    std::fs::remove_dir_all(&directory).unwrap();
}
