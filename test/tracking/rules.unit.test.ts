import {
  OneId,
  conflict,
  deadLetter,
  dropped,
  duplicate,
  revision,
  toPublish,
  supersede,
  verify,
  type ClaimSketch,
} from '../support/claims.ts';

const suspect = { toBeChecked: true } as const;
const verified = { origin: 'verified' } as const;
const refusal = { kind: 'refusal' } as const;
const failure = { kind: 'failure', content: 'broken' } as const;
const aVoid = { kind: 'void', root: 'events/9', key: 'void', content: '' } as const;
const inference = { kind: 'reconstruction', origin: 'reconstructed', root: 'inferred/s/6', key: '6/inferred' } as const;
const replay = { origin: 'replayed' } as const;

const after = (...sketches: readonly ClaimSketch[]): OneId => OneId.after(...sketches);

describe('an id that holds nothing', () => {
  it('takes an event: it is published', () => {
    const id = new OneId();
    expect(id.claim()).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('takes an event that is to be checked: it goes to verify', () => {
    const id = new OneId();
    expect(id.claim(suspect)).toEqual(verify);
    expect(id.states).toEqual(['suspect']);
  });

  it('takes a failure: the id is accounted for, and the event a dead letter', () => {
    const id = new OneId();
    expect(id.claim(failure)).toEqual(deadLetter);
    expect(id.states).toEqual(['closed']);
  });

  it('takes a void: the id never existed', () => {
    const id = new OneId();
    expect(id.claim(aVoid)).toEqual({ act: 'close' });
    expect(id.states).toEqual(['closed']);
  });

  it('takes a reconstruction: it is published', () => {
    const id = new OneId();
    expect(id.claim(inference)).toEqual(toPublish);
    expect(id.states).toEqual(['reconstructed']);
  });

  it('does not take a refusal: it is a dead letter, and the id stays empty', () => {
    const id = new OneId();
    expect(id.claim(refusal)).toEqual(deadLetter);
    expect(id.states).toEqual([]);
  });
});

describe('rule 1: the message was here before', () => {
  it('publishes a clean event again as long as its publish is not known to have succeeded', () => {
    expect(after({}).claim()).toEqual(toPublish);
  });

  it('drops a clean event that is known to be published', () => {
    const id = after({});
    id.published('events/1');
    expect(id.claim()).toEqual(dropped('already-published'));
  });

  it('publishes a reconstruction again until it is known to be published', () => {
    const id = after(inference);
    expect(id.claim(inference)).toEqual(toPublish);
    id.published('inferred/s/6');
    expect(id.claim(inference)).toEqual(dropped('already-published'));
  });

  it('publishes a superseding event again as superseding', () => {
    expect(after(inference, {}).claim()).toEqual(supersede);
  });

  it('dead-letters a refusal or a failure of a clean event that is not published', () => {
    expect(after({}).claim(refusal)).toEqual(deadLetter);
    expect(after({}).claim({ kind: 'failure' })).toEqual(deadLetter);
  });

  it('sends a clean event to verify when it is now to be checked', () => {
    expect(after({}).claim(suspect)).toEqual(verify);
  });

  it('drops a void whose root holds a clean event', () => {
    expect(after({}).claim({ kind: 'void' })).toEqual(dropped('already-accounted-for'));
  });

  it('publishes a suspect event that was verified or corrected', () => {
    const id = after(suspect);
    expect(id.claim(verified)).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('closes a suspect event that was refused, as a dead letter', () => {
    const id = after(suspect);
    expect(id.claim(refusal)).toEqual(deadLetter);
    expect(id.states).toEqual(['closed']);
  });

  it('closes a suspect event whose correction does not fit its type', () => {
    const id = after(suspect);
    expect(id.claim({ kind: 'failure', origin: 'corrected' })).toEqual(deadLetter);
    expect(id.states).toEqual(['closed']);
  });

  it('sends a suspect event that is delivered again to verify again', () => {
    expect(after(suspect).claim(suspect)).toEqual(verify);
  });

  it('dead-letters a failure again when it is redelivered', () => {
    expect(after(failure).claim(failure)).toEqual(deadLetter);
    expect(after(suspect, refusal).claim(refusal)).toEqual(deadLetter);
  });

  it('drops what is delivered again after it was closed', () => {
    expect(after(suspect, refusal).claim(suspect)).toEqual(dropped('already-closed'));
    expect(after(aVoid).claim(aVoid)).toEqual(dropped('already-closed'));
  });

  it('takes the operator’s replay of a closed event', () => {
    const id = after(failure);
    expect(id.claim(replay)).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('sends the operator’s replay of a refused event to verify, if it is still said to be invalid', () => {
    const id = after(suspect, refusal);
    expect(id.claim({ ...replay, ...suspect })).toEqual(verify);
    expect(id.states).toEqual(['suspect']);
  });

  it('keeps superseding through refusal and replay', () => {
    const id = after(inference, suspect);
    const stands = { act: 'dead-letter', inferenceStands: true };
    expect(id.claim(refusal)).toEqual(stands);
    expect(id.claim(refusal)).toEqual(stands);
    expect(id.claim(replay)).toEqual(supersede);
  });
});

describe('rule 1, where one of the two is an operator’s edit', () => {
  const edit = { ...replay, content: 'edited' } as const;

  it('drops the producer’s own message when it is delivered once more after its edit was taken', () => {
    const id = after(failure);
    expect(id.claim(edit)).toEqual(toPublish);
    expect(id.claim(failure)).toEqual(dropped('already-accounted-for'));
    const elsewhere = after({ key: '6/1' });
    expect(elsewhere.claim({ ...edit, root: 'events/2', key: '6/2' })).toEqual(revision);
    expect(elsewhere.claim({ root: 'events/2', key: '6/1', content: 'b' })).toEqual(dropped('already-accounted-for'));
  });

  it('drops what verify says of the content before the edit', () => {
    const id = after({ ...suspect, content: 'a' });
    expect(id.claim(edit)).toEqual(toPublish);
    expect(id.claim({ ...verified, content: 'a' })).toEqual(dropped('already-accounted-for'));
  });

  it('calls an edit of what is clean a conflict', () => {
    expect(after({}).claim(edit)).toEqual(conflict);
  });

  it('dead-letters an edit that is still wrong', () => {
    const id = after(failure);
    expect(id.claim({ ...edit, kind: 'failure' })).toEqual(deadLetter);
    expect(id.states).toEqual(['closed']);
  });

  it('calls an edit to the key of another entry a duplicate or a conflict of that', () => {
    const two = (): OneId =>
      after({ ...suspect, key: '6/1' }, { root: 'events/2', key: '6/2' }, { ...refusal, key: '6/1' });
    expect(two().claim({ ...replay, key: '6/2' })).toEqual(duplicate);
    expect(two().claim({ ...edit, key: '6/2' })).toEqual(conflict);
  });
});

describe('rules 2 and 3: what comes too late', () => {
  it('drops a reconstruction of an id that holds anything', () => {
    for (const held of [{}, suspect, failure, aVoid, { ...inference, root: 'inferred/other' }]) {
      const id = after(held);
      const before = id.cell;
      expect(id.claim(inference)).toEqual(dropped('inference-not-needed'));
      expect(id.cell).toBe(before);
    }
  });

  it('dead-letters a refusal of an event that the id does not hold, and changes nothing', () => {
    const id = after({});
    const before = id.cell;
    expect(id.claim({ ...refusal, root: 'events/2' })).toEqual(deadLetter);
    expect(id.cell).toBe(before);
  });
});

describe('rule 5: the only entry is closed', () => {
  it('takes another event', () => {
    const id = after(aVoid);
    expect(id.claim()).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('takes the same event once it is not to be checked any more', () => {
    expect(after(suspect, refusal).claim({ root: 'events/2' })).toEqual(toPublish);
    expect(after(failure).claim({ root: 'events/2', content: 'broken' })).toEqual(toPublish);
  });

  it('calls a copy of the refused event a duplicate', () => {
    expect(after(suspect, refusal).claim({ ...suspect, root: 'events/2' })).toEqual(duplicate);
  });

  it('drops a copy of the refused event quietly when it was resent as a possible duplicate', () => {
    const id = after(suspect, refusal);
    expect(id.claim({ ...suspect, root: 'events/2', possibleDuplicate: true })).toEqual(dropped('possible-duplicate'));
  });

  it('keeps in mind that an inference was published before, whatever takes the place of a refused original', () => {
    expect(after(inference, suspect, refusal).claim({ root: 'events/2', content: 'b' })).toEqual(supersede);
    expect(after(inference, suspect, refusal).claim({ root: 'events/2', key: '6/1' })).toEqual(supersede);
    expect(after(inference, suspect, refusal).claim({ ...suspect, origin: 'replayed' })).toEqual(verify);
    expect(after(inference, suspect, refusal, { ...suspect, origin: 'replayed' }).claim(verified)).toEqual(supersede);
  });

  it('dead-letters another failure, and drops a void', () => {
    expect(after(failure).claim({ ...failure, root: 'events/2' })).toEqual(deadLetter);
    expect(after(failure).claim(aVoid)).toEqual(dropped('already-closed'));
  });

  it('calls a void a conflict if an inference stands, because its original was refused', () => {
    const conflict = { act: 'conflict', why: 'inferred-before-void' };
    expect(after(inference, suspect, refusal).claim(aVoid)).toEqual(conflict);
  });
});

describe('rule 6: something stands in for the event that arrives', () => {
  it('lets the original take over, superseding', () => {
    const id = after(inference);
    expect(id.claim()).toEqual(supersede);
    expect(id.states).toEqual(['clean']);
    expect(id.cell[0]).toMatchObject({ supersedes: true, published: false });
  });

  it('supersedes only after verify has answered, where the original is to be checked', () => {
    const id = after(inference);
    expect(id.claim(suspect)).toEqual(verify);
    expect(id.claim(verified)).toEqual(supersede);
  });

  it('leaves the inference where the original is a failure, and says so', () => {
    const id = after(inference);
    expect(id.claim(failure)).toEqual({ act: 'dead-letter', inferenceStands: true });
    expect(id.states).toEqual(['reconstructed']);
  });

  it('calls a void of an inferred id a conflict', () => {
    expect(after(inference).claim(aVoid)).toEqual({ act: 'conflict', why: 'inferred-before-void' });
  });
});

describe('rule 7: voids and failures of an id that was seen', () => {
  it('calls the void a conflict', () => {
    expect(after({}).claim(aVoid)).toEqual({ act: 'conflict', why: 'seen-before-void' });
  });

  it('dead-letters the failure and keeps the event', () => {
    const id = after({});
    expect(id.claim({ ...failure, root: 'events/2' })).toEqual(deadLetter);
    expect(id.states).toEqual(['clean']);
  });
});

describe('rule 8: the event was here before, in another message', () => {
  it('calls the same content a duplicate', () => {
    expect(after({}).claim({ root: 'events/2' })).toEqual(duplicate);
    expect(after(suspect).claim({ ...suspect, root: 'events/2' })).toEqual(duplicate);
  });

  it.each([
    ['the first', { possibleDuplicate: true }, {}],
    ['the second', {}, { possibleDuplicate: true }],
  ])('drops the same content quietly when %s copy is marked as a possible duplicate', (_, first, second) => {
    expect(after(first).claim({ ...second, root: 'events/2' })).toEqual(dropped('possible-duplicate'));
  });

  it('calls another content a conflict, marked or not', () => {
    expect(after({}).claim({ root: 'events/2', content: 'b' })).toEqual(conflict);
    expect(after({}).claim({ root: 'events/2', content: 'b', possibleDuplicate: true })).toEqual(conflict);
  });

  it('publishes a valid copy of a suspect event in its place', () => {
    const id = after(suspect);
    expect(id.claim({ root: 'events/2', content: 'b' })).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('does not let an answer of verify to another message clear a suspect event', () => {
    expect(after(suspect).claim({ ...verified, root: 'events/2' })).toEqual(duplicate);
  });

  it('takes a better event in place of a closed one beside another entry', () => {
    const id = after(suspect, { root: 'events/2', key: '6/1000', content: 'b' }, refusal);
    expect(id.states).toEqual(['closed', 'clean']);
    expect(id.claim({ ...suspect, root: 'events/3' })).toEqual(duplicate);
    expect(id.claim({ root: 'events/3' })).toEqual(toPublish);
    expect(id.states).toEqual(['clean', 'clean']);
  });
});

describe('rule 8: the operator replays a conflict to replace what the key holds', () => {
  const other = { root: 'events/2', content: 'b' } as const;
  const replacement = { ...other, ...replay, replace: true } as const;

  it('publishes the content under the key with a number, superseding', () => {
    const id = after({}, other);
    expect(id.claim(replacement)).toEqual({ ...supersede, replacement: 1 });
    expect(id.states).toEqual(['clean', 'clean']);
  });

  it('numbers the replacements, and publishes each again under its own number', () => {
    const id = after({}, replacement);
    expect(id.claim({ ...replacement, root: 'events/3', content: 'c' })).toMatchObject({ replacement: 2 });
    expect(id.claim(replacement)).toMatchObject({ replacement: 1, supersedes: true });
  });

  it('still knows copies of either content', () => {
    const id = after({}, replacement);
    expect(id.claim({ root: 'events/3' })).toEqual(duplicate);
    expect(id.claim({ root: 'events/3', content: 'b' })).toEqual(duplicate);
    expect(id.claim({ root: 'events/3', content: 'c' })).toEqual(conflict);
  });

  it('is a conflict without the operator’s order to replace, and always for a producer', () => {
    expect(after({}).claim({ ...other, ...replay })).toEqual(conflict);
    expect(after({}).claim({ ...other, replace: true })).toEqual(conflict);
  });

  it('sends the content to verify first where it is to be checked', () => {
    const id = after({});
    expect(id.claim({ ...replacement, ...suspect })).toEqual(verify);
    expect(id.claim({ ...other, ...verified })).toEqual({ ...supersede, replacement: 1 });
  });
});

describe('rules 8 and 9, where an inference or an operator came before', () => {
  it('lets each event of an inferred id supersede the inference, since either may be refused', () => {
    const id = after(inference, suspect);
    expect(id.claim({ root: 'events/2', key: '6/1000' })).toEqual({ ...supersede, isRevision: true });
  });

  it('puts a replacement of an event that is still with verify in its place: nothing was published to supersede', () => {
    const id = after(suspect);
    expect(id.claim({ ...replay, root: 'events/2', content: 'b', replace: true })).toEqual(toPublish);
    expect(id.states).toEqual(['clean']);
  });

  it('does not let a producer replace content that an operator put in place', () => {
    const id = after({}, { ...suspect, ...replay, root: 'events/2', content: 'b', replace: true });
    expect(id.states).toEqual(['clean', 'suspect']);
    expect(id.claim({ root: 'events/3', content: 'c' })).toEqual(conflict);
  });
});

describe('what is learned after the verdict', () => {
  it('closes an event whose uuid turned out to belong to another id, unless it was published', () => {
    const withdrawn = after({});
    withdrawn.withdrawn('events/1');
    expect(withdrawn.states).toEqual(['closed']);
    const published = after({});
    published.published('events/1');
    published.withdrawn('events/1');
    expect(published.states).toEqual(['clean']);
  });

  it('does not call an event published that has gone to verify, or is gone', () => {
    const id = after(suspect);
    id.published('events/1');
    id.published('events/2');
    expect(id.cell[0]).toMatchObject({ state: 'suspect', published: false });
  });
});
