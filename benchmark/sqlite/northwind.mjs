// The queries of Bun's published benchmark, and a join, over tables of Northwind's sizes and shapes; the rows are made up.
import { one } from './tables.mjs';

const tables = {
  Customer: [91, 'Id CompanyName ContactName ContactTitle Address City Region PostalCode Country Phone Fax'],
  Product: [
    77,
    'Id* ProductName SupplierId* CategoryId* QuantityPerUnit UnitPrice+ UnitsInStock* UnitsOnOrder* ReorderLevel* Discontinued*',
  ],
  Order: [
    830,
    'Id* CustomerId EmployeeId* OrderDate RequiredDate ShippedDate ShipVia* Freight+ ShipName ShipAddress ShipCity ShipRegion ShipPostalCode ShipCountry',
  ],
  OrderDetail: [2155, 'Id OrderId* ProductId* UnitPrice+ Quantity* Discount+'],
};
const words = [
  'Alfreds',
  'Berglunds snabbköp',
  'Chop-suey Chinese',
  'Ernst Handel',
  'Königlich Essen',
  'Obere Str. 57',
  'México D.F.',
];

/** A value for a column: `*` integer, `+` real, otherwise text, now and then none. @param {string} column @param {number} row */
function value(column, row) {
  if (column === 'Id*') return row + 1;
  if (column === 'OrderId*') return (row % 830) + 1;
  if (column === 'ProductId*') return (row % 77) + 1;
  if (column.endsWith('*')) return (row * 7) % 90;
  if (column.endsWith('+')) return ((row * 37) % 9000) / 100;
  if (column === 'CustomerId' || column === 'Id') return `C${(row % (column === 'Id' ? 1e9 : 91)) + 1}`;
  if (column.endsWith('Date')) return `2016-0${(row % 9) + 1}-${10 + (row % 18)}`;
  return /Region|Fax/.test(column) && row % 3 === 0
    ? null
    : `${words[(row + column.length) % words.length]} ${row % 100}`;
}

/** @param {any} database */
function northwind(database) {
  database.exec('begin');
  for (const [name, [rows, list]] of Object.entries(tables)) {
    const columns = String(list).split(' ');
    const declared = columns.map(
      (column) =>
        `"${column.replace(/[*+]/, '')}" ${column.endsWith('*') ? 'INTEGER' : column.endsWith('+') ? 'DECIMAL' : 'VARCHAR(8000)'}${column.startsWith('Id') ? ' PRIMARY KEY' : ''}`,
    );
    database.exec(`create table "${name}" (${declared})`);
    const insert = database.prepare(`insert into "${name}" values (${columns.map(() => '?')})`);
    for (let row = 0; row < Number(rows); row++) insert.run(...columns.map((column) => value(column, row)));
  }
  database.exec('commit');
}

/** @param {string} sql @param {number} rows @returns {import('./tables.mjs').Work} */
const all = (sql, rows) => (database) => {
  northwind(database);
  const statement = database.prepare(sql);
  return (iterations) => {
    for (let i = 0; i < iterations; i++) if (statement.all().length !== rows) throw new Error('rows are missing');
  };
};

const join = `select o."Id", c."CompanyName", p."ProductName", d."Quantity", d."UnitPrice" * d."Quantity" as total
  from "OrderDetail" d join "Order" o on o."Id" = d."OrderId" join "Customer" c on c."Id" = o."CustomerId"
  join "Product" p on p."Id" = d."ProductId"`;

export default [
  one('Northwind, SELECT * FROM "Order"', all('SELECT * FROM "Order"', 830)),
  one('Northwind, SELECT * FROM "Product"', all('SELECT * FROM "Product"', 77)),
  one('Northwind, SELECT * FROM "OrderDetail"', all('SELECT * FROM "OrderDetail"', 2155)),
  one('Northwind, a join of four tables', all(join, 2155)),
];
