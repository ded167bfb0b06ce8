import { argv, cpuUsage, resourceUsage, stdout } from 'node:process';
import { z } from 'zod';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { maxDataBytes } from '../../shared/messages/size.ts';
import { countNodes, maxNodes } from '../../shared/json.ts';
import type { Message } from '../../shared/messages/message.ts';
import { decodePush } from '../../shared/messages/push.ts';
import { claimsOf } from '../../shared/tracking/claim.ts';
import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { letterFor } from '../../shared/tracking/tracked-letter.ts';
import { assess } from '../../shared/validation/assess.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { answerMessage } from '../../shared/verification/answer-message.ts';
import { aDelivery } from '../support/builders.ts';
import { largest, shapes, typeOfShapes, type Shape } from './shapes.ts';

/*
 * Runs the worst shapes of an event through all code that reads events. A step that takes too long throws. A step that takes too much
 * memory ends the process, which worst.mjs starts with a limited heap.
 */

/**
 * The most time that a step may take, as a multiple of JSON.parse of as many bytes of `1.5,`. That takes 0.16 s for the largest event
 * on the author's machine. The worst known step takes four times as long. The rest is room for a busy machine.
 */
const maxRatio = 10;
/** The most attempts at a step that takes too long. The shortest counts, since other processes only add time. */
const maxTries = 6;

const tree: z.ZodType = z.lazy(() =>
  z.union([z.array(tree), z.record(z.string(), tree), z.string().min(9), z.number()]),
);

/** Schemas that a catalog may have for `data`. Most shapes violate most of them, in thousands of places. */
const payloads: Readonly<Record<string, z.ZodType | undefined>> = {
  'no schema': undefined,
  'an array of objects': z.array(
    z.object(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, z.string()]))),
  ),
  'an array of checked texts': z.array(z.string().min(9).max(1).regex(/^a/).or(z.number().min(9).max(1))),
  'a record of checked members': z.record(z.string().max(1), z.string().min(9).or(z.number().min(9))),
  'a record of lists': z.record(z.string(), z.array(z.string())),
  'an object that knows no members': z.strictObject({}),
  'any JSON': z.json(),
  'a schema that contains itself': tree,
};

const catalogs = Object.entries(payloads).map(([name, payload]) => ({
  name,
  catalog: makeCatalog({ types: { [typeOfShapes]: payload ? { payload } : {} } }),
}));

/** Lists the steps that the bytes of an event go through. */
function* stepsOf(data: Buffer): Generator<{ readonly name: string; readonly run: () => unknown }> {
  const delivery = aDelivery({ data });
  const push = { data: data.toString('base64'), messageId: '1', publishTime: '2025-02-09T12:00:00Z' };
  yield {
    name: 'push',
    run: () => decodePush({ message: push, subscription: 's' }, 'events', Number.POSITIVE_INFINITY),
  };
  const [assessed] = assess(delivery, makeCatalog({}), 0).events;
  if (!assessed) throw new Error('the message holds no event');
  const { topic, message } = assessed;
  const isParsed = message.attributes['eventmend-code'] !== 'ERR_TOO_LARGE';
  for (const { name, catalog } of isParsed ? catalogs : catalogs.slice(0, 1))
    yield { name: `validate, ${name}`, run: () => [...assess(delivery, catalog, 0).events] };
  if (topic === 'validated-events') yield { name: 'track and verify', run: followUp.bind(undefined, message) };
}

function followUp(message: Message): void {
  const routing = decodeRouting(message.attributes);
  const [claim] = claimsOf(routing);
  const delivery = aDelivery({ ...message, topic: 'validated-events' });
  if (!claim || routing.failure) {
    letterFor({ delivery, routing }, { code: 'ERR_TOO_LARGE', stage: 'track', detail: '' }, 0);
    return;
  }
  cleanMessage(message, { ...routing, repairs: true }, { replacement: 0, supersedes: false, isFormer: false });
  answerMessage(message, routing, { says: 'verified' }, true);
  answerMessage(
    message,
    routing,
    { says: 'corrected', corrections: [{ at: '/data', before: undefined, after: '1' }] },
    true,
  );
}

/** Measures the CPU time of a call, in milliseconds. */
function costMs(run: () => unknown): number {
  const before = cpuUsage();
  run();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000;
}

/** @throws Error for a step that takes too long. @returns The slowest step and its time, as a multiple of the reference. */
function worstRatio(data: Buffer, reference: string): { readonly ratio: number; readonly step: string } {
  let worst = { ratio: 0, step: '' };
  for (const { name, run } of stepsOf(data)) {
    let ratio = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < maxTries && ratio > maxRatio; tries++)
      ratio = Math.min(ratio, costMs(run) / costMs(() => JSON.parse(reference) as unknown));
    if (ratio > maxRatio) throw new Error(`${name}: ${ratio.toFixed(1)} times as long as JSON.parse`);
    if (ratio > worst.ratio) worst = { ratio, step: name };
  }
  return worst;
}

/** @param share The size relative to the largest event: 0.25 allows a quarter of the bytes, and of the values and names. */
function tryShapes(chosen: readonly Shape[], share: number): void {
  const bytes = maxDataBytes * share;
  const reference = `[${'1.5,'.repeat(bytes / 4 - 1)}1]`;
  const tryOne = (name: string, data: Buffer): void => {
    stdout.write(`${name}: `);
    const { ratio, step } = worstRatio(data, reference);
    stdout.write(`${ratio.toFixed(1)} (${step})\n`);
  };
  for (const shape of chosen) {
    tryOne(shape.name, largest(shape, bytes, maxNodes * share));
    const larger = largest(shape, bytes, Number.POSITIVE_INFINITY);
    if (countNodes(larger) > maxNodes) tryOne(`${shape.name}, more than is parsed`, larger);
  }
}

const [, , share = '1', ...names] = argv;
const chosen = names.length === 0 ? shapes : shapes.filter(({ name }) => names.includes(name));
if (chosen.length < names.length) throw new Error('a shape has an unknown name');
tryShapes(chosen, Number(share));
stdout.write(`at most ${Math.round(resourceUsage().maxRSS / 1_024)} MiB of memory\n`);
