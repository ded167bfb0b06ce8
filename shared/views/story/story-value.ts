import { rfc3339 } from '../format.ts';
import type { Facts } from './facts.ts';
import { entryFacts, storyOfId } from './story.ts';
import type { UuidFacts } from './uuid-facts.ts';
import { storyOfUuid, uuidEntries } from './uuid-story.ts';

/** Returns what is known of a uuid as JSON. */
export function uuidValue({ bucket, ...facts }: UuidFacts): object {
  const from = timeOf(bucket?.fromMs);
  return {
    ...facts,
    bucket: bucket && { ...bucket, from, rememberedUntil: timeOf(bucket.expireAtMs) },
    entries: uuidEntries({ bucket, ...facts }),
    story: storyOfUuid({ bucket, ...facts }),
  };
}

/** Returns what is known of an id as JSON. */
export function idValue(facts: Facts): object {
  const { cell, sweptAtMs, expireAtMs, ...rest } = facts;
  return {
    ...rest,
    sweptAt: timeOf(sweptAtMs),
    rememberedUntil: timeOf(expireAtMs),
    entries: cell.map((entry) => entryFacts(facts, entry)),
    story: storyOfId(facts),
  };
}

function timeOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : rfc3339(atMs);
}
