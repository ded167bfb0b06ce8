import { conflict, dropped, duplicate, OneId } from '../support/claims.ts';

/** The message of an edit that leaves its place. Before the edit it had the key and content of its letter. */
const leaving = { root: 'events/2', content: 'b', origin: 'replayed', replay: 1, isLeaving: true } as const;

describe('an edit that leaves a place where another message holds its key', () => {
  const left = (): OneId => {
    const id = OneId.after({ content: 'a' });
    expect(id.claim({ root: 'events/2', content: 'b' })).toEqual(conflict);
    expect(id.claim(leaving)).toEqual({ act: 'close' });
    return id;
  };

  it('leaves the event there as it is: further messages are compared with it', () => {
    expect(left().claim({ root: 'events/3', content: 'a' })).toEqual(duplicate);
    expect(left().claim({ root: 'events/3', content: 'c' })).toEqual(conflict);
    expect(left().claim({ root: 'events/3', content: 'b' })).toEqual(conflict);
    expect(left().claim({ root: 'events/3', content: 'b', toBeChecked: true })).toEqual(conflict);
  });

  it('is done with there: the message before the edit is dropped', () => {
    expect(left().claim({ root: 'events/2', content: 'b' })).toEqual(dropped('earlier-replay'));
  });
});
