import type { Account } from './account.ts';

/** What must hold of every run. @returns A line for each time that it does not. */
export type Law = (account: Account) => Iterable<string>;
