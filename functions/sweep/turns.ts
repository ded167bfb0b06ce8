interface Underway {
  readonly current: Promise<void>;
  /** For all who have asked since it began. */
  next?: Promise<void>;
}

/**
 * Does work of one name one after the other. Who asks while it is being done shares in doing it once more: ticks come in crowds, and
 * at the same time they would only get into each other's way.
 */
export class Turns {
  private readonly underway = new Map<string, Underway>();

  /** Resolves when the work was done by someone who began after this was called. @throws What that one threw. */
  run(name: string, work: () => Promise<void>): Promise<void> {
    const underway = this.underway.get(name);
    if (!underway) return this.begin(name, work);
    // Whether the one before succeeds is the concern of those who wait for it.
    underway.next ??= underway.current.catch(() => undefined).then(() => this.begin(name, work));
    return underway.next;
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
