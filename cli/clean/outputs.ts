import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { DeadLetterStore } from '../../shared/ports.ts';
import { withValid } from '../../shared/tracking/clean-message.ts';
import type { EventSample } from '../init/recognise-format.ts';
import { maxSamples } from './advice.ts';
import type { FileBooks } from './books.ts';
import { InOrder } from './in-order.ts';
import type { OutputSink } from '../output-file.ts';
import { cleanLine, letterLine, recordAttribute } from './output-line.ts';
import type { PlainClaim } from './plain-claims.ts';

/** The outputs for the clean events and the dead letters. Undefined for no output. */
export interface Sinks {
  readonly out: OutputSink | undefined;
  readonly letters: OutputSink | undefined;
}

/** Counts the clean events and the dead letters of a file, passes them to its outputs, and keeps some of them. */
export class Outputs {
  /** Some of the events of the file. */
  readonly samples: { readonly refused: EventSample[]; readonly clean: EventSample[] } = { refused: [], clean: [] };
  /** The names of all streams. */
  readonly streams = new Set<string>();
  private readonly sinks: Sinks;
  private readonly books: FileBooks;
  private readonly store: Pick<DeadLetterStore, 'kept'>;
  private readonly order = new InOrder();

  /** @param store Keeps the bodies of letters that are too large for a message. */
  constructor(sinks: Sinks, books: FileBooks, store: Pick<DeadLetterStore, 'kept'>) {
    this.sinks = sinks;
    this.books = books;
    this.store = store;
  }

  /** Whether enough clean events are kept, so that {@link cleanAsItCame} serves for the others. */
  get hasSamples(): boolean {
    return this.samples.clean.length >= maxSamples;
  }

  clean(event: Message): void {
    const { attributes } = event;
    this.books.clean(attributes);
    if (attributes.stream !== undefined) this.streams.add(attributes.stream);
    if (!this.hasSamples && isFromFile(event)) this.samples.clean.push(event);
    if (this.sinks.out) this.order.add(numberIn(event), this.sinks.out, cleanLine(event));
  }

  /**
   * Takes a clean event of a producer that is as it came, but for `valid`, which may be missing.
   *
   * @param number The number of its record.
   */
  cleanAsItCame(data: Uint8Array, { stream, repairs }: Pick<PlainClaim, 'stream' | 'repairs'>, number: number): void {
    const attributes = { origin: 'producer', ...(repairs && { repaired: 'valid' }) };
    this.books.clean(attributes);
    this.streams.add(stream);
    if (this.sinks.out)
      this.order.add(number, this.sinks.out, cleanLine({ data: repairs ? withValid(data) : data, attributes }));
  }

  async letter(letter: Message): Promise<void> {
    this.books.deadLetter(letter.attributes);
    if (letter.attributes.stream !== undefined) this.streams.add(letter.attributes.stream);
    if (this.samples.refused.length < maxSamples && isRefusedEvent(letter)) this.samples.refused.push(letter);
    if (!this.sinks.letters) return;
    const whole = await withBody(letter, this.store);
    this.order.add(numberIn(whole), this.sinks.letters, letterLine(whole));
  }

  /** Writes what was taken, in the order of the records. */
  flush(): Promise<void> {
    return this.order.flush();
  }
}

/** Returns the number of the record of a message. Undefined if it is about no record. */
function numberIn({ attributes }: Message): number | undefined {
  const number = attributes[recordAttribute];
  return number === undefined ? undefined : Number(number);
}

/** Whether a letter is about an event of the file, and not about a duplicate. */
function isRefusedEvent(letter: Message): boolean {
  return isFromFile(letter) && letter.attributes[attributeNames.code] !== 'ERR_DUPLICATE';
}

/** Whether a message is about an event of the file, and not about an inferred one or a gap. */
function isFromFile({ attributes }: Message): boolean {
  return attributes[recordAttribute] !== undefined;
}

/** Returns a letter with its body. A body that was too large for a message is in the store. */
async function withBody(letter: Message, store: Pick<DeadLetterStore, 'kept'>): Promise<Message> {
  const { [attributeNames.isKept]: body, [attributeNames.root]: root } = letter.attributes;
  const kept = body === 'kept' && root !== undefined ? await store.kept(root, 0) : undefined;
  return kept ? { data: kept.data, attributes: { ...kept.attributes, ...letter.attributes } } : letter;
}
