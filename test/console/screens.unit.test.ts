import { letterId } from '../../shared/dead-letter/arrived-letter.ts';
import { letterRootOf } from '../../shared/gaps/unrecoverable.ts';
import { aFront, fileGaps } from '../support/builders.ts';
import { aGap, aLetter, ConsoleUnderTest, noon } from './builders.ts';

describe('the page of a stream', () => {
  test('shows its progress, plots and gaps, and leads to the story of an id', async () => {
    const under = await withGap();
    const { body, status } = await under.get('/streams/orders');
    expect(status).toBe(200);
    expect(body).toContain('<h1>Stream orders</h1>');
    expect(body).toContain('aria-label="Received: new ids, by when they came, at most 5 in 30 min"');
    expect(body).toContain('aria-label="Lag: ids above the watermark, at most 4"');
    expect(body).toContain('href="/streams/orders/gaps/2"');
    expect((await under.get('/streams/orders/ids?id=3')).headers.Location).toBe('/streams/orders/ids/3');
  });

  test('is not found if nothing is known of the stream', async () => {
    const { status, body } = await new ConsoleUnderTest().get('/streams/nobody');
    expect([status, body.includes('There is no such stream.')]).toEqual([404, true]);
  });
});

test('the books of a stream balance, or their difference is shown with where it is', async () => {
  const under = await withGap();
  expect((await under.get('/streams/orders')).body).toContain('href="/streams/orders/books"');
  expect((await under.get('/streams/orders/books')).body).toContain('The books balance');
  await under.progress('audit', { pieces: aFront({ first: 1, last: 5, atMs: noon }) });
  await under.hold('audit', [1, 5]);
  const { body } = await under.get('/streams/audit/books');
  expect(body).toContain('The books do not balance: 3 ids in no place, or in two.');
  expect(body).toMatch(/<td class="number" data-label="Difference">3<\/td>/);
  expect(body).toContain('2–4');
});

test('the page of an id tells its story, and leads to its letters', async () => {
  const under = await withGap();
  await under.file(aLetter({ id: 'L1', stream: 'orders', eventId: 3 }));
  const { body } = await under.get('/streams/orders/ids/3');
  expect(body).toContain('<bdi dir="ltr">3</bdi>: missing');
  expect(body).toContain('2–4 found missing at 2025-02-09T12:00:00.000Z; open');
  expect(body).toContain('href="/dead-letters/L1"');
  expect((await under.get('/streams/orders/ids/x')).status).toBe(400);
});

test('the page of a gap shows what is left of it, and what to do next', async () => {
  const under = await withGap();
  const { body } = await under.get('/streams/orders/gaps/2');
  expect(body).toContain('<h1>Gap 2–4</h1>');
  expect(body).toContain('3 ids still missing. Ask the producer to publish the events again');
  expect(body).toContain('href="/streams/orders/ids/4"');
  expect((await under.get('/streams/orders/gaps/3')).status).toBe(404);
});

test('a stream, an id and a gap lead to what is about them', async () => {
  const under = await withGap();
  const { value } = (await under.ledger.find('orders', 2))!;
  const root = letterRootOf(value);
  await under.file(aLetter({ id: letterId(root), root, eventId: undefined }));
  expect((await under.get('/streams/orders')).body).toContain('href="/dead-letters?state=open&stream=orders"');
  expect((await under.get('/streams/orders/ids/3')).body).toContain('href="/streams/orders/gaps/2"');
  expect((await under.get('/streams/orders/gaps/2')).body).toContain(`href="/dead-letters/${letterId(root)}"`);
});

test('the overview shows over time what streams received, what became of it, their lag, and the dead letters', async () => {
  const under = await withGap();
  await under.file(aLetter({ id: 'L1' }));
  const { body } = await under.get('/');
  const plots = [...body.matchAll(/<svg [^>]*role="img"\s+aria-label="([^"]*)"/g)].map(([, label]) => label);
  expect(plots).toEqual([
    'Received, at most 5 in 1 h',
    'Outcomes of what was received, at most 2 in 1 h',
    'Lag: ids above the watermark, at most 4',
    'Dead letters by code, by when they were opened, at most 1 in 1 h',
  ]);
});

test('the overview lists the latest anomalies, if there are any', async () => {
  const under = new ConsoleUnderTest();
  expect((await under.get('/')).body).not.toContain('Anomalies');
  const anomaly = { stream: 'orders', type: 'Paid', startMs: noon - 300_000, endMs: noon } as const;
  await under.stores.anomalies.file({ ...anomaly, measure: 'count', value: 412, expected: 96, score: 32.2 });
  expect((await under.get('/')).body.replaceAll(/<[^>]*>|\s+/g, ' ')).toMatch(
    /orders\s+Paid\s+count\s+412\s+96\s+11:55:00/,
  );
});

describe('the page of dead letters', () => {
  test('keeps the filter in the address, and leaves out the fields that are empty', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ id: 'L1' }), aLetter({ id: 'L2', stream: 'audit' }));
    const { body } = await under.get('/dead-letters?state=&code=ERR_UNDECODABLE&stream=audit&text=');
    expect(body).toContain('href="/dead-letters/L2"');
    expect(body).not.toContain('href="/dead-letters/L1"');
    expect(body).toContain('data-query="code=ERR_UNDECODABLE&#38;stream=audit"');
    expect((await under.get('/dead-letters?code=ERR_NOTHING')).status).toBe(400);
  });

  test('keeps the order in the address, and leads to the other one', async () => {
    const under = new ConsoleUnderTest();
    await under.file(...['L1', 'L2'].map((id, i) => aLetter({ id, filedAtMs: noon + i })));
    const { body } = await under.get('/dead-letters?stream=orders&sort=oldest');
    expect(body.match(/id="letter-L\d"/g)).toEqual(['id="letter-L1"', 'id="letter-L2"']);
    expect(body).toContain('<input type="hidden" name="sort" value="oldest" />');
    expect(body).toContain('<a href="/dead-letters?stream=orders" data-key="t"');
    expect(body).toContain('id="counts" data-keep data-query="stream=orders"');
  });

  test('offers no change of many letters for a search, which no job follows', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ id: 'L1' }));
    expect((await under.get('/dead-letters?stream=orders&state=open')).body).toContain('id="bulk-replay"');
    const { body } = await under.get('/dead-letters?stream=orders&state=open&text=json');
    expect(body).toContain('href="/dead-letters/L1"');
    expect(body).not.toContain('id="bulk-replay"');
    expect(body).toContain('id="counts" data-keep data-query="stream=orders&#38;state=open"');
  });

  test.each([
    ['stream=orders', []],
    ['stream=orders&state=open', ['replay', 'discard']],
    ['stream=orders&state=sending', []],
    ['stream=orders&state=sent', []],
    ['stream=orders&state=done', ['reopen']],
    ['stream=orders&state=discarded', ['reopen']],
  ])('offers for ?%s the changes that its letters allow, of exactly those letters', async (query, actions) => {
    const { body } = await new ConsoleUnderTest().get(`/dead-letters?${query}`);
    expect([...body.matchAll(/id="bulk-(replay|discard|reopen)"/g)].map(([, action]) => action)).toEqual(actions);
    expect(body).toContain(`id="bulk" data-keep data-query="${query.replace('&', '&#38;')}"`);
    expect(body.includes('Choose the open ones')).toBe(!query.includes('state'));
  });

  test('says that its letters are of one reason, and leads to all', async () => {
    const { body } = await new ConsoleUnderTest().get('/dead-letters?state=open&reason=AAAA');
    expect(body).toContain('<a href="/dead-letters?state=open">Show all reasons</a>');
    expect((await new ConsoleUnderTest().get('/dead-letters?state=open')).body).not.toContain('all reasons');
  });

  test('leads to older letters, fifty at a time', async () => {
    const under = new ConsoleUnderTest();
    for (let i = 10; i < 65; i++) await under.file(aLetter({ id: `L${i}`, filedAtMs: noon + i }));
    const first = (await under.get('/dead-letters?stream=orders')).body;
    expect(first.match(/id="letter-L/g)).toHaveLength(50);
    const [, next = ''] = /href="([^"]*)" rel="next"/.exec(first) ?? [];
    const second = (await under.get(next.replaceAll('&#38;', '&'))).body;
    expect(second.match(/id="letter-L/g)).toHaveLength(5);
    expect(second).toContain('<a href="/dead-letters?stream=orders">newest</a>');
  });
});

test('the page of a letter says why it failed, what the store holds, and what was done with it', async () => {
  const under = new ConsoleUnderTest();
  const history = [{ atMs: noon, by: 'archive', did: 'filed', replay: 0, note: 'ERR_UNDECODABLE' } as const];
  await under.file(aLetter({ id: 'L1', history, revision: 3 }));
  const { body } = await under.get('/dead-letters/L1');
  expect(body).toContain('data-revision="3"');
  expect(body).toContain('data-state="open"');
  expect(body.replaceAll(/\s+/g, ' ')).toContain('archive: filed · <bdi dir="ltr">ERR_UNDECODABLE</bdi>');
  expect(body).toContain('nothing is held for its event');
  expect((await under.get('/dead-letters/L9')).status).toBe(404);
});

test.each([
  ['published', 'its event is known to be published'],
  ['unconfirmed', 'nobody can tell whether it was published'],
] as const)('the page of a letter that is done says what is known: %s', async (outcome, meaning) => {
  const under = new ConsoleUnderTest();
  await under.file(aLetter({ id: 'L1', standing: { state: 'done', outcome, expireAtMs: noon } }));
  const { body } = await under.get('/dead-letters/L1');
  expect(body).toContain(meaning);
  expect(body).not.toContain('<dd>done: its event is known to be published, or');
});

test('the page of a letter about gaps leads to them', async () => {
  const under = new ConsoleUnderTest();
  const failure = { code: 'ERR_GAP_UNRECOVERABLE', stage: 'sweep', detail: 'too long' } as const;
  await under.file(aLetter({ id: 'L1', root: 'gap/orders/2/1739102400000', failure, eventId: undefined }));
  const { body } = await under.get('/dead-letters/L1');
  expect(body).toContain('<a href="/streams/orders/gaps/2">the gap at 2</a>');
  expect(body).toContain('data-gap="true"');
});

test('a viewer is offered nothing that only operators may do, and is told who may', async () => {
  const under = await withGap();
  const letter = aLetter({ id: 'L1', root: 'gap/orders/2/1739102400000', eventId: undefined });
  await under.file(letter, aLetter({ id: 'L2' }));
  const request = { action: 'discard', filter: { state: 'open' }, note: 'a test' };
  const { json } = await under.change('POST', '/api/jobs', undefined, request);
  const paths = ['/dead-letters?state=open', '/dead-letters/L1', '/dead-letters/L2', '/streams/orders/gaps/2'];
  for (const path of [...paths, '/streams/orders/ids/3', `/jobs/${(json as { id: string }).id}`]) {
    const buttons = async () =>
      (await under.get(path)).body.match(/<button type="button" (?!class="quiet" data-help)/g) ?? [];
    under.caller = { name: 'vic@example.com', role: 'viewer' };
    expect([path, await buttons()]).toEqual([path, []]);
    const { body } = await under.get(path);
    expect(body).toContain('ask an administrator to add your address to OPERATORS');
    expect(body).toContain('vic@example.com, viewer');
    expect(body).not.toContain('/export');
    under.caller = { name: 'ana', role: 'operator' };
    expect([path, (await buttons()).length]).not.toEqual([path, 0]);
    expect((await under.get(path)).body).not.toContain('OPERATORS');
  }
});

async function withGap(): Promise<ConsoleUnderTest> {
  const under = new ConsoleUnderTest();
  await under.hold('orders', [1, 5]);
  await under.progress('orders', { pieces: aFront({ first: 1, last: 5, atMs: noon }) });
  await fileGaps(under.ledger, [aGap({ from: 2, to: 4 })]);
  return under;
}
