import { OneId, aClaim, dropped, deadLetter, supersede, verify } from '../support/claims.ts';
import { decide } from '../../shared/tracking/rules.ts';

const recheck = { isRecheck: true, root: 'mended-events/9', toBeChecked: true } as const;
const answer = { ...recheck, toBeChecked: false, answer: 7, origin: 'corrected' } as const;
const published = () => {
  const id = OneId.after({});
  id.published('events/1');
  return id;
};

describe('a published event that is checked again', () => {
  it('goes to verify, and changes nothing', () => {
    const id = published();
    const before = id.cell;
    expect(id.claim(recheck)).toEqual(verify);
    expect(id.cell).toBe(before);
  });

  it('is dropped if nothing was published under its key, or another content stands there', () => {
    expect(new OneId().claim(recheck)).toEqual(dropped('not-published'));
    expect(OneId.after({ kind: 'failure' }).claim(recheck)).toEqual(dropped('not-published'));
    expect(published().claim({ ...recheck, content: 'b' })).toEqual(dropped('not-published'));
  });

  it('supersedes itself once it is corrected, and its copies are still known', () => {
    const id = published();
    expect(id.claim(answer)).toEqual({ ...supersede, replacement: 1 });
    expect(id.claim({ root: 'events/2' })).toEqual({ act: 'duplicate' });
  });

  it('is published again if its correction is delivered again before it is known to be published, and not afterwards', () => {
    const id = published();
    id.claim(answer);
    expect(id.claim(answer)).toEqual({ ...supersede, replacement: 1 });
    id.published('mended-events/9');
    expect(id.claim(answer)).toEqual(dropped('found-right'));
  });

  it('supersedes nothing if the answer is the one that it has, or if its record agrees', () => {
    const id = published();
    id.claim(answer);
    expect(id.claim({ ...answer, root: 'mended-events/10' })).toEqual(dropped('found-right'));
    expect(published().claim({ ...answer, origin: 'verified' })).toEqual(dropped('found-right'));
    expect(published().claim({ ...answer, origin: 'unverified' })).toEqual(dropped('found-right'));
  });

  it('stands if it is refused, and a letter says so', () => {
    const id = published();
    expect(id.claim({ ...answer, origin: 'producer', kind: 'refusal' })).toEqual(deadLetter);
    expect(id.states).toEqual(['clean']);
  });

  it('is superseded a second time under the next number, but not a 256th time', () => {
    const id = published();
    id.claim(answer);
    const second = { ...answer, answer: 8, root: 'mended-events/10' } as const;
    expect(id.claim(second)).toEqual({ ...supersede, replacement: 2 });
    const full = id.cell.map((entry) => ({ ...entry, replacement: 255 }));
    expect(decide(full, aClaim({ ...answer, answer: 9 })).verdict).toMatchObject({ act: 'conflict' });
  });
});
