import type { EventList } from '../ports.ts';
import { listKind } from './budget.ts';
import type { ListReader } from './list-reader.ts';
import { Requests, type RequestDeps } from './requests.ts';

/** The time that a run needs after a page, in milliseconds, to publish what is missing and to store its cursor. */
const afterPageMs = 15_000;

export interface ListDeps extends RequestDeps {
  readonly reader: ListReader;
}

/** A list of a system of record behind a budget. */
export class BudgetedList {
  private readonly reader: ListReader;
  private readonly requests: Requests;

  constructor(deps: ListDeps) {
    this.reader = deps.reader;
    this.requests = new Requests(deps);
  }

  /** Returns the list for one delivery. Its calls end some time before the deadline of the delivery. */
  until(deadlineMs: number): EventList {
    return {
      page: (query, after) =>
        this.requests.run(listKind, deadlineMs - afterPageMs, (signal) => this.reader.page(query, after, signal)),
    };
  }
}
