import { digest } from '../../shared/digest.ts';
import { MarkQueue } from '../../shared/tracking/mark-queue.ts';

const aMark = (eventId: number) => ({ eventId, root: digest(`events/${eventId}`), as: 'published' }) as const;

/** Whether a promise is settled once all that is ready has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return settled;
}

describe('the marks of a block', () => {
  it('are taken in the order in which they came, and put back in front of later ones', () => {
    const marks = new MarkQueue();
    marks.add(aMark(1), 100);
    marks.add(aMark(2), 200);
    expect(marks.take().map(({ eventId }) => eventId)).toEqual([1, 2]);
    marks.add(aMark(3), 300);
    marks.putBack();
    expect(marks.oldestSinceMs).toBe(100);
    expect(marks.take().map(({ eventId }) => eventId)).toEqual([1, 2, 3]);
  });

  it('are waited for by a caller until each mark of that time is written: those in flight, and those behind them', async () => {
    const marks = new MarkQueue();
    marks.add(aMark(1), 0);
    marks.take();
    marks.add(aMark(2), 0);
    const settled = marks.settled();
    marks.settle();
    expect(await isSettled(settled)).toBe(false);
    marks.take();
    marks.add(aMark(3), 0);
    marks.settle();
    expect(await isSettled(settled)).toBe(true);
  });

  it('are waited for through a conflict', async () => {
    const marks = new MarkQueue();
    marks.add(aMark(1), 0);
    const settled = marks.settled();
    marks.take();
    marks.putBack();
    expect(await isSettled(settled)).toBe(false);
    marks.take();
    marks.settle();
    expect(await isSettled(settled)).toBe(true);
  });

  it('are waited for no longer once they are lost', async () => {
    const marks = new MarkQueue();
    marks.add(aMark(1), 0);
    marks.take();
    marks.add(aMark(2), 0);
    const settled = marks.settled();
    expect(marks.clear()).toBe(2);
    expect(await isSettled(settled)).toBe(true);
    expect(marks.isEmpty).toBe(true);
  });

  it('keep nobody waiting where there are none', async () => {
    expect(await isSettled(new MarkQueue().settled())).toBe(true);
  });
});
