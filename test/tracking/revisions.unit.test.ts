import { digest } from '../../shared/digest.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { revisionsIn } from '../../shared/tracking/revisions.ts';
import { aBlockWith, anEntry } from '../support/builders.ts';
import { OneId, revision, toPublish, verify } from '../support/claims.ts';

const suspect = { toBeChecked: true } as const;
const verified = { origin: 'verified' } as const;
const refusal = { kind: 'refusal' } as const;

describe('rule 9: the id was seen under other keys', () => {
  const second = { root: 'events/2', key: '6/1000' } as const;

  it('takes the event as a further one, published like the first, and says that it is a revision', () => {
    const id = OneId.after({});
    expect(id.claim(second)).toEqual(revision);
    expect(id.states).toEqual(['clean', 'clean']);
  });

  it('says so again when the revision is delivered again before it is published, and not of the first event', () => {
    const id = OneId.after({}, second);
    expect(id.claim(second)).toEqual(revision);
    expect(id.claim({})).toEqual(toPublish);
  });

  it('says so when verify has cleared the event, and not before', () => {
    const id = OneId.after({});
    expect(id.claim({ ...second, ...suspect })).toEqual(verify);
    expect(id.claim({ ...second, ...verified })).toEqual(revision);
  });

  it('says so while the first event is still with verify', () => {
    expect(OneId.after(suspect).claim(second)).toEqual(revision);
  });

  it('is no revision where the events before were all refused, and nothing was published for them', () => {
    const id = OneId.after(suspect, { ...suspect, ...second }, refusal, { ...refusal, ...second });
    expect(id.states).toEqual(['closed', 'closed']);
    expect(id.claim({ root: 'events/3', key: '6/2000' })).toEqual(toPublish);
  });

  it('takes every event of an id, however many others hold it', () => {
    const id = new OneId();
    expect(id.claim({ root: 'events/0', key: '6/0' })).toEqual(toPublish);
    for (let i = 1; i < 40; i++) expect(id.claim({ root: `events/${i}`, key: `6/${i}` })).toEqual(revision);
    expect(id.cell).toHaveLength(40);
  });
});

/** An entry of the event with this key. */
function ofKey(key: string, entry: Partial<Entry> = {}): Entry {
  return anEntry({ key: digest(key), root: digest(`root of ${key}`), ...entry });
}

const countIn = (...cell: Entry[]): number => revisionsIn(aBlockWith({ 7: cell }));

describe('the revisions of an id', () => {
  it('are the events after the first', () => {
    expect(countIn(ofKey('a'))).toBe(0);
    expect(countIn(ofKey('a'), ofKey('b'))).toBe(1);
    expect(countIn(ofKey('a'), ofKey('b'), ofKey('c'))).toBe(2);
  });

  it('do not include what an operator put in place of other content', () => {
    expect(countIn(ofKey('a'), ofKey('a', { replacement: 1 }))).toBe(0);
    expect(countIn(ofKey('a'), ofKey('b'), ofKey('b', { replacement: 1 }))).toBe(1);
  });

  it('do not include events that were refused, or are still with verify', () => {
    expect(countIn(ofKey('a'), ofKey('b', { state: 'closed' }))).toBe(0);
    expect(countIn(ofKey('a'), ofKey('b', { state: 'suspect' }))).toBe(0);
  });

  it('include an event after one that is with verify, and none after one that was refused', () => {
    expect(countIn(ofKey('a', { state: 'suspect' }), ofKey('b'))).toBe(1);
    expect(countIn(ofKey('a', { state: 'closed' }), ofKey('b'))).toBe(0);
    expect(countIn(ofKey('a', { state: 'closed' }), ofKey('b'), ofKey('c'))).toBe(1);
  });
});

test('the revisions of a block are those of all its ids', () => {
  const two = [ofKey('a'), ofKey('b')];
  expect(revisionsIn(aBlockWith({ 0: two, 1: anEntry(), 255: [...two, ofKey('c')] }))).toBe(3);
});
