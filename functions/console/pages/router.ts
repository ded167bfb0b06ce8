import { eventIdSchema, streamSchema } from '../../../shared/event.ts';
import { gapView } from '../../../shared/views/gap-view.ts';
import {
  hasStream,
  loadGaps,
  loadOverview,
  loadStream,
  type ConsoleDeps,
  type Overview,
} from '../../../shared/views/load.ts';
import type { LetterFacts } from '../../../shared/views/health.ts';
import { loadStreamPlots } from '../../../shared/views/load-stream-plots.ts';
import { loadReconciliations } from '../../../shared/views/reconciliation-view.ts';
import { loadFacts } from '../../../shared/views/story/facts.ts';
import { storyOfId } from '../../../shared/views/story/story.ts';
import { loadUuidFacts } from '../../../shared/views/story/uuid-facts.ts';
import { storyOfUuid } from '../../../shared/views/story/uuid-story.ts';
import { loadUnresolved } from '../../../shared/views/unresolved-gaps.ts';
import { afterReset } from '../../../shared/gaps/reset.ts';
import { parseIso8601 } from '../../../shared/timestamps/iso8601.ts';
import { RequestError } from '../response.ts';
import { gapPage } from './gap-page.ts';
import type { Screen } from './layout.ts';
import { overviewPage } from './overview-page.ts';
import { idPath } from './paths.ts';
import { storyPage } from './story-page.ts';
import { streamPage } from './stream-page.ts';

/** The maximum numbers of streams, of letters, and of gaps of each stream on the overview. */
const overviewLimits = { streams: 50, gaps: 25, letters: 50 };
/** The maximum number of gaps on the page of a stream. */
const maxGaps = 200;

/** The content of a page, or the address to which the browser is sent on. */
export type PageAnswer = Screen | { readonly location: string };

/**
 *     /                               the overview                       ?page=
 *     /streams/{stream}               a stream
 *     /streams/{stream}/ids           leads to the story of an id        ?id=
 *     /streams/{stream}/ids/{id}      the story of an id or a uuid       ?at= the timestamp of an event with a uuid
 *     /streams/{stream}/gaps/{from}   a gap
 *
 * @param path The parts of the path, decoded.
 * @returns Undefined if there is no such page.
 */
export async function findPage(
  deps: ConsoleDeps,
  path: readonly string[],
  query: URLSearchParams,
): Promise<PageAnswer | undefined> {
  const [collection, name, part, id, ...rest] = path;
  if (collection === '' && name === undefined) return overview(deps, query);
  if (collection !== 'streams' || name === undefined || rest.length > 0) return undefined;
  await checkStream(deps, name);
  if (part === undefined) return stream(deps, name);
  if (part === 'gaps' && id !== undefined) return gap(deps, name, Number(id));
  if (part !== 'ids') return undefined;
  if (id !== undefined) return story(deps, name, id, query.get('at') ?? undefined);
  return { location: idPath(name, query.get('id')?.trim() ?? '') };
}

async function overview(deps: ConsoleDeps, query: URLSearchParams): Promise<Screen> {
  const cursor = query.get('page') ?? undefined;
  const isCursor = cursor === undefined || /^[\w.+/=-]{1,2048}$/.test(cursor);
  const loaded = isCursor ? await loadOverview(deps, overviewLimits, cursor) : undefined;
  if (!loaded) throw new RequestError(400, 'page must be the "next" of a list of streams. It expires after some time.');
  return overviewPage(loaded, await letterFacts(deps, loaded));
}

async function letterFacts({ letters }: ConsoleDeps, { nowMs, letters: shown }: Overview): Promise<LetterFacts> {
  const byCode = [...(await letters.openByCode())].sort(([, a], [, b]) => b - a);
  const filed = shown.letters.filter(({ status }) => status === 'open').map(({ filedAt }) => Date.parse(filedAt));
  return {
    open: byCode.reduce((sum, [, count]) => sum + count, 0),
    isMore: false,
    lastHour: filed.filter((atMs) => atMs > nowMs - 3_600_000).length,
    mostCode: byCode[0]?.[0],
    oldestOpenMs: undefined,
  };
}

/** @throws RequestError if there is no such stream. Only valid names are passed to the stores. */
async function checkStream(deps: ConsoleDeps, name: string): Promise<void> {
  const isKnown = streamSchema.safeParse(name).success && (await hasStream(deps, name));
  if (!isKnown) throw new RequestError(404, 'There is no such stream.');
}

async function stream(deps: ConsoleDeps, name: string): Promise<Screen> {
  const gaps = await loadGaps(deps, name, maxGaps);
  const view = await loadStream(deps, name, gaps.unresolved);
  const [plots, reconciliations] = await Promise.all([
    view.unnumbered ? [] : loadStreamPlots(deps, name, view.highWater),
    loadReconciliations(deps, name),
  ]);
  return streamPage({ nowMs: deps.clock.now(), view, gaps, reconciliations, plots });
}

async function gap(deps: ConsoleDeps, name: string, from: number): Promise<Screen> {
  const found = eventIdSchema.safeParse(from).success ? await deps.ledger.find(name, from) : undefined;
  if (!found) throw new RequestError(404, 'No gap of this stream begins at this id.');
  const settings = afterReset(deps.catalog.stream(name), (await deps.ledger.progress(name))?.value);
  const present = await loadUnresolved(deps.blocks, name, [found.value], settings);
  return gapPage({ nowMs: deps.clock.now(), stream: name, gap: gapView(found.value, present.get(from)) });
}

async function story(deps: ConsoleDeps, name: string, id: string, at: string | undefined): Promise<Screen> {
  const nowMs = deps.clock.now();
  if (deps.catalog.stream(name).numbering === 'none') {
    const facts = await loadUuidFacts(deps, name, id, at === undefined ? undefined : parseIso8601(at)?.ms);
    const letterIds = facts.letters.map((letter) => letter.id);
    return storyPage({ nowMs, stream: name, id: facts.uuid, story: storyOfUuid(facts), letterIds });
  }
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success) throw new RequestError(400, 'An id is a whole number from 0 to 2^53 − 1.');
  const facts = await loadFacts(deps, name, eventId.data);
  const letterIds = facts.letters.map((letter) => letter.id);
  return storyPage({ nowMs, stream: name, id, story: storyOfId(facts), letterIds });
}
