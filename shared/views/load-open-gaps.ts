import { isUnresolved } from '../gaps/gap.ts';
import type { GapView } from './gap-view.ts';
import { loadGaps, type ConsoleDeps } from './load.ts';

/** The unresolved gaps of a page of streams. */
export interface OpenGaps {
  readonly gaps: readonly (GapView & { readonly stream: string })[];
  readonly streams: readonly { readonly stream: string; readonly unresolved: number; readonly unreadable: number }[];
  /** The cursor of the next page of streams. Undefined if this is the last page. */
  readonly next: string | undefined;
}

const gapsOfStream = 25;

/**
 * Loads the unresolved gaps of a page of streams, at most 25 of each.
 *
 * @returns Undefined if the cursor of the page is unknown.
 */
export async function loadOpenGaps(deps: ConsoleDeps, limit: number, page?: string): Promise<OpenGaps | undefined> {
  const found = await deps.blocks.streams(limit, page);
  if (!found) return undefined;
  const gaps: OpenGaps['gaps'][number][] = [];
  const streams: OpenGaps['streams'][number][] = [];
  for (const stream of found.names) {
    const view = await loadGaps(deps, stream, gapsOfStream);
    gaps.push(...view.gaps.filter(isUnresolved).map((gap) => ({ stream, ...gap })));
    streams.push({ stream, unresolved: view.unresolved, unreadable: view.unreadable.length });
  }
  return { gaps, streams, next: found.next };
}
