interface Underway {
  readonly current: Promise<void>;
  /** The run for every caller that came after `current` had begun. */
  next?: Promise<void>;
}

/**
 * Runs work one at a time for each name. Callers that come during a run share one further run, which begins when the
 * current run ends:
 *
 *     calls   a      b  c
 *     runs    |--a--||--b,c--|
 *
 * So every caller gets the result of a run that began after its call, and never sees a state older than its call.
 */
export class Coalescer {
  private readonly underway = new Map<string, Underway>();

  /** Waits for a run that begins after this call. @throws The error of that run. */
  run(name: string, work: () => Promise<void>): Promise<void> {
    const underway = this.underway.get(name);
    if (!underway) return this.begin(name, work);
    // An error of the current run goes only to the callers that wait for it.
    underway.next ??= underway.current.catch(() => undefined).then(() => this.begin(name, work));
    return underway.next;
  }

  /** The current run, which began before this call. */
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
