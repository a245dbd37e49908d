//! The floor of the benchmarks: the engine in a loop without JavaScript (`benchmark/sqlite/native.mjs` starts it).
//!
//! `native-loop MODE ROWS SQL`; each line on stdin is a number of iterations, answered by a line when they are done.
#![allow(clippy::print_stdout, reason = "a program")]

use std::cell::Cell;
use std::error::Error;
use std::io::{BufRead, stdin};
use std::rc::Rc;

use dx_sqlite::{Connection, Open, PAGE_CELLS, Page, Prepare, Run, Sink, Statement, Text};

const CREATE: &[u8] =
    b"create table people (id integer primary key, name text, mail text, age integer, score real, city text)";
const INSERT: &[u8] = b"insert into people (name, mail, age, score, city) values (?, ?, ?, ?, ?)";
const CITIES: [&str; 4] = ["Lima", "Oslo", "Accra", "Hanoi"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, mode, rows, sql] = arguments.as_slice() else { return Err("MODE ROWS SQL".into()) };
    let connection = Connection::open(&Open { path: c":memory:", flags: 6, wal: false })?;
    run(&connection, CREATE)?;
    let mut insert = connection.prepare(INSERT, Prepare::default())?;
    let rows: u32 = rows.parse()?;
    run(&connection, b"begin")?;
    for index in 1..=rows {
        insert_person(&mut insert, &person(index))?;
    }
    run(&connection, b"commit")?;
    let mut statement = connection.prepare(sql.as_bytes(), Prepare::default())?;
    let (cells, mut text) = (vec![Cell::new(0_u64); PAGE_CELLS], Text::with_known());
    let people: Vec<Person> = (0..1000).map(person).collect();
    for line in stdin().lock().lines() {
        let iterations: u32 = line?.trim().parse()?;
        for index in 0..iterations {
            match mode.as_str() {
                "get" => {
                    let (kinds, values) = ([1], [u64::from(index % rows + 1)]);
                    let count = statement.parameters().min(1);
                    statement.rebind(count, &[])?.bind_packed(&kinds[..count], &values[..count])?;
                    statement.first(&mut Page::new(&cells, &mut text), &mut Kept)?;
                }
                "all" => read(&mut statement, &cells, &mut text)?,
                "insert" => {
                    if index % 1000 == 0 {
                        run(&connection, b"begin")?;
                    }
                    insert_person(&mut statement, &people[index as usize % 1000])?;
                    if index % 1000 == 999 || index + 1 == iterations {
                        run(&connection, b"delete from people; commit")?;
                    }
                }
                _ => return Err("MODE is get, all or insert".into()),
            }
        }
        println!("done");
    }
    Ok(())
}

/// Stands for JavaScript, which keeps texts that come again.
struct Kept;

impl Sink for Kept {
    fn keep(&mut self, _: usize, _: Run<'_>) -> bool {
        true
    }
    fn text(&mut self, _: &[u8]) {}
    fn blob(&mut self, _: &[u8]) {}
    fn taken(&self) -> usize {
        0
    }
    fn truncate(&mut self, _: usize) {}
}

fn run(connection: &Rc<Connection>, sql: &[u8]) -> Result<()> {
    connection.run_all(sql, |_| Ok(()))?;
    Ok(())
}

/// Binds and runs; the values are packed as JavaScript packs them (`Binder::bind_packed`).
fn insert_person(statement: &mut Statement, Person { text, lengths, age, score }: &Person) -> Result<()> {
    let [name, mail, city] = *lengths;
    let place = |start: u64, length: u64| start | (length << 32);
    let values = [place(0, name), place(name, mail), *age, score.to_bits(), place(name + mail, city)];
    statement.rebind(5, text.as_bytes())?.bind_packed(&[3, 3, 1, 2, 3], &values)?;
    statement.run()?;
    Ok(())
}

struct Person {
    text: String,
    lengths: [u64; 3],
    age: u64,
    score: f64,
}

fn person(index: u32) -> Person {
    let parts =
        [format!("Person {index}"), format!("person{index}@example.com"), CITIES[index as usize % 4].to_owned()];
    let lengths = parts.each_ref().map(|part| part.len() as u64);
    Person { text: parts.concat(), lengths, age: u64::from(20 + index % 60), score: f64::from(index) * 1.25 }
}

fn read(statement: &mut Statement, cells: &[Cell<u64>], text: &mut Text) -> Result<()> {
    statement.begin()?;
    while !statement.fill(&mut Page::new(cells, text), usize::MAX, &mut Kept)?.done {}
    Ok(())
}
