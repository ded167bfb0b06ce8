import { defaultStream } from '../../shared/event.ts';
import { details } from '../../shared/failure.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { OffStep } from '../../shared/gaps/off-step.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { RevisionRun } from '../../shared/gaps/revision-runs.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { Reasons, type LetterReason } from './reasons.ts';

/**
 * The outcome of the events of a file. All counts except `reconstructed` are of received lines. The letters of gaps
 * count in `byCode` only.
 */
export interface Summary {
  readonly received: number;
  /** Events on `cleaned-events`, including the reconstructed ones. */
  readonly cleaned: number;
  readonly reconstructed: number;
  /** Dead letters with ERR_DUPLICATE. `conflicts` counts those with ERR_CONFLICT. */
  readonly duplicates: number;
  readonly conflicts: number;
  /** Of the conflicts in numbered streams: events with the key of another event, and other content. */
  readonly otherContent: number;
  readonly deadLettered: number;
  /** Voids that were applied. */
  readonly applied: number;
  readonly dropped: number;
  /** Clean events whose ids other events hold. */
  readonly revisions: number;
  /** Runs of ids that all hold such events. */
  readonly revisionRuns: readonly RevisionRun[];
  /** Events that were still in the pipeline when the run ended. */
  readonly pending: number;
  readonly gaps: readonly ListedGap[];
  /** Accepted ids that are far from all others. Nothing was concluded from them. */
  readonly outliers: readonly number[];
  /** The streams that have events off their step. */
  readonly offStep: readonly StreamOffStep[];
  readonly byCode: Readonly<Record<string, number>>;
  /** The dead letters by code and detail, the most frequent first. */
  readonly reasons: readonly LetterReason[];
}

/** The reading of the file. */
export interface FileReading {
  /** How the file holds its events, for people. */
  readonly form: string;
  /** The source of the catalog that the events were read by. Undefined for `events`. */
  readonly source?: string | undefined;
  /** The line of an event that has no end, because the file ends in it. */
  readonly cutLine?: number | undefined;
  /** Why the rest of the file cannot be read. */
  readonly problem?: string | undefined;
}

/** The result of cleaning a file. */
export interface CleanResult extends Summary {
  readonly reading: FileReading;
  /**
   * If more than half of the events were refused, or their numbers were not read: the format that the file seems to have,
   * and what to try.
   */
  readonly advice?: string | undefined;
}

/** A gap of the file. */
export interface ListedGap extends Pick<Gap, 'from' | 'to' | 'state' | 'inferred'> {
  /** Only if the events of the file are of several streams. */
  readonly stream?: string;
  /** The number of missing ids when it was found. */
  readonly missing: number;
  /** Why it is given up. For a doubtful gap: what the numbers around look like. */
  readonly why?: string;
  /** Set if the gap does not look as if events were lost. */
  readonly isDoubtful?: true;
  /** Of a doubtful gap: the ids without an entry, ascending, at most 1,000 ranges. */
  readonly holes?: readonly Range[];
  /** Of a doubtful gap: those of them that the pattern of the numbers around does not explain. Undefined without a pattern. */
  readonly unexplained?: readonly Range[];
}

/** The events of a stream with a step that are off it. */
export interface StreamOffStep extends OffStep {
  /** Only if the events of the file are of several streams. */
  readonly stream?: string;
  readonly step: number;
}

/** The part of a summary that the messages do not show. */
type RestOfSummary = Pick<
  Summary,
  'applied' | 'dropped' | 'revisions' | 'revisionRuns' | 'pending' | 'gaps' | 'outliers' | 'offStep'
>;

/** Counts the events that go into the pipeline, and the messages that come out of it. */
export class FileBooks {
  private received = 0;
  private cleaned = 0;
  private reconstructed = 0;
  private deadLettered = 0;
  private otherContent = 0;
  private readonly reasons = new Reasons();
  private readonly byCode = new Map<string, number>();
  private readonly isNumbered: (stream: string) => boolean;

  /** @param isNumbered Whether the events of a stream have numbers, which several of them could share. */
  constructor(isNumbered: (stream: string) => boolean = () => true) {
    this.isNumbered = isNumbered;
  }

  receive(events = 1): void {
    this.received += events;
  }

  clean({ origin }: Attributes): void {
    this.cleaned++;
    if (origin === 'reconstructed') this.reconstructed++;
  }

  deadLetter(attributes: Attributes): void {
    const detail = attributes[attributeNames.detail] ?? '';
    // It is about the stream, and not about an event. The summary says the same in its own words.
    if (detail.startsWith(details.severalSequences.detail)) return;
    const code = attributes[attributeNames.code] ?? 'ERR_DELIVERY';
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
    this.reasons.add(attributes);
    if (isOfProducer(attributes)) this.deadLettered++;
    if (code !== 'ERR_CONFLICT') return;
    if (detail === details.otherContent.detail && this.isNumbered(attributes.stream ?? defaultStream))
      this.otherContent++;
  }

  close(rest: RestOfSummary): Summary {
    const { received, cleaned, reconstructed, deadLettered, otherContent } = this;
    const byCode = Object.fromEntries([...this.byCode].sort(([a], [b]) => (a < b ? -1 : 1)));
    const duplicates = this.byCode.get('ERR_DUPLICATE') ?? 0;
    const conflicts = this.byCode.get('ERR_CONFLICT') ?? 0;
    const { applied, dropped, revisions, revisionRuns, pending, gaps, outliers, offStep } = rest;
    return {
      received,
      cleaned,
      reconstructed,
      duplicates,
      conflicts,
      otherContent,
      deadLettered,
      applied,
      dropped,
      revisions,
      revisionRuns,
      pending,
      gaps,
      outliers,
      offStep,
      byCode,
      reasons: this.reasons.list(),
    };
  }
}

/** Whether more than half of the received events were refused. A duplicate is none: another copy of it is kept. */
export function isMostlyRefused({ received, deadLettered, duplicates }: Summary): boolean {
  return deadLettered - duplicates > received / 2;
}

/** Whether every received line is counted in exactly one place. */
export function isBalanced(summary: Summary): boolean {
  const { received, cleaned, reconstructed, deadLettered, applied, dropped, pending } = summary;
  return received === cleaned - reconstructed + deadLettered + applied + dropped + pending;
}

/** Whether the root of a letter is a message of a source, and not a gap or an inference. */
function isOfProducer(attributes: Attributes): boolean {
  return /^(events|sources)\//.test(attributes[attributeNames.root] ?? 'events/');
}
