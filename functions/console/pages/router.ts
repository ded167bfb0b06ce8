import { auditAll } from '../../../shared/audit/stream-audit.ts';
import { probeStream } from '../../../shared/probe.ts';
import { eventIdSchema, streamSchema } from '../../../shared/event.ts';
import { gapView } from '../../../shared/views/gap-view.ts';
import { hasStream, loadGaps, loadOverview, loadStream, type Overview } from '../../../shared/views/load.ts';
import { loadStreamPlots, loadUnnumberedPlots } from '../../../shared/views/load-stream-plots.ts';
import { loadReconciliations } from '../../../shared/views/reconciliation-view.ts';
import { loadFacts } from '../../../shared/views/story/facts.ts';
import { storyOfId } from '../../../shared/views/story/story.ts';
import { loadUuidFacts } from '../../../shared/views/story/uuid-facts.ts';
import { storyOfUuid } from '../../../shared/views/story/uuid-story.ts';
import { loadUnresolved } from '../../../shared/views/unresolved-gaps.ts';
import { letterId } from '../../../shared/dead-letter/arrived-letter.ts';
import { letterRootOf } from '../../../shared/gaps/unrecoverable.ts';
import { afterReset } from '../../../shared/gaps/reset.ts';
import { parseIso8601 } from '../../../shared/timestamps/iso8601.ts';
import { letterHead } from '../../../shared/views/letter-head.ts';
import { loadFirstLetters } from '../../../shared/views/letter-list.ts';
import { loadOverviewPlots } from '../../../shared/views/overview-plots.ts';
import type { Series } from '../../../shared/views/activity.ts';
import { LetterPlot } from '../../../shared/views/letter-plot.ts';
import { loadLetterFigures } from '../../../shared/views/load-status.ts';
import type { ApiDeps } from '../api/deps.ts';
import type { KeptBooks } from '../api/kept-books.ts';
import { ShortCache } from '../api/short-cache.ts';
import { RequestError } from '../response.ts';
import { findJob, findJobs, loadNewestJobs } from './job-router.ts';
import { findLetter, findLetters } from './letter-router.ts';
import { booksPage } from './books-page.ts';
import { gapPage } from './gap-page.ts';
import type { Screen } from './layout.ts';
import { overviewPage } from './overview-page.ts';
import { idPath } from './paths.ts';
import { storyPage } from './story-page.ts';
import { streamPage } from './stream-page.ts';

/** The maximum numbers of streams, and of gaps of each stream, on the overview. */
const overviewLimits = { streams: 50, gaps: 25 };
const maxFirstLetters = 10;
const newestAnomalies = 5;
/** The plots of the overview cost up to some 700 reads. */
const plotsMaxAgeMs = 60_000;
/** Pages that hear of the same sweep ask for the overview at the same time. It is no older than the news of the sweep. */
const overviewMaxAgeMs = 500;
/** The maximum number of gaps on the page of a stream. */
const maxGaps = 200;

/** The dependencies of pages, with what an instance keeps for a short time, because counting costs reads. */
export interface PageDeps {
  readonly deps: ApiDeps;
  readonly books: KeptBooks;
  readonly figures: ShortCache<Awaited<ReturnType<typeof loadLetterFigures>>>;
  readonly plot: LetterPlot;
  readonly plots: ShortCache<readonly Series[]>;
  readonly overviews: ShortCache<Overview | undefined>;
  readonly newestJobs: ShortCache<Awaited<ReturnType<typeof loadNewestJobs>>>;
}

export function makePageDeps(deps: ApiDeps, books: KeptBooks): PageDeps {
  const { clock } = deps;
  return {
    deps,
    books,
    figures: new ShortCache(clock),
    plot: new LetterPlot(deps.letterIndex),
    plots: new ShortCache(clock, plotsMaxAgeMs),
    overviews: new ShortCache(clock, overviewMaxAgeMs),
    newestJobs: new ShortCache(clock),
  };
}

export interface PageRequest {
  /** The parts of the path, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Whether the page offers what only operators may do. */
  readonly isOperator: boolean;
}

/** The content of a page, or the address to which the browser is sent on. */
export type PageAnswer = Screen | { readonly location: string };

/**
 *     /                               the overview                       ?page=
 *     /dead-letters                   the dead letters                   the filter, ?text=, ?cursor=
 *     /dead-letters/{id}              a dead letter
 *     /jobs                           the jobs
 *     /jobs/{id}                      a job
 *     /streams/{stream}               a stream
 *     /streams/{stream}/books         whether its books balance
 *     /streams/{stream}/ids           leads to the story of an id        ?id=
 *     /streams/{stream}/ids/{id}      the story of an id or a uuid       ?at= the timestamp of an event with a uuid
 *     /streams/{stream}/gaps/{from}   a gap
 *
 * @returns Undefined if there is no such page.
 */
export async function findPage(
  pageDeps: PageDeps,
  { path, query, isOperator }: PageRequest,
): Promise<PageAnswer | undefined> {
  const { deps } = pageDeps;
  const [collection, name, part, id, ...rest] = path;
  if (collection === '' && name === undefined) return overview(pageDeps, query);
  if (collection === 'dead-letters' && part === undefined)
    return name === undefined ? findLetters(deps, query, isOperator) : findLetter(deps, name, isOperator);
  if (collection === 'jobs' && part === undefined)
    return name === undefined ? findJobs(deps) : findJob(deps, name, isOperator);
  if (collection !== 'streams' || name === undefined || rest.length > 0) return undefined;
  await checkStream(deps, name);
  if (part === undefined) return stream(deps, name);
  if (part === 'books' && id === undefined) return books(deps, name);
  if (part === 'gaps' && id !== undefined) return gap(deps, name, Number(id), isOperator);
  if (part !== 'ids') return undefined;
  if (id !== undefined) return story(deps, name, { id, at: query.get('at') ?? undefined, isOperator });
  return { location: idPath(name, query.get('id')?.trim() ?? '') };
}

async function overview(pageDeps: PageDeps, query: URLSearchParams): Promise<Screen> {
  const { deps, books: kept, figures, plot, plots, newestJobs, overviews } = pageDeps;
  const cursor = query.get('page') ?? undefined;
  const isCursor = cursor === undefined || /^[\w.+/=-]{1,2048}$/.test(cursor);
  const load = () => loadOverview(deps, overviewLimits, cursor);
  const loaded = isCursor ? (await overviews.get(cursor ?? '', load)).value : undefined;
  if (!loaded) throw new RequestError(400, 'page must be the "next" of a list of streams. It expires after some time.');
  const real = loaded.streams.filter((view) => view.stream !== probeStream);
  const [first, { value }, letterPlot, anomalies, { value: jobs }, { value: ofStreams }] = await Promise.all([
    loadFirstLetters(deps.letterIndex, maxFirstLetters),
    figures.get('', () => loadLetterFigures(deps, deps.clock.now())),
    plot.load(deps.clock.now()),
    deps.anomalies.latest(newestAnomalies),
    newestJobs.get('', () => loadNewestJobs(deps)),
    plots.get(cursor ?? '', () => loadOverviewPlots(deps, real)),
  ]);
  const letters = { first: first.map(letterHead), ...value };
  // An audit takes longer than a page may. The script asks for one, and shows the page again if it finds something.
  const books = kept.latest()?.streams ?? [];
  return overviewPage(loaded, { letters, books, anomalies, jobs, plots: [...ofStreams, letterPlot] });
}

/** @throws RequestError if there is no such stream. Only valid names are passed to the stores. */
async function checkStream(deps: ApiDeps, name: string): Promise<void> {
  const isKnown = streamSchema.safeParse(name).success && (await hasStream(deps, name));
  if (!isKnown) throw new RequestError(404, 'There is no such stream.');
}

async function stream(deps: ApiDeps, name: string): Promise<Screen> {
  const gaps = await loadGaps(deps, name, maxGaps);
  const view = await loadStream(deps, name, gaps.unresolved);
  const [plots, reconciliations] = await Promise.all([
    view.unnumbered ? loadUnnumberedPlots(deps, name) : loadStreamPlots(deps, name, view.highWater),
    loadReconciliations(deps, name),
  ]);
  return streamPage({ nowMs: deps.clock.now(), view, gaps, reconciliations, plots });
}

async function books(deps: ApiDeps, name: string): Promise<Screen> {
  const { streams } = await auditAll(deps, name);
  const [audit] = streams;
  if (!audit) throw new RequestError(404, 'Nothing is stored of this stream yet.');
  return booksPage({ nowMs: deps.clock.now(), audit });
}

async function gap(deps: ApiDeps, name: string, from: number, isOperator: boolean): Promise<Screen> {
  const found = eventIdSchema.safeParse(from).success ? await deps.ledger.find(name, from) : undefined;
  if (!found) throw new RequestError(404, 'No gap of this stream begins at this id.');
  const settings = afterReset(deps.catalog.stream(name), (await deps.ledger.progress(name))?.value);
  const present = await loadUnresolved(deps.blocks, name, [found.value], settings);
  const letter = (await deps.letters.find(letterId(letterRootOf(found.value))))?.value.id;
  const view = gapView(found.value, present.get(from));
  return gapPage({ nowMs: deps.clock.now(), stream: name, gap: view, letter, isOperator });
}

interface StoryRequest {
  readonly id: string;
  readonly at: string | undefined;
  readonly isOperator: boolean;
}

async function story(deps: ApiDeps, name: string, { id, at, isOperator }: StoryRequest): Promise<Screen> {
  const nowMs = deps.clock.now();
  if (deps.catalog.stream(name).numbering === 'none') {
    const facts = await loadUuidFacts(deps, name, id, at === undefined ? undefined : parseIso8601(at)?.ms);
    const letterIds = facts.letters.map((letter) => letter.id);
    return storyPage({
      nowMs,
      isOperator,
      stream: name,
      id: facts.uuid,
      story: storyOfUuid(facts),
      letterIds,
      gapsFrom: [],
    });
  }
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success) throw new RequestError(400, 'An id is a whole number from 0 to 2^53 − 1.');
  const facts = await loadFacts(deps, name, eventId.data);
  const letterIds = facts.letters.map((letter) => letter.id);
  return storyPage({
    ...{ nowMs, isOperator, stream: name, id: eventId.data, story: storyOfId(facts), letterIds },
    gapsFrom: facts.gaps.map(({ from }) => from),
  });
}
