import { makeCatalog } from '../../shared/catalog-definition.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import { assess, type Assessment } from '../../shared/validation/assess.ts';
import { formatCount } from '../../shared/views/format.ts';
import { Reasons, spellReason, type LetterReason } from '../clean/reasons.ts';
import type { Draft } from './draft.ts';
import type { EventSample } from './recognise-format.ts';

/** The outcome of reading samples by a new catalog. */
export interface CatalogTrial {
  readonly events: number;
  /** The events that would be dead letters. */
  readonly refused: number;
  /** The most frequent reason. Undefined if none is refused. */
  readonly reason: LetterReason | undefined;
}

/** Reads samples by the source of a new catalog. Its schemas take all of them. Duplicates and missing events are not looked for. */
export function tryCatalog(draft: Draft, source: string, samples: readonly EventSample[]): CatalogTrial {
  const catalog = makeCatalog(draft);
  const reasons = new Reasons();
  let [events, refused] = [0, 0];
  samples.forEach(({ data, attributes = {} }, i) => {
    const message = { data, attributes, messageId: String(i), publishedAtMs: 0, deadlineMs: Number.POSITIVE_INFINITY };
    for (const assessed of assess({ ...message, topic: topicOfSource(source) }, catalog, 0).events) {
      events++;
      if (!isRefused(assessed)) continue;
      refused++;
      reasons.add(assessed.message.attributes);
    }
  });
  return { events, refused, reason: reasons.list()[0] };
}

/** Whether an event has a failure, with which it may still go to track because its id is known. */
function isRefused({ message: { attributes } }: Assessment): boolean {
  return attributes[attributeNames.code] !== undefined;
}

/** Describes the samples that the catalog refuses, in a line. Empty if there are none. */
export function describeTrial({ events, refused, reason }: CatalogTrial): string {
  if (!reason) return '';
  return `The catalog refuses ${refused} of ${formatCount(events, 'event')}. The most frequent reason is ${reason.code}: ${spellReason(reason)}.\n`;
}
