interface Underway {
  readonly current: Promise<void>;
  /** Serves every caller that came after `current` had begun. */
  next?: Promise<void>;
}

/**
 * Runs work of one name one at a time. Callers that come while it runs share one more run, which begins when the current one ends:
 *
 *     calls   a      b  c
 *     runs    |--a--||--b,c--|
 *
 * So every caller gets the result of a run that began after its call: nobody is answered from a state that is older than the question.
 */
export class Coalescer {
  private readonly underway = new Map<string, Underway>();

  /** Resolves when a run that began after this call has ended. @throws The error of that run. */
  run(name: string, work: () => Promise<void>): Promise<void> {
    const underway = this.underway.get(name);
    if (!underway) return this.begin(name, work);
    // An error of the current run concerns only those who wait for it.
    underway.next ??= underway.current.catch(() => undefined).then(() => this.begin(name, work));
    return underway.next;
  }

  /** The run that is under way, which began before this call. */
  current(name: string): Promise<void> | undefined {
    return this.underway.get(name)?.current;
  }

  private begin(name: string, work: () => Promise<void>): Promise<void> {
    const current = work();
    const underway: Underway = { current };
    this.underway.set(name, underway);
    const end = (): void => {
      if (underway.next === undefined) this.underway.delete(name);
    };
    current.then(end, end);
    return current;
  }
}
