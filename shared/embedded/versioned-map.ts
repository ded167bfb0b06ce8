import type { Version, Versioned } from '../ports.ts';

/** A map whose entries are written on the condition that nobody has written since they were read. */
export class VersionedMap<T> {
  private readonly entries = new Map<string, Versioned<T>>();
  private writes = 0;

  get(key: string): Versioned<T> | undefined {
    return this.entries.get(key);
  }

  /** @returns The new version; undefined if another than the expected one (undefined: none) was there, and nothing was written. */
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

  /** How often anything was written. */
  changes(): number {
    return this.writes;
  }
}
