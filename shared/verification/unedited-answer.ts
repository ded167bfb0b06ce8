import type { Message } from '../messages/message.ts';
import type { RoutingAttributes, SourceFacts } from '../messages/routing.ts';
import { isGzip } from '../sources/gunzip.ts';
import { eventsName } from '../sources/source.ts';
import type { Sources } from '../sources/sources.ts';
import { answerMessage } from './answer-message.ts';
import type { Answer } from './answer.ts';

/** Whether the text of an event may be edited: it is plain JSON of the default format. No other body is ever edited. */
export function mayBeEdited({ data }: Pick<Message, 'data'>, { source }: SourceFacts, sources: Sources): boolean {
  const format = sources.find(source?.name ?? eventsName)?.format;
  return format !== undefined && format.name === undefined && !isGzip(data);
}

/** Stands in for a body that is not edited. */
const noMembers = Buffer.from('{}');

/**
 * Writes verify's answer about an event whose body is not edited. A correction becomes a refusal, and the letter says
 * why.
 */
export function uneditedAnswerMessage(message: Message, routing: RoutingAttributes, answer: Answer): Message {
  const possible: Answer =
    answer.says === 'corrected'
      ? {
          says: 'refused',
          why: `${answer.corrections.map(({ at }) => at).join(', ')}: to be corrected, but only plain JSON of the default format is edited`,
        }
      : answer;
  const { attributes } = answerMessage({ data: noMembers, attributes: message.attributes }, routing, possible);
  return { data: message.data, attributes };
}
