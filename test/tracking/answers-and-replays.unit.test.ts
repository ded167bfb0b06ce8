import { OneId, conflict, deadLetter, dropped, duplicate, toPublish, verify } from '../support/claims.ts';

const suspect = { toBeChecked: true } as const;
const verified = { origin: 'verified', answer: 1 } as const;
const corrected = { origin: 'corrected', answer: 2 } as const;
const refused = { kind: 'refusal', answer: 3 } as const;
const replay = (n: number) => ({ origin: 'replayed', replay: n }) as const;

describe('rule 1: of two answers of verify the first one stands', () => {
  it('and is published again as long as the publish is not known to have succeeded', () => {
    const id = OneId.after(suspect, verified);
    expect(id.claim(verified)).toEqual(toPublish);
    expect(id.claim(corrected)).toEqual(dropped('other-answer'));
    expect(id.claim(refused)).toEqual(dropped('other-answer'));
  });

  it('and so does an answer that nothing could be said', () => {
    const id = OneId.after(suspect, { origin: 'unverified', answer: 9 });
    expect(id.claim(verified)).toEqual(dropped('other-answer'));
  });

  it('until a replay has the event checked anew: the next answer supersedes the first', () => {
    const id = OneId.after(suspect, verified);
    expect(id.claim({ ...replay(1), ...suspect })).toEqual(verify);
    expect(id.claim(verified)).toEqual(dropped('earlier-replay'));
    const superseding = { ...toPublish, supersedes: true, replacement: 1 };
    expect(id.claim({ ...corrected, replay: 1 })).toEqual(superseding);
    expect(id.claim({ ...corrected, replay: 1 })).toEqual(superseding);
    expect(id.claim({ ...verified, replay: 1 })).toEqual(dropped('other-answer'));
  });

  it('and no replay changes that once the event is known to be published', () => {
    const id = OneId.after(suspect, verified);
    id.published('events/1');
    expect(id.claim({ ...replay(1), ...suspect })).toEqual(dropped('already-published'));
    expect(id.cell).toMatchObject([{ replacement: 0, supersedes: false }]);
  });

  it('and where it superseded an inference, the answer to a replay keeps its key, to supersede the inference too', () => {
    const inference = {
      kind: 'reconstruction',
      origin: 'reconstructed',
      root: 'inferred/s/6',
      key: '6/inferred',
    } as const;
    const id = OneId.after(inference, suspect, verified, { ...replay(1), ...suspect });
    expect(id.claim({ ...corrected, replay: 1 })).toEqual({ ...toPublish, supersedes: true });
  });

  it('and where an operator has replaced the content meanwhile, the answer to a replay keeps its key', () => {
    const edit = { root: 'events/2', content: 'b', replace: true, ...replay(1) } as const;
    const id = OneId.after(suspect, verified);
    expect(id.claim(edit)).toEqual({ ...toPublish, supersedes: true, replacement: 1 });
    // With the number of the edit, two contents would have one key.
    expect(id.claim({ ...replay(1), ...suspect })).toEqual(verify);
    expect(id.claim({ ...corrected, replay: 1 })).toEqual(toPublish);
  });
});

describe('rule 1: an entry keeps the number of the replay that made it', () => {
  it('so that a late refusal does not close the entry of a later replay', () => {
    const id = OneId.after(suspect, refused, { ...replay(1), ...suspect });
    expect(id.claim(refused)).toEqual(dropped('earlier-replay'));
    expect(id.states).toEqual(['suspect']);
  });

  it('so that a replay that was refused does not begin anew when it is delivered again', () => {
    const id = OneId.after(suspect, refused, { ...replay(1), ...suspect }, { ...refused, replay: 1 });
    expect(id.claim({ ...replay(1), ...suspect })).toEqual(dropped('already-closed'));
    expect(id.claim({ ...replay(2), ...suspect })).toEqual(verify);
  });

  it('so that an earlier replay does not take the place of a later edit', () => {
    const id = OneId.after({ kind: 'failure' }, { ...replay(2), content: 'edited', ...suspect });
    expect(id.claim({ ...replay(1), content: 'an older edit' })).toEqual(dropped('earlier-replay'));
  });

  it('and a failure is a dead letter again, whatever its number', () => {
    const id = OneId.after({ kind: 'failure' });
    expect(id.claim({ kind: 'failure', ...replay(1) })).toEqual(deadLetter);
  });
});

describe('rule 1a: an answer about an event of which a copy was accepted meanwhile', () => {
  it('is dropped, and it is said if verify calls another content right', () => {
    const copyOf = (content: string) => ({ root: 'events/2', content }) as const;
    expect(OneId.after(suspect, copyOf('a')).claim(verified)).toEqual(dropped('overtaken'));
    expect(OneId.after(suspect, copyOf('b')).claim(verified)).toEqual(dropped('overtaken-by-other'));
    expect(OneId.after(suspect, copyOf('a')).claim(refused)).toEqual(dropped('overtaken'));
  });

  it('is a dead letter if it refuses content that the entry does not hold', () => {
    const other = { root: 'events/2', content: 'b' } as const;
    expect(OneId.after(suspect, other).claim(refused)).toEqual(deadLetter);
    // The refusal has closed the entry, and its letter was not published before the other message took the entry.
    expect(OneId.after(suspect, refused, { ...other, ...suspect }).claim(refused)).toEqual(deadLetter);
  });
});

describe('rule 1b: in an unnumbered stream', () => {
  const place = 6;
  const recovered = {
    place,
    origin: 'recovered',
    isRecovered: true,
    root: 'recovered/stripe/evt_1',
    content: 'list',
  } as const;
  const original = { place } as const;

  it('a recovered event is published if no message brought it', () => {
    const id = new OneId();
    expect(id.claim(recovered)).toEqual(toPublish);
    expect(id.cell).toMatchObject([{ recovered: true, state: 'clean' }]);
  });

  it('a recovered event is dropped if an entry has its key, in any state', () => {
    for (const before of [original, { ...original, ...suspect }, { ...original, kind: 'failure' } as const])
      expect(OneId.after(before).claim(recovered)).toEqual(dropped('recovered-copy'));
    expect(OneId.after(original).claim({ ...recovered, kind: 'failure' })).toEqual(dropped('recovered-copy'));
  });

  it('the original of a recovered event is its copy, whatever its content', () => {
    expect(OneId.after(recovered).claim(original)).toEqual(dropped('recovered-copy'));
    expect(OneId.after(recovered).claim({ ...original, ...suspect })).toEqual(dropped('recovered-copy'));
  });

  it('an operator’s replay of such a copy is told, and replaces it where the operator says so', () => {
    const id = OneId.after(recovered);
    expect(id.claim({ ...original, ...replay(1) })).toEqual(duplicate);
    expect(id.claim({ ...original, ...replay(2), replace: true })).toMatchObject({ supersedes: true, replacement: 1 });
  });

  it('the original takes the place of a recovered event that failed', () => {
    expect(OneId.after({ ...recovered, kind: 'failure' }).claim(original)).toEqual(toPublish);
  });

  it('strangers in the same cell are not seen', () => {
    const stranger = { ...original, root: 'events/9', key: 'u-9' } as const;
    const id = OneId.after(stranger);
    expect(id.claim(recovered)).toEqual(toPublish);
    expect(id.claim({ ...stranger, root: 'events/10' })).toEqual(duplicate);
    expect(id.cell).toHaveLength(2);
    expect(OneId.after({ ...stranger, kind: 'failure' }, recovered).cell).toHaveLength(2);
  });
});

describe('a numbered stream', () => {
  it('compares what was recovered with its original', () => {
    const recovered = { origin: 'recovered', isRecovered: true, content: 'list', root: 'events/9' } as const;
    expect(OneId.after(recovered).claim()).toEqual(conflict);
  });
});
