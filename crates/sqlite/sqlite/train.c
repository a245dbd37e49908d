/*
** What a program that uses SQLite does most: build.rs runs it to learn which paths of SQLite are the usual ones, and compiles
** SQLite for them. Nothing of it is in the addon. argv[1] is a folder for database files.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sqlite3.h"

/* shim.c; the reading of rows is Rust's. */
typedef struct { const void *aValue; int nCompiled; } Stepped;
typedef struct { sqlite3_int64 nRow, iLast; } Changes;
int dx_step(sqlite3_stmt*, Stepped*);
int dx_run(sqlite3_stmt*, Changes*);
int dx_bind(sqlite3_stmt*, int, const int*, const sqlite3_uint64*, const char*, sqlite3_uint64);

static const char *azCity[] = {"Lima", "Oslo", "Accra", "Hanoi"};

static void check(sqlite3 *db, int rc){
  if( rc==SQLITE_OK || rc==SQLITE_DONE || rc==SQLITE_ROW ) return;
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *zSql){
  sqlite3_stmt *p = 0;
  check(db, sqlite3_prepare_v3(db, zSql, (int)strlen(zSql), 0, &p, 0));
  return p;
}

/* Steps through all rows, as `get`, `all` and `run` do. */
static int rows(sqlite3 *db, sqlite3_stmt *p){
  Stepped s;
  int rc, n = 0;
  while( (rc = dx_step(p, &s))==SQLITE_ROW ) n++;
  check(db, rc);
  sqlite3_reset(p);
  return n;
}

static void run(sqlite3 *db, sqlite3_stmt *p){
  Changes c;
  check(db, dx_run(p, &c));
}

/* Binds integers. */
static void key(sqlite3_stmt *p, int n, sqlite3_int64 a, sqlite3_int64 b){
  const int aKind[] = {1, 4};
  sqlite3_uint64 aValue[2];
  aValue[0] = (sqlite3_uint64)a;
  aValue[1] = (sqlite3_uint64)b;
  dx_bind(p, n, aKind, aValue, "", 0);
}

/* Binds name, mail, age, score and city. */
static void person(sqlite3_stmt *p, int i){
  const int aKind[] = {3, 3, 1, 2, 3};
  sqlite3_uint64 aValue[5], nText;
  char zText[128];
  double r = i*1.25;
  sqlite3_uint64 nName = sprintf(zText, "Person %d", i);
  sqlite3_uint64 nMail = sprintf(zText+nName, "person%d@example.com", i);
  sqlite3_uint64 nCity = sprintf(zText+nName+nMail, "%s", azCity[i%4]);
  nText = nName + nMail + nCity;
  aValue[0] = nName<<32;
  aValue[1] = nMail<<32 | nName;
  aValue[2] = 20 + i%60;
  memcpy(&aValue[3], &r, sizeof(r));
  aValue[4] = nCity<<32 | (nName + nMail);
  dx_bind(p, 5, aKind, aValue, zText, nText);
}

/* One statement, compiled, run n times and finalized. */
static void often(sqlite3 *db, int n, const char *zSql){
  sqlite3_stmt *p = prepare(db, zSql);
  int nVariable = sqlite3_bind_parameter_count(p);
  int i;
  for(i=0; i<n; i++){
    if( nVariable ) key(p, nVariable, 1+i%900, i);
    rows(db, p);
  }
  sqlite3_finalize(p);
}

/* Statements that are compiled again and again. */
static void compiling(sqlite3 *db, int n){
  const char *azSql[] = {
    "select name from people where id = ?",
    "SELECT \"id\", \"name\", \"mail\" FROM \"people\" WHERE (\"age\" > ? AND \"city\" = ?) ORDER BY \"score\" DESC LIMIT 10",
    "insert into people (name, mail, age, score, city) values (?, ?, ?, ?, ?)",
    "update people set score = score + 1, age = $age where id = $id",
    "delete from people where id = :id",
    "select p.name, count(*) as n, sum(o.price * o.amount) from people p left join orders o on o.person = p.id group by p.id",
    "with recursive c(x) as (values(1) union all select x + 1 from c where x < 5) select x from c",
    "begin", "commit"
  };
  int i, k;
  for(i=0; i<n; i++) for(k=0; k<(int)(sizeof(azSql)/sizeof(azSql[0])); k++) sqlite3_finalize(prepare(db, azSql[k]));
}

static void tables(sqlite3 *db){
  check(db, sqlite3_exec(db,
    "create table people (id integer primary key, name text, mail text, age integer, score real, city text);"
    "create table orders (id integer primary key, person integer references people(id), product text, price decimal, amount integer);"
    "create index orders_person on orders (person);"
    "create index people_city on people (city, age);"
    "create table plain (id integer primary key, name text, mail text, age integer, score real, city text);"
    "create table pairs (id integer primary key, value);"
    "create table words (word text primary key, n integer) without rowid;"
    "create virtual table notes using fts5(body);", 0, 0, 0));
}

static void work(sqlite3 *db, int n){
  sqlite3_stmt *pInsert = prepare(db, "insert into people (name, mail, age, score, city) values (?, ?, ?, ?, ?)");
  sqlite3_stmt *pPlain = prepare(db, "insert into plain (name, mail, age, score, city) values (?, ?, ?, ?, ?)");
  sqlite3_stmt *pOrder = prepare(db, "insert into orders (person, product, price, amount) values (?, 'product ' || ?, 12.5, 3)");
  sqlite3_stmt *pPair = prepare(db, "insert or replace into pairs values (?, ?)");
  sqlite3_stmt *pHold = prepare(db, "select 1 from sqlite_schema");
  Stepped s;
  int i, k;

  check(db, sqlite3_exec(db, "begin", 0, 0, 0));
  for(i=0; i<2000; i++){ person(pInsert, i); run(db, pInsert); }
  for(i=0; i<3000; i++){ key(pOrder, 2, 1+i%1000, i); run(db, pOrder); }
  check(db, sqlite3_exec(db, "commit", 0, 0, 0));
  for(k=0; k<n*4; k++){
    check(db, sqlite3_exec(db, "begin", 0, 0, 0));
    for(i=0; i<1000; i++){ person(pPlain, i); run(db, pPlain); }
    check(db, sqlite3_exec(db, "delete from plain", 0, 0, 0));
    check(db, sqlite3_exec(db, "commit", 0, 0, 0));
  }
  for(i=0; i<n*500; i++){ key(pPair, 2, 1+i%1000, 9007199254740993LL + i); run(db, pPair); }
  for(i=0; i<n*100; i++){ person(pInsert, 5000 + i); run(db, pInsert); }

  /* Queries in a transaction of their own, and in one that is kept open (src/hold.rs). */
  for(k=0; k<2; k++){
    if( k ) dx_step(pHold, &s);
    often(db, n*2000, "select 1");
    often(db, n*5000, "select name from people where id = ?");
    often(db, n*5000, "select id, name, mail, age, score, city from people where id = ?");
    often(db, n*500, "select name from people where id = ? and age > ?");
    often(db, n*20, "select id, name, mail, age, score, city from people limit 1000");
    often(db, n*500, "select * from orders where person = ?");
    often(db, n*50, "select * from people where city = 'Oslo' and age = ? order by score desc limit 20");
    often(db, n*5, "select city, count(*), avg(score), max(name) from people group by city order by 2 desc");
    often(db, n*5, "select o.id, p.name, o.product, o.price * o.amount as total from orders o join people p on p.id = o.person");
    often(db, n*5, "select p.name, count(o.id) from people p left join orders o on o.person = p.id group by p.id having count(o.id) > 1");
    often(db, n*5, "select distinct city, age from people where name like 'Person 1%' order by age");
    often(db, n*5, "select name from people where id in (select person from orders where amount > 2) order by name limit 50");
    often(db, n*5, "select upper(name), substr(mail, 3, 5), length(city), coalesce(null, age), case when age > 40 then 1 else 0 end from people limit 200");
    often(db, n*2, "select json_extract('{\"a\":[1,2,{\"b\":' || id || '}]}', '$.a[2].b') from people limit 200");
    often(db, n*2, "with recursive c(x) as (values(1) union all select x + 1 from c where x < 500) select sum(x) from c");
    often(db, n*2, "select id, row_number() over (partition by city order by score) from people limit 200");
    sqlite3_reset(pHold);
  }
  often(db, n*200, "update people set score = score + 1 where id = ?");
  often(db, n*2, "update people set age = age + 1 where city = 'Lima'");
  often(db, n*200, "insert into words values ('word ' || (? % 300), ?) on conflict (word) do update set n = excluded.n");
  often(db, n*20, "insert into notes (body) values ('a note of ' || ? || ' words')");
  often(db, n*5, "select rowid, body from notes where notes match 'words' limit 10");
  often(db, n*100, "delete from orders where id = ?");
  compiling(db, n*30);
  sqlite3_finalize(pInsert);
  sqlite3_finalize(pPlain);
  sqlite3_finalize(pOrder);
  sqlite3_finalize(pPair);
  sqlite3_finalize(pHold);
}

int main(int argc, char **argv){
  static const char *azJournal[] = {"pragma journal_mode = wal; pragma synchronous = normal", "pragma journal_mode = delete"};
  char zPath[4096];
  sqlite3 *db = 0;
  int i;
  if( argc!=2 ) return 1;
  check(db, sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE|SQLITE_OPEN_CREATE|SQLITE_OPEN_NOMUTEX, 0));
  tables(db);
  work(db, 20);
  sqlite3_close(db);
  for(i=0; i<2; i++){
    snprintf(zPath, sizeof(zPath), "%s/train%d.sqlite", argv[1], i);
    remove(zPath);
    check(db, sqlite3_open_v2(zPath, &db, SQLITE_OPEN_READWRITE|SQLITE_OPEN_CREATE|SQLITE_OPEN_NOMUTEX, 0));
    check(db, sqlite3_exec(db, azJournal[i], 0, 0, 0));
    check(db, sqlite3_exec(db, "pragma synchronous = off", 0, 0, 0));
    tables(db);
    work(db, 1);
    sqlite3_close(db);
    remove(zPath);
  }
  return 0;
}
