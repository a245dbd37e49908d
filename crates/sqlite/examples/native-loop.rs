//! The floor of the benchmarks: the engine in a loop without JavaScript (`benchmark/sqlite/native.mjs` starts it).
//!
//! `native-loop MODE ROWS SQL`; each line on stdin is a number of iterations, answered by a line when they are done.
#![allow(clippy::print_stdout, reason = "a program")]

use std::cell::Cell;
use std::error::Error;
use std::io::{BufRead, stdin};
use std::rc::Rc;

use dx_sqlite::{Connection, Open, PAGE_CELLS, Page, Prepare, Statement, Text, Value};

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
        insert_person(&mut insert, index)?;
    }
    run(&connection, b"commit")?;
    let mut statement = connection.prepare(sql.as_bytes(), Prepare::default())?;
    let (cells, mut text) = (vec![Cell::new(0_u64); PAGE_CELLS], Text::default());
    for line in stdin().lock().lines() {
        let iterations: u32 = line?.trim().parse()?;
        for index in 0..iterations {
            match mode.as_str() {
                "get" => {
                    statement.rebind(1, &[])?.bind(0, Value::Integer(i64::from(index % rows + 1)))?;
                    read(&mut statement, &cells, &mut text, 1)?;
                    statement.reset()?;
                }
                "all" => read(&mut statement, &cells, &mut text, usize::MAX)?,
                "insert" => {
                    if index % 1000 == 0 {
                        run(&connection, b"begin")?;
                    }
                    insert_person(&mut statement, index % 1000)?;
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

fn run(connection: &Rc<Connection>, sql: &[u8]) -> Result<()> {
    connection.run_all(sql, |_| Ok(()))?;
    Ok(())
}

fn insert_person(statement: &mut Statement, index: u32) -> Result<()> {
    let (name, mail) = (format!("Person {index}"), format!("person{index}@example.com"));
    let values = [
        Value::Text(name.as_bytes()),
        Value::Text(mail.as_bytes()),
        Value::Integer(i64::from(20 + index % 60)),
        Value::Real(f64::from(index) * 1.25),
        Value::Text(CITIES[index as usize % 4].as_bytes()),
    ];
    let binder = statement.rebind(5, &[])?;
    for (position, value) in values.into_iter().enumerate() {
        binder.bind(position, value)?;
    }
    statement.run()?;
    Ok(())
}

fn read(statement: &mut Statement, cells: &[Cell<u64>], text: &mut Text, limit: usize) -> Result<()> {
    statement.begin()?;
    let mut left = limit;
    while left > 0 {
        let filled = statement.fill(&mut Page::new(cells, text), left, &mut ())?;
        if filled.done {
            break;
        }
        left -= filled.rows;
    }
    Ok(())
}
