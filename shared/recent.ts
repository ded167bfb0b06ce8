/** Keeps what was asked for last, by name. */
export class Recent<T> {
  private readonly most: number;
  private readonly byName = new Map<string, T>();

  /** @param most How many are kept. */
  constructor(most: number) {
    this.most = most;
  }

  get(name: string): T | undefined {
    const value = this.byName.get(name);
    if (value !== undefined) this.keep(name, value);
    return value;
  }

  keep(name: string, value: T): T {
    this.byName.delete(name);
    this.byName.set(name, value);
    const [oldest] = this.byName.keys();
    if (this.byName.size > this.most && oldest !== undefined) this.byName.delete(oldest);
    return value;
  }

  forget(name: string): void {
    this.byName.delete(name);
  }
}
