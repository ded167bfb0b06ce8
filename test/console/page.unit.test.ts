import { Script } from 'node:vm';
import { discardedStanding } from '../support/letters.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { aFront, aPiece, aRevisedCell, fileGaps, idsFrom } from '../support/builders.ts';
import { aGap, aLetter, ConsoleUnderTest, noon } from './builders.ts';

describe('the page', () => {
  test('shows the front that grew last, with its first id, high water, watermark and lag', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1001, 1002, 1004]);
    await under.progress('orders', { pieces: aFront({ first: 1001, last: 1004 }) });
    await fileGaps(under.ledger, [aGap({ from: 1003, to: 1003 })]);
    const shown = await textOf(under);
    expect(shown).toContain('orders 1001 1004 1002 2 ids behind for 2 min 0.3/min 0 – 1 unresolved gap');
    expect(shown).toContain('open 1003 1 12:00:00 1 min ago not yet – – nothing yet');
  });

  test('shows the other fronts and the outliers of a stream, a few of each', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1]);
    const pieces = idsFrom(1, 5).flatMap((n) => [
      aPiece({ from: 10_000 * n, to: 10_000 * n + 9, atMs: noon - n }),
      aPiece({ from: 10_000 * n + 5_000, to: 10_000 * n + 5_000 }),
    ]);
    await under.progress('orders', { pieces });
    expect(await textOf(under)).toContain(
      'orders 10000 10009 10009 0 3.7/min 0 4 other fronts: 20000–20009, 30000–30009, 40000–40009 and 1 more; ' +
        '5 outliers: 35000, 45000, 55000 and 2 more none unresolved',
    );
  });

  test('says that holes were not looked for yet, or that a stream has no front', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('a', [1, 2]);
    await under.progress('a', { pieces: aFront({ first: 1, last: 2, scanned: 0 }) });
    await under.hold('b', [7]);
    await under.progress('b', { pieces: [aPiece({ from: 7, to: 7 })] });
    const shown = await textOf(under);
    expect(shown).toContain('a 1 2 0 2 ids behind for 2 min 0.1/min 0 – holes not looked for yet');
    expect(shown).toContain('b not yet 7 not yet not yet 0.1/min 0 1 outlier: 7 no front yet');
  });

  test('says why a gap was given up, which letter lists it, and which were never asked for', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1]);
    const resolvedAtMs = noon + 30_000;
    await fileGaps(under.ledger, [
      aGap({ from: 10, to: 11, state: 'requested', why: 'too-uncertain' }),
      aGap({ from: 12, to: 13, state: 'abandoned', resolvedAtMs, why: 'too-uncertain', letterFrom: 12 }),
      aGap({ from: 14, to: 2_000, state: 'abandoned', resolvedAtMs, why: 'too-long', letterFrom: 12 }),
      aGap({ from: 30, to: 34, state: 'voided', assumed: true, resolvedAtMs }),
    ]);
    const shown = await textOf(under);
    expect(shown).toContain('to be given up: too uncertain to be inferred');
    expect(shown).toContain('given up: too uncertain to be inferred; a dead letter lists it');
    expect(shown).toContain('given up: more ids than maxGap; the dead letter of the gap at 12 lists it');
    expect(shown).toContain('never asked for: holes are normal in this stream');
  });

  test('says of an unresolved gap that it is doubtful, and of a gap what became of its ids', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('meters', [2, 4, 6, 8, 10, 12, 14]);
    await fileGaps(under.ledger, [
      aGap({ stream: 'meters', from: 3, to: 13, state: 'requested' }),
      aGap({ stream: 'meters', from: 20, to: 24, state: 'abandoned', inferred: 2, missing: 3, resolvedAtMs: noon }),
    ]);
    const shown = await textOf(under);
    expect(shown).toContain('5 of 11; doubtful: the numbers around have holes: 6 of 6');
    expect(shown).toContain('do ids grow by 2?');
    expect(shown).toContain('abandoned reconstructed 20–24');
    expect(shown).toContain('2 inferred, and 3 given up');
    expect(shown).toContain('1 gap given up: 3 ids without an event');
    expect(shown).not.toContain('resolved gap ');
  });

  test('shows how many events of a stream came under ids that other events hold, and what to do', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1, 2], aRevisedCell());
    await under.progress('orders', { pieces: aFront({ first: 1, last: 2 }) });
    expect(await textOf(under)).toContain('orders 1 2 2 0 0.1/min 2 – none unresolved');
    expect((await under.get('/')).body).toContain('Did numbering restart, or do two producers share the stream?');
  });

  test('shows what became of each gap', async () => {
    const under = new ConsoleUnderTest({ streams: { audit: { recover: false } } });
    await under.hold('orders', [1, 30, 31]);
    await under.hold('audit', [1]);
    const asked = { requestedAtMs: noon, deadlineMs: noon + 120_000 };
    const resolvedAtMs = noon + 30_000;
    await fileGaps(under.ledger, [
      aGap({ from: 10, to: 10, state: 'filled', ...asked, resolvedAtMs }),
      aGap({ from: 11, to: 12, state: 'voided', resolvedAtMs }),
      aGap({ from: 13, to: 13, state: 'reconstructed', ...asked, inferRequestedAtMs: noon + 20_000, resolvedAtMs }),
      aGap({ from: 14, to: 2_000, state: 'abandoned', resolvedAtMs }),
      aGap({ from: 30, to: 31, state: 'requested', ...asked }),
      aGap({ from: 32, to: 5_000, state: 'requested', ...asked }),
      aGap({ stream: 'audit', from: 2, to: 3 }),
    ]);
    const shown = await textOf(under);
    expect(shown).toContain(
      'filled 10 1 12:00:00 1 min ago 12:00:00 12:02:00 in 1 min – 12:00:30 30 s ago · the event',
    );
    expect(shown).toContain('voided 11–12 2');
    expect(shown).toContain('a void: some never existed');
    expect(shown).toContain('12:02:00 in 1 min 12:00:20 12:00:30 30 s ago · an inferred event');
    expect(shown).toContain('1 gap given up: not every id has an event');
    expect(shown).toContain('3 resolved gaps');
    expect(shown).toContain('abandoned 14–2000 1,987');
    expect(shown).toContain('given up');
    expect(shown).toContain('all of it: the next sweep records it');
    expect(shown).toContain('not counted: too many ids');
    expect(shown).toContain('open 2–3 2 12:00:00 1 min ago only listed');
  });

  test('shows the newest letters with their reasons, and counts all by state', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ standing: discardedStanding }));
    const shown = await textOf(under);
    expect(shown).toContain('Dead letters open 0 sending 0 sent 0 done 0 discarded 1');
    expect(shown).toContain('discarded 12:00:01 59 s ago ERR_UNDECODABLE not JSON orders 7 – validate 0');
  });

  test('shows open letters before newer ones of other states', async () => {
    const under = new ConsoleUnderTest();
    await under.file(...['a', 'b'].map((id, i) => aLetter({ id, filedAtMs: noon - 5_000 + i })));
    const closed = Array.from({ length: 12 }, (_, i) => ({ id: `c${i + 10}`, filedAtMs: noon + i }));
    for (const one of closed) await under.file(aLetter({ ...one, standing: discardedStanding }));
    const { body } = await under.get('/');
    const ids = [...body.matchAll(/id="letter-(\w+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['b', 'a', 'c21', 'c20', 'c19', 'c18', 'c17', 'c16', 'c15', 'c14']);
  });

  test('says on top that nothing is well while letters are open, and how many came in the last hour', async () => {
    const under = new ConsoleUnderTest();
    await under.file(aLetter({ id: 'a' }), aLetter({ id: 'b', filedAtMs: noon - 5 * 3_600_000 }));
    await under.file(aLetter({ id: 'c', standing: discardedStanding }));
    expect(await textOf(under)).toContain(
      'Not well: 2 dead letters are open; new in the last hour: 1, most often ERR_UNDECODABLE',
    );
  });

  test('says that all is well, and that gaps are within their deadlines', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [1, 5]);
    await under.progress('orders', { pieces: aFront({ first: 1, last: 5 }) });
    await fileGaps(under.ledger, [aGap({ from: 2, to: 4, state: 'requested', deadlineMs: noon + 300_000 })]);
    expect(await textOf(under)).toContain('All is well. 1 gap not resolved yet, within the deadline.');
  });

  test('shows the stream of the probe apart', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('eventmend-probe', [1]);
    const shown = await textOf(under);
    expect(shown).toContain('All is well.');
    expect(shown).toContain('No stream yet.');
    expect(shown).toMatch(/Probe .* eventmend-probe not yet 1/);
  });

  test('shows fifty streams, and leads to the others', async () => {
    const under = new ConsoleUnderTest();
    for (let i = 10; i < 70; i++) await under.hold(`stream-${i}`, [1]);
    const first = await under.get('/');
    expect(first.body.match(/id="stream-stream-/g)).toHaveLength(50);
    expect(shownText(first.body)).not.toContain('first streams');
    const [, next = ''] = /href="([^"]*)">more streams/.exec(first.body) ?? [];
    const second = await under.get(next);
    expect(second.body).toContain('id="stream-stream-69"');
    expect(second.body).not.toContain('id="stream-stream-10"');
    expect(second.body.match(/id="stream-stream-/g)).toHaveLength(10);
    expect(shownText(second.body)).toContain('first streams');
    expect(shownText(second.body)).not.toContain('more streams');
  });

  test('explains, while it is empty, what would be there', async () => {
    const shown = await textOf(new ConsoleUnderTest());
    expect(shown).toContain('No stream yet.');
    expect(shown).toContain('No gap has been found.');
    expect(shown).toContain('No dead letter.');
  });

  test('says that a stream has not been swept, rather than that nothing is missing', async () => {
    const under = new ConsoleUnderTest();
    await under.hold('orders', [5]);
    const row = 'orders not yet 5 not yet not yet not yet 0 –';
    expect(await textOf(under)).toContain(`${row} new: its first sweep comes within a minute`);
    under.clock.advance(60_000);
    expect(await textOf(under)).toContain(`${row} never swept`);
  });

  test('offers nothing to press, since it changes nothing', async () => {
    const { body } = await new ConsoleUnderTest().get('/');
    expect(body).not.toMatch(/<(?:select|textarea)|method="post"/i);
  });

  test('loads its own script and style and nothing else, and runs nothing that stands in it', async () => {
    const under = new ConsoleUnderTest();
    const { body, headers } = await under.get('/');
    const policy = headers['Content-Security-Policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(body).not.toMatch(/\s(?:style|on\w+)="/);
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(body).not.toMatch(/<style|<script(?! src="\/assets\/)/);
  });

  test('leads to a script that parses and to a style, which browsers may keep', async () => {
    const under = new ConsoleUnderTest();
    const [, stylePath = '', scriptPath = ''] = /href="([^"]+css)".*src="([^"]+js)"/s.exec(
      (await under.get('/')).body,
    )!;
    const [style, script] = [await under.get(stylePath), await under.get(scriptPath)];
    expect(() => new Script(script.body)).not.toThrow();
    expect([style.headers['Content-Type'], script.headers['Content-Type']]).toEqual([
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);
    expect(script.headers['Cache-Control']).toContain('immutable');
    expect((await under.get('/assets/0123456789abcdef.js')).status).toBe(404);
  });
});

describe('a hostile letter', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    '</div></td></table></main><style>*{display:none}</style>',
    '<!-- ',
    '&lt;script&gt;',
    '${alert(1)}',
  ];

  test.each(attacks)('is shown as the text that it is, in the list and on its page: %s', async (attack) => {
    const of = (text: string) => ({ stream: text, type: text, root: text, failure: failure(text) });
    for (const path of ['/', '/dead-letters', `/dead-letters/${aLetter().id}`]) {
      const tame = await pageWith(aLetter(of('tame')), path);
      const page = await pageWith(aLetter(of(attack)), path);
      expect(tagsOf(page)).toEqual(tagsOf(tame));
      expect(shownText(page).split(attack).length).toBeGreaterThan(2);
    }
  });

  test('has no message on a page: it may hold personal values, and who looks at it is recorded', async () => {
    const data = Buffer.from('{"email":"ana@example.com"}');
    for (const path of ['/', '/dead-letters', `/dead-letters/${aLetter().id}`])
      expect(await pageWith(aLetter({ data }), path)).not.toContain('ana@');
  });

  test('cannot hide characters, or turn the text around it', async () => {
    const page = await pageWith(aLetter({ failure: failure('invoice\u202egnp.exe\u0000') }));
    expect(shownText(page)).toContain('invoice\\u{202e}gnp.exe\\u{0}');
  });

  test('with a detail of a megabyte makes the list no larger', async () => {
    expect((await pageWith(aLetter({ failure: failure('<'.repeat(1_000_000)) }))).length).toBeLessThan(20_000);
  });

  test('without stream and id is shown all the same, and one with an id that is none without it', async () => {
    const shown = shownText(await pageWith(aLetter({ stream: undefined, eventId: undefined })));
    expect(shown).toContain('ERR_UNDECODABLE not JSON unknown');
    expect(shownText(await pageWith(aLetter({ eventId: Number.NaN })))).toContain('orders no id');
  });
});

function failure(detail: string) {
  return { code: 'ERR_UNDECODABLE', stage: 'archive', detail } as const;
}

async function pageWith(letter: DeadLetter, path = '/'): Promise<string> {
  const under = new ConsoleUnderTest();
  await under.file(letter);
  return (await under.get(path)).body;
}

async function textOf(under: ConsoleUnderTest): Promise<string> {
  return shownText((await under.get('/')).body);
}

/** The text of a page as a browser shows it, with single spaces. */
function shownText(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}

function tagsOf(page: string): readonly string[] {
  return (page.match(/<[^>]*>/g) ?? []).map((tag) => /^<\/?[\w!-]+/.exec(tag)?.[0] ?? tag);
}
