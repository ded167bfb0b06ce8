import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { sizeOf, type Range } from '../../shared/gaps/range.ts';
import { isRefusal } from '../../shared/gcp/status.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { ProducerPublisher } from '../publish/publish-file.ts';
import type { AnswerSource } from './answer-source.ts';
import { answersTo, type ResendAnswer, type AnswerRules } from './answers.ts';
import type { ResendFile } from './event-file.ts';

export interface ResponderOptions extends AnswerRules {
  readonly file: ResendFile;
  readonly publisher: ProducerPublisher;
  readonly source: Pick<AnswerSource, 'topic' | 'namesStream'>;
  /** If it is aborted, the answer stops before its next piece, and the request is not acked. */
  readonly signal: AbortSignal;
}

/** The answer to a request, counted in ids and events. */
export interface Answered {
  readonly request: ReprocessRequest;
  /** Events that were sent again. */
  resent: number;
  /** Ids that were declared void. */
  voided: number;
  /** Ids that the file cannot answer for. */
  unknown: number;
  /** Messages that Pub/Sub refused, because they exceed its limits. */
  refused: number;
}

/** The limits of a piece, which is published at once. The last message of a piece may exceed `bytes`. */
const maxPiece = { messages: 200, bytes: 1_000_000 };

/** Messages that are published together, each with the answer that it carries. */
interface Piece {
  readonly messages: { readonly message: Message; readonly answer: ResendAnswer }[];
  bytes: number;
}

/**
 * Answers a request from a file, and resolves when the whole answer is published. Only then may the request be acked.
 * To answer it twice does no harm.
 *
 * @throws RetryableError if Pub/Sub cannot be reached.
 */
export async function respondTo(request: ReprocessRequest, options: ResponderOptions): Promise<Answered> {
  const answered: Answered = { request, resent: 0, voided: 0, unknown: 0, refused: 0 };
  let piece: Piece = { messages: [], bytes: 0 };
  for (const answer of answersTo(request, options.file.index, options)) {
    if (answer.kind === 'unknown') {
      answered.unknown += sizeOf(answer.range);
      continue;
    }
    const message = await messageOf(request.stream, answer, options);
    piece.messages.push({ message, answer });
    piece.bytes += message.data.length;
    if (piece.messages.length < maxPiece.messages && piece.bytes < maxPiece.bytes) continue;
    await send(piece, answered, options);
    piece = { messages: [], bytes: 0 };
  }
  await send(piece, answered, options);
  return answered;
}

async function messageOf(
  stream: string,
  answer: Exclude<ResendAnswer, { kind: 'unknown' }>,
  { file, source }: ResponderOptions,
): Promise<Message> {
  const named = source.namesStream ? { stream } : {};
  if (answer.kind === 'void') return { data: voidOf(stream, answer.range), attributes: { ...named, void: 'true' } };
  const { data, attributes, orderingKey } = await file.read(answer.place);
  return {
    data,
    attributes: { ...attributes, ...named, 'possible-duplicate': 'true' },
    ...(orderingKey !== undefined && { orderingKey }),
  };
}

function voidOf(stream: string, { from, to }: Range): Buffer {
  return Buffer.from(JSON.stringify({ stream, from, to }));
}

async function send(
  { messages }: Piece,
  answered: Answered,
  { publisher, source, signal }: ResponderOptions,
): Promise<void> {
  signal.throwIfAborted();
  await Promise.all(
    messages.map(async ({ message, answer }) => {
      try {
        await publisher.publish(source.topic, message);
        if (answer.kind === 'void') answered.voided += sizeOf(answer.range);
        else answered.resent++;
      } catch (error) {
        if (!isRefusal(error instanceof Error ? error.cause : undefined)) throw error;
        answered.refused++;
      }
    }),
  );
}
