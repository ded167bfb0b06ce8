/** Takes the screenshots of docs/: `npm run screenshots`. */
import { statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { noWaitSettings, type Pipeline } from '../support/pipeline.ts';
import { ConsoleInBrowser } from './console-in-browser.ts';

/** The maximum size of all screenshots together, in bytes: they are in the repository. */
const maxBytes = 150_000;
let bytes = 0;
const viewport = { width: 1000, height: 900 };

const catalog = {
  types: { Payment: { payload: z.object({ amount: z.number(), currency: z.string().length(3) }) } },
  streams: { orders: noWaitSettings, payments: { ...noWaitSettings, duplicates: 'count' as const } },
};
const shown = await ConsoleInBrowser.start(catalog, {}, fill);
try {
  const page = await shown.open('/', { viewport, deviceScaleFactor: 1 });
  await page.getByRole('heading', { name: 'Not well' }).waitFor();
  await take(page, 'docs/console.png');
  await page.goto(new URL('/dead-letters?state=open&code=ERR_INVALID_PAYLOAD', page.url()).href);
  await page.locator('#counts details').first().waitFor();
  await page.getByRole('link', { name: 'ERR_INVALID_PAYLOAD' }).first().click();
  await page.locator('mark').waitFor();
  await page.keyboard.press('e');
  const draft = page.getByRole('textbox', { name: 'Draft' });
  await page.locator('#verdict.bad').waitFor();
  await draft.fill((await draft.inputValue()).replace(/"amount": "([\d.]+)"/, '"amount": $1'));
  await page.locator('#verdict.good').waitFor();
  await page.setViewportSize({ ...viewport, height: 620 });
  await page.evaluate('scrollTo(0, document.getElementById("work").offsetTop - 110)');
  await take(page, 'docs/console-letter.png');
} finally {
  await shown.close();
}

async function take(page: Page, path: string): Promise<void> {
  await page.screenshot({
    path,
    style: '*{animation:none!important;caret-color:transparent!important}',
  });
  process.stdout.write(`${path} ${statSync(path).size} bytes\n`);
  bytes += statSync(path).size;
  if (bytes > maxBytes) throw new Error(`the screenshots have more than ${maxBytes} bytes`);
}

/** Publishes events of two streams: some are missing, some are broken, one comes twice. */
async function fill(pipeline: Pipeline): Promise<void> {
  const startMs = Date.now() - 3_600_000;
  const at = (id: number): string => new Date(startMs + id * 20_000).toISOString();
  const ids = Array.from({ length: 160 }, (_, i) => i + 1);
  for (const id of ids) {
    const order = { event_id: id, type: id % 3 === 0 ? 'OrderShipped' : 'OrderPlaced', timestamp: at(id) };
    if (id % 70 !== 0) await pipeline.sendWith({ stream: 'orders' }, { ...order, data: { order: `A-${id}` } });
    const amount = id % 11 === 0 ? `${id}.50` : id + 0.5;
    const payment = { event_id: id, type: 'Payment', timestamp: at(id), data: { amount, currency: 'EUR' } };
    await pipeline.sendWith({ stream: 'payments' }, payment);
  }
  await pipeline.sendWith(
    { stream: 'orders' },
    { event_id: 7, type: 'OrderPlaced', timestamp: at(7), data: { order: 'A-7' } },
  );
  await pipeline.sendWith({ stream: 'orders' }, '{"event_id": 161, "type": "OrderPlaced", "timestamp": "tomorrow"}');
  await pipeline.runtime.sweep();
  await pipeline.runtime.sweep();
}
