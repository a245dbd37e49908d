import { expect, test } from 'bun:test';

test('without force a collection comes soon, and one is enough for all that ask', async () => {
  let collected = 0;
  const registry = new FinalizationRegistry(() => collected++);
  (() => {
    for (let at = 0; at < 10; at++) registry.register({ at }, at);
  })();
  for (let at = 0; at < 10_000; at++) Bun.gc(at % 2 ? undefined : false); // with a full one each it would take a minute
  for (let tries = 0; collected === 0 && tries < 200; tries++) await Bun.sleep(10);
  expect(collected).toBeGreaterThan(0);
  expect(Bun.gc()).toBeGreaterThan(0);
  expect(Bun.gc.length).toBe(1);
});
