import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { noWaitSettings, withoutDoubt } from '../support/pipeline.ts';
import { ConsoleInBrowser, until } from './console-in-browser.ts';
import { ManyLetters } from './many-letters.ts';

const catalog = {
  personal: ['/data/email'],
  types: { Payment: { payload: z.object({ amount: z.number() }) } },
  streams: {
    default: { ...noWaitSettings, duplicates: 'count' as const },
    lossy: { ...noWaitSettings, ...withoutDoubt, minConfidence: 1 },
  },
};
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let shown: ConsoleInBrowser;
beforeAll(async () => {
  shown = await ConsoleInBrowser.start(catalog);
  await shown.pipeline.send(payment(1, '1.5'), payment(2, '"12.50"'), payment(3, '3'));
});
afterAll(async () => {
  await shown.close();
});
afterEach(() => {
  expect(shown.complaints.splice(0)).toEqual([]);
});

test('an operator finds a broken event, edits it until it is valid, replays it, and it is published', async () => {
  const page = await shown.open('/');
  await page.getByRole('heading', { name: 'Not well: 1 dead letter is open' }).waitFor();
  await page.keyboard.press('l');
  await page.getByLabel('Code').selectOption('ERR_INVALID_PAYLOAD');
  await page.getByRole('button', { name: 'Filter' }).click();
  expect(new URL(page.url()).searchParams.get('code')).toBe('ERR_INVALID_PAYLOAD');
  await page.locator('#counts summary', { hasText: '1 open, 1 in the last hour' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('mark').waitFor();
  expect(await page.locator('mark').innerText()).toContain('"amount": "12.50"');

  await page.keyboard.press('e');
  await page.locator('#verdict', { hasText: 'ERR_INVALID_PAYLOAD' }).waitFor();
  const draft = page.getByRole('textbox', { name: 'Draft' });
  await draft.fill((await draft.inputValue()).replace('"12.50"', '12.50'));
  await page.locator('#verdict', { hasText: 'VALID → default · Payment' }).waitFor();
  expect(await page.locator('#diff').innerText()).toBe('/data/amount "12.50" 12.50');
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  await page.keyboard.type('region');
  await page.keyboard.press('Tab');
  await page.keyboard.type('eu');
  await page.getByRole('button', { name: 'Replay …' }).click();
  await page.locator('#said', { hasText: 'Save the draft first: a replay sends what is saved.' }).waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.locator('#letter-head[data-draft=true]').waitFor();
  await page.getByRole('button', { name: 'Replay …' }).click();
  await page.locator('#replay-verdict', { hasText: 'VALID' }).waitFor();
  expect(await page.locator('#replay-diff').innerText()).toBe('/data/amount "12.50" 12.50\nattribute region eu');
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.locator('#letter-head[data-state=sent]').waitFor();
  await until(() => shown.pipeline.cleanKeys.length === 3);
  expect(shown.pipeline.clean.at(-1)?.attributes.region).toBe('eu');

  await page.reload();
  await page.locator('#diff', { hasText: '/data/amount' }).waitFor();
  expect(await page.locator('#diff').innerText()).toBe('/data/amount "12.50" 12.50\nattribute region eu');
  expect(await draft.inputValue()).toContain('"amount": 12.50');
  expect(await draft.isEditable()).toBe(false);
  expect(await page.getByLabel('Value of region').isEnabled()).toBe(false);

  await page.goto(new URL('/streams/default', page.url()).href);
  await page.getByText('cleaned 3').waitFor();
});

test('a letter is discarded with a note, and the discard is undone', async () => {
  await shown.pipeline.send('not JSON');
  const page = await shown.open('/dead-letters?state=open');
  await page.getByRole('link', { name: 'ERR_UNDECODABLE' }).first().click();
  await page.locator('#original', { hasText: '8 bytes are hidden: they are not JSON' }).waitFor();
  await page.keyboard.press('d');
  const why = page.getByLabel('Why');
  await why.press('Enter');
  await why.fill(' ');
  await why.press('Enter');
  expect(await why.evaluate((field) => field.matches(':invalid'))).toBe(true);
  await why.fill('a test of the producer');
  await why.press('Enter');
  await page.locator('#letter-head[data-state=discarded]').waitFor();
  expect(await page.locator('.history').innerText()).toContain('discarded · a test of the producer');
  await page.keyboard.press('u');
  await page.locator('#letter-head[data-state=open]').waitFor();
});

test('an edit keeps the personal values that it does not see, and shows them only if it is asked to', async () => {
  await shown.pipeline.sendWith({ stream: 'people' }, payment(4, '"4", "email": "ana@example.com"'));
  const trail = shown.pipeline.runtime.auditTrail;
  const before = await trail.latest();
  const page = await shown.open('/dead-letters?stream=people');
  await page.getByRole('link', { name: 'ERR_INVALID_PAYLOAD' }).press('Enter');
  await page.getByText('personal values are masked: /data/email').waitFor();
  await page.keyboard.press('e');
  await page.locator('#verdict.bad').waitFor();
  const draft = page.getByRole('textbox', { name: 'Draft' });
  await draft.fill((await draft.inputValue()).replace('"4"', '4.50'));
  await page.locator('#verdict.good').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.locator('#letter-head[data-draft=true]').waitFor();
  expect(await draft.inputValue()).toContain('"•••"');
  const [{ draft: saved } = {}] = (await shown.pipeline.runtime.letters.all()).filter((one) => one.stream === 'people');
  expect(Buffer.from(saved!.data).toString()).toBe(payment(4, '4.50, "email": "ana@example.com"'));
  const notes = async () => (await trail.since(before, 100))!.map(({ entry }) => entry.note);
  expect(await notes()).not.toContain('unmasked');

  await draft.fill((await draft.inputValue()).replace('4.50', '5'));
  await page.locator('#draft-unmask').click();
  await page.locator('#draft-masked').waitFor({ state: 'hidden' });
  expect(await draft.inputValue()).toMatch(/"amount": 5,\s+"email": "ana@example.com"/);
  expect(await notes()).toContain('unmasked');

  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await draft.press('Escape');
  await page.keyboard.press('o');
  await until(() => asked.length > 0);
  expect([asked, await draft.inputValue()]).toEqual([['beforeunload'], expect.stringContaining('"amount": 5')]);
});

test('an edit never replaces the draft that another operator has saved since it began', async () => {
  const [ana, bob] = [await shown.open('/dead-letters?state=open'), await shown.open('/dead-letters?state=open')];
  const saved = [];
  for (const page of [ana, bob]) {
    await page.getByRole('link', { name: 'ERR_UNDECODABLE' }).first().click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.locator('#verdict', { hasText: 'ERR_UNDECODABLE' }).waitFor();
    await page.locator('#draft-unmask').click();
    await page.locator('#draft-masked').waitFor({ state: 'hidden' });
    await page.getByRole('textbox', { name: 'Draft' }).fill(page === ana ? '"of ana"' : '"of bob"');
    saved.push(page.getByRole('button', { name: 'Save draft' }));
  }
  await saved[0]!.click();
  // The page of bob follows the change, and the text in its editor does not.
  await bob.locator('#letter-head[data-draft=true]').waitFor();
  for (let i = 0; i < 2; i++) {
    await saved[1]!.click();
    await bob.locator('#said', { hasText: 'The letter was changed since you saw it.' }).waitFor();
  }
  const [{ draft } = {}] = (await shown.pipeline.runtime.letters.all()).filter(
    (one) => one.draft && one.stream !== 'people',
  );
  expect(Buffer.from(draft!.data).toString()).toBe('"of ana"');
  expect(shown.complaints.splice(0)).toEqual([expect.stringContaining('412'), expect.stringContaining('412')]);
});

test('a conflict that replaces nothing comes back, and the page says so before and after', async () => {
  await shown.pipeline.sendWith({ stream: 'replaced' }, payment(1, '1'), payment(1, '2'));
  const page = await shown.open('/dead-letters?stream=replaced');
  await page.getByRole('link', { name: 'ERR_CONFLICT' }).press('Enter');
  await page.getByRole('button', { name: 'Replay …' }).waitFor();
  await page.keyboard.press('r');
  await page.getByText('Without this, a conflict comes back.').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#said', { hasText: 'It came back. The history says why.' }).waitFor();
  await page.keyboard.press('r');
  await page.getByLabel('Replace the event').check();
  await page.keyboard.press('Enter');
  await until(() => shown.pipeline.cleanKeys.some((key) => key?.endsWith('/r1') === true));
});

test('a payload with script in it stays text, in every place', async () => {
  const attack = '<img src=x onerror="window.isHit=1"><script>window.isHit=1</script>';
  const event = { event_id: 70, type: attack, timestamp: attack, [attack]: attack };
  await shown.pipeline.send(JSON.stringify(event));
  const page = await shown.open('/dead-letters?state=open');
  await page.getByRole('link', { name: 'ERR_INVALID_EVENT' }).first().click();
  await page.locator('#original', { hasText: '<script>window.isHit=1</script>' }).waitFor();
  await page.keyboard.press('e');
  await page.locator('#verdict.bad').waitFor();
  await page.getByRole('textbox', { name: 'Draft' }).fill(JSON.stringify({ ...event, more: attack }));
  await page.locator('#diff', { hasText: '<script>' }).waitFor();
  expect(await page.evaluate('window.isHit')).toBeUndefined();
});

test('a letter that comes while the list is shown is added to it, and what is typed stays', async () => {
  const page = await shown.open('/dead-letters?state=open');
  await page.getByRole('link', { name: 'ERR_UNDECODABLE' }).first().waitFor();
  await page.getByLabel('Search').fill('half a wo');
  const before = await page.locator('tbody tr').count();
  await shown.pipeline.send('also not JSON');
  await page.locator('tbody tr').nth(before).waitFor();
  expect(await page.getByLabel('Search').inputValue()).toBe('half a wo');
});

test('keys lead everywhere: the help lists them, and they can be turned off', async () => {
  const page = await shown.open('/dead-letters');
  await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  expect(await help.innerText()).toContain('next and previous row');
  expect(await help.innerText()).toContain('sent: a replay is published and has no answer yet: not solved');
  await help.getByLabel('Use single keys').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('o');
  expect(new URL(page.url()).pathname).toBe('/dead-letters');
  await page.keyboard.press('?');
  await help.getByLabel('Use single keys').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('o');
  await page.waitForURL('**/');
  await page.locator('#books-said', { hasText: 'They balance' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/streams/default');
});

test('every page is accessible, in light and in dark colours', async () => {
  const [letter] = await shown.pipeline.runtime.letters.list(1);
  const page = await shown.open('/');
  const paths = ['/', '/dead-letters?state=open', `/dead-letters/${letter!.id}`, '/streams/default'];
  for (const path of [...paths, '/streams/default/ids/2']) {
    await page.goto(new URL(path, page.url()).href);
    if (path.startsWith('/dead-letters?')) await page.locator('#counts details').first().waitFor();
    if (path.startsWith('/dead-letters/')) {
      await page.keyboard.press('e');
      await page.locator('#verdict:not(:empty)').waitFor();
    }
    await page.emulateMedia({ colorScheme: 'light' });
    expect([path, await violationsOf(page, { type: 'tag', values: wcag })]).toEqual([path, []]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([path, await violationsOf(page, { type: 'rule', values: ['color-contrast'] })]).toEqual([path, []]);
  }
});

test('five hundred broken events are mended by one patch: ten first, and then the others', async () => {
  const other = await ConsoleInBrowser.start(catalog);
  try {
    await other.pipeline.send(...Array.from({ length: 500 }, (_, i) => payment(i + 1, '"7"')));
    const page = await other.open('/dead-letters?state=open&code=ERR_INVALID_PAYLOAD');
    await page.getByRole('button', { name: 'Replay these' }).click();
    await page.locator('#bulk-patch').fill('[{"op":"replace","path":"/data/amount","value":7}]');
    await page.getByLabel('letters a second').fill('100');
    await page.getByLabel('letters a second').press('Enter');
    await page.getByRole('button', { name: 'Replay 500, 10 first' }).waitFor();
    // A plan does not have what is typed after it.
    await page.getByLabel('letters a second').fill('200');
    await page.getByRole('button', { name: 'Count them' }).click();
    await page.locator('#bulk-said', { hasText: '500 letters. Nothing has been changed yet.' }).waitFor();
    await page.getByRole('button', { name: 'Replay 500, 10 first' }).waitFor();
    expect(await violationsOf(page, { type: 'tag', values: wcag })).toEqual([]);
    await page.getByRole('button', { name: 'Replay 500, 10 first' }).click();
    await page.locator('#bulk-said', { hasText: '500 letters: 500 published' }).waitFor({ timeout: 60_000 });
    expect(new Set(other.pipeline.cleanKeys).size).toBe(500);
    expect(other.pipeline.clean).toHaveLength(500);
    expect(other.complaints).toEqual([]);
  } finally {
    await other.close();
  }
});

test('a job is found again by its page, goes on there, and leads to the letters that it could not change', async () => {
  await shown.pipeline.sendWith({ stream: 'jobs' }, payment(1, '"a"'), payment(2, '"b"'));
  const page = await shown.open('/dead-letters?stream=jobs');
  await page.getByRole('link', { name: 'Choose the open ones' }).press('Enter');
  await page.waitForURL('**state=open**');
  await page.keyboard.press('r');
  await page.getByRole('button', { name: 'Count them' }).press('Enter');
  await page.getByRole('link', { name: 'The page of the job' }).press('Enter');
  await page.getByRole('heading', { name: 'replay 2 letters' }).waitFor();
  await page.getByRole('button', { name: 'Run' }).waitFor();
  await page.keyboard.press('r');
  await page.locator('#job-said', { hasText: '2 letters: 2 invalid' }).waitFor();
  await page.getByRole('heading', { name: 'Not changed as planned 2' }).waitFor();
  await page.keyboard.press('w');
  await page.waitForURL('**/jobs');
  expect(await page.locator('tbody tr').first().innerText()).toContain('done');
});

test('nothing is cut at any width, whatever names events have, and on a phone every row is a card', async () => {
  const long = `stream${'x'.repeat(60)}`;
  await shown.pipeline.sendWith({ stream: long }, payment(1, '1'), payment(2, '2'), payment(9, '9'));
  await shown.pipeline.sendWith({ stream: long }, payment(4, '1').replace('Payment', 'T'.repeat(90)), 'not JSON');
  await shown.pipeline.runtime.sweep();
  const [letter] = await shown.pipeline.runtime.letters.list(1);
  const page = await shown.open('/', { viewport: { width: 360, height: 740 } });
  for (const path of [
    '/',
    '/dead-letters',
    `/dead-letters/${letter!.id}`,
    `/streams/${long}`,
    `/streams/${long}/books`,
  ]) {
    await page.goto(new URL(path, page.url()).href);
    await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
    const rows = await page.locator('tbody tr').evaluateAll((all) => all.map((row) => getComputedStyle(row).display));
    expect(rows.filter((display) => display !== 'block')).toEqual([]);
    for (const width of [360, 480, 700, 960, 961, 1100, 1240, 1241, 1600]) {
      await page.setViewportSize({ width, height: 740 });
      expect([path, width, await page.evaluate(cutElements)]).toEqual([path, width, []]);
    }
    await page.setViewportSize({ width: 360, height: 740 });
  }
});

test('an operator has the producer asked again for each gap of a letter that lists several', async () => {
  const stream = 'lossy';
  const asked = () => shown.pipeline.requests.filter(({ attributes }) => attributes.stream === stream);
  await shown.pipeline.sendWith({ stream }, ...[1, 2, 5, 6, 9].map((id) => payment(id, '1')));
  await shown.pipeline.runtime.sweepUntilQuiet();
  const before = asked().length;
  const page = await shown.open(`/dead-letters?stream=${stream}&code=ERR_GAP_UNRECOVERABLE`);
  await page.getByRole('link', { name: 'ERR_GAP_UNRECOVERABLE' }).press('Enter');
  const items = page.locator('.gaps li');
  await items.nth(1).waitFor();
  for (const item of await items.all()) {
    await item.getByRole('button', { name: 'Ask again' }).click();
    await item.getByText('The producer is being asked.').waitFor();
  }
  await until(() => asked().length === before + 2);
  const requests = asked()
    .slice(before)
    .map(({ data }) => JSON.parse(Buffer.from(data).toString()) as object);
  expect(requests).toMatchObject([
    { from: 3, to: 4, attempt: 2 },
    { from: 7, to: 8, attempt: 2 },
  ]);
});

test('a hundred thousand letters are a page of fifty, and the list is there before its counts', async () => {
  const many = new ManyLetters(100_000);
  const other = await ConsoleInBrowser.start(catalog, { letterIndex: many });
  try {
    const page = await other.open('/dead-letters?state=open');
    await page.locator('tbody tr').nth(49).waitFor();
    expect(await page.locator('#counts').innerText()).toBe('Counting …');
    expect(many.read).toBe(51);
    many.release();
    await page.locator('#counts', { hasText: 'open 10,000+' }).waitFor();
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(1_500);
    // Five states, and twice twelve codes: each count ends after ten thousand.
    expect(many.counts).toBeLessThanOrEqual(29);
    expect(many.largestCount).toBeLessThanOrEqual(10_001);
    await page.getByRole('link', { name: 'older letters' }).click();
    await page.getByRole('link', { name: 'newest' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(50);
    expect(other.complaints).toEqual([]);
  } finally {
    await other.close();
  }
});

/** Lists the elements that are wider than their place, or than the window. */
const cutElements = `[...document.querySelectorAll('#page *')].filter((element) => {
  const { overflowX, clipPath } = getComputedStyle(element);
  if (clipPath !== 'none' || element.closest('thead')?.offsetWidth === 1 || element.matches('option')) return false;
  const isScrolled = overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
  return isScrolled || element.getBoundingClientRect().right > innerWidth + 1;
}).map(({ tagName, className }) => tagName + '.' + className)`;

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Runs rules of axe. The Content-Security-Policy does not hold for scripts of the test. */
async function violationsOf(page: Page, runOnly: object): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const options = { runOnly, resultTypes: ['violations'], preload: false };
  const { violations } = await page.evaluate<Violations>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

interface Violations {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[] }[];
  }[];
}

/** An event with an amount, which is spelt as it is given. */
function payment(id: number, amount: string): string {
  return `{"event_id":${id},"type":"Payment","timestamp":"2026-01-01T00:00:0${id % 10}","data":{"amount":${amount}}}`;
}
