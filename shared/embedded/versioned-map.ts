import type { Version, Versioned } from '../ports.ts';

/** A map with conditional writes: an entry is written only if its version is the expected one. */
export class VersionedMap<T> {
  private readonly entries = new Map<string, Versioned<T>>();
  private writes = 0;

  get(key: string): Versioned<T> | undefined {
    return this.entries.get(key);
  }

  /**
   * @returns The new version. Undefined if the version is not the expected one (undefined: no entry), and nothing was
   * written.
   */
  put(key: string, value: T, expected: Version | undefined): Version | undefined {
    if (this.entries.get(key)?.version !== expected) return undefined;
    const version = String(++this.writes);
    this.entries.set(key, { value, version });
    return version;
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.writes++;
  }

  get size(): number {
    return this.entries.size;
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  values(): Versioned<T>[] {
    return [...this.entries.values()];
  }

  /** Returns the number of writes. */
  changes(): number {
    return this.writes;
  }
}
