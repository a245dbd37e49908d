// http3-load PORT MILLISECONDS REQUESTS: keeps so many requests over HTTP/3 under way and prints the answers per second.
// Runs on Bun, whose client is the same for all servers.
const [port, milliseconds, requests] = process.argv.slice(2).map(Number);
const url = `https://127.0.0.1:${port}/`;
const end = performance.now() + milliseconds;
let answers = 0;

async function client() {
  while (performance.now() < end) {
    const response = await fetch(url, { protocol: 'http3', tls: { rejectUnauthorized: false } });
    if ((await response.text()) !== 'hello') throw new Error('unexpected answer');
    answers++;
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: requests }, client));
console.log(Math.round((answers * 1000) / (performance.now() - started)));
process.exit();
