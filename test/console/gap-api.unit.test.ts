import { fileGaps } from '../support/builders.ts';
import { openStanding } from '../support/letters.ts';
import { letterId } from '../../shared/dead-letter/arrived-letter.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { aGap, aLetter, ConsoleUnderTest, noon } from './builders.ts';

const root = `gap/orders/5/${noon}`;
const givenUp = { from: 5, to: 7, state: 'abandoned', missing: 3, why: 'too-uncertain', resolvedAtMs: noon } as const;
const path = '/api/streams/orders/gaps/5/ask';

/** A console whose ledger has a gap that was given up, with its letter. */
async function aConsole(gap: Partial<Gap> = {}, listed: Partial<Gap> = { letterFrom: 5, letterFoundAtMs: noon }) {
  const under = new ConsoleUnderTest();
  await fileGaps(under.ledger, [aGap({ ...givenUp, ...listed, ...gap })]);
  const letter = aLetter({ id: letterId(root), root, standing: openStanding, stream: 'orders', eventId: undefined });
  await under.letters.save(letter, undefined);
  return under;
}

it('an operator has a producer asked again, and the letter and the audit trail say so', async () => {
  const under = await aConsole();
  const before = await under.stores.auditTrail.latest();
  const answer = await under.change('POST', path, undefined);
  expect(answer.status).toBe(202);
  expect(answer.json).toEqual({ stream: 'orders', from: 5, to: 7 });
  const [tick] = under.publisher.on('sweeps');
  expect(tick!.attributes).toEqual({ stream: 'orders', from: '5', ask: 'true' });
  const said = { by: 'ana', did: 'asked again', note: 'orders/5–7' };
  expect((await under.letters.find(letterId(root)))?.value).toMatchObject({
    standing: { state: 'open', dueAtMs: under.clock.now() + 60_000 },
    revision: 2,
    history: [said],
  });
  const changes = await under.stores.auditTrail.since(before, 10);
  expect(changes?.map(({ entry }) => entry)).toMatchObject([{ ...said, letter: letterId(root) }]);
});

it('the audit trail says so, too, if no letter lists the gap', async () => {
  const under = await aConsole({}, { isUntold: true });
  const before = await under.stores.auditTrail.latest();
  expect((await under.change('POST', path, undefined)).status).toBe(202);
  const changes = await under.stores.auditTrail.since(before, 10);
  expect(changes?.map(({ entry }) => entry)).toMatchObject([{ by: 'ana', did: 'asked again', letter: undefined }]);
});

it.each([
  ['of which nothing is missing', { state: 'filled' }, 'not-missing'],
  ['whose deadline has not passed', { state: 'requested', deadlineMs: noon + 3_600_000 }, 'waiting'],
  ['that may be forgotten', { foundAtMs: noon - 30 * 86_400_000 }, 'forgotten'],
  ['with too many ids', { to: 2_000_000 }, 'too-long'],
] as const)('nobody is asked for a gap %s', async (_, gap, code) => {
  const under = await aConsole(gap);
  expect(await under.change('POST', path, undefined)).toMatchObject({ status: 409, json: { error: { code } } });
  expect(under.publisher.published).toEqual([]);
  expect((await under.letters.find(letterId(root)))?.value.revision).toBe(1);
});

it('a gap that the ledger does not have is an error', async () => {
  const under = await aConsole();
  expect(await under.change('POST', '/api/streams/orders/gaps/6/ask', undefined)).toMatchObject({
    status: 404,
    json: { error: { code: 'unknown-gap' } },
  });
});

it('a viewer has nobody asked', async () => {
  const under = await aConsole();
  under.caller = { name: 'ben', role: 'viewer' };
  expect((await under.change('POST', path, undefined)).status).toBe(403);
  expect(under.publisher.published).toEqual([]);
});

it('the page of a gap has a button for it, and says that what was given up is not inferred any more', async () => {
  const { body } = await (await aConsole()).get('/streams/orders/gaps/5');
  expect(buttonsOf(body)).toEqual(['5']);
  expect(body).toContain('stays given up: it is not inferred any more');
});

it('the page of a letter has a button for each of its gaps that is still given up', async () => {
  const under = await aConsole();
  const listed = { letterFrom: 5, letterFoundAtMs: noon, state: 'abandoned', resolvedAtMs: noon } as const;
  await fileGaps(under.ledger, [
    aGap({ from: 10, to: 12, ...listed }),
    aGap({ from: 20, to: 20, ...listed, state: 'filled' }),
    aGap({ from: 30, to: 31, ...listed, letterFrom: 30 }),
    aGap({ from: 40, to: 47, ...listed }),
  ]);
  const { body } = await under.get(`/dead-letters/${letterId(root)}`);
  expect(buttonsOf(body)).toEqual(['5', '10', '40']);
  expect(body).toContain('<a href="/streams/orders/gaps/40" data-row>40–47</a>');
});

function buttonsOf(body: string): readonly string[] {
  return [...body.matchAll(/<button[^>]* data-ask [^>]*data-from="(\d+)"/g)].map(([, from = '']) => from);
}
