import { align } from './align.ts';

/*
 * Keeps the page up to date. A page names what it follows, and is fetched when the feed of changes tells of that. Times
 * grow old, so it is fetched each minute all the same, and more often while there is no feed.
 */
const refreshMs = 15_000;
const refreshWithFeedMs = 60_000;
/** How long a change waits for others, so that many changes are one refresh. */
const gatherMs = 700;
/** The least time between two refreshes. A page of streams costs more reads than one of letters. */
const restMs = { letters: 2_000, streams: 10_000 };
const timeoutMs = 20_000;

/** Keeps the page up to date, unless it costs too much. While it is hidden, it fetches nothing. */
export function startRefresh(): void {
  if (document.querySelector('[data-still]')) return;
  const { follows = '', stream } = document.querySelector<HTMLElement>('[data-follows]')?.dataset ?? {};
  const followed = follows.split(' ');
  const isOfStreams = followed.includes('streams');
  const refresher = new Refresher(isOfStreams ? restMs.streams : restMs.letters);
  let feed: EventSource | undefined;
  const follow = (): void => {
    feed?.close();
    feed = undefined;
    if (follows === '' || document.hidden) return;
    feed = new EventSource(`/api/changes${isOfStreams ? '?streams=true' : ''}`);
    if (followed.includes('letters'))
      feed.addEventListener('letter', () => {
        refresher.soon();
      });
    feed.addEventListener('streams', ({ data }: MessageEvent<string>) => {
      const { streams } = JSON.parse(data) as { readonly streams: readonly string[] };
      if (stream === undefined || streams.includes(stream)) refresher.soon();
    });
  };
  follow();
  document.addEventListener('visibilitychange', follow);
  refresher.keepUp(() => (feed?.readyState === EventSource.OPEN ? refreshWithFeedMs : refreshMs));
}

/** When the page is fetched after a request whose outcome comes by itself, in seconds. */
const lookAgainAfter = [2, 5, 10, 20];

/** Looks a few times for what a request brings. */
export function lookAgain(): void {
  for (const seconds of lookAgainAfter) setTimeout(() => void attempt(), seconds * 1_000);
}

class Refresher {
  private readonly restMs: number;
  private isRunning = false;
  private isWaiting = false;
  private endedAtMs = performance.now();

  constructor(restMs: number) {
    this.restMs = restMs;
  }

  /** @param maxAgeMs Returns how old the page may become. */
  keepUp(maxAgeMs: () => number): void {
    setInterval(() => {
      if (performance.now() - this.endedAtMs >= maxAgeMs()) void this.run();
    }, refreshMs);
    document.addEventListener('visibilitychange', () => void this.run());
  }

  soon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    const delayMs = Math.max(gatherMs, this.endedAtMs + this.restMs - performance.now());
    setTimeout(() => {
      this.isWaiting = false;
      void this.run();
    }, delayMs);
  }

  private async run(): Promise<void> {
    // A dialog asks about what is shown, so nothing changes behind it.
    if (document.hidden || this.isRunning || document.querySelector('dialog[open]')) return;
    this.isRunning = true;
    showNotice(await attempt());
    this.isRunning = false;
    this.endedAtMs = performance.now();
  }
}

/** @returns What to tell the reader. */
async function attempt(): Promise<string> {
  try {
    await refresh();
    return '';
  } catch {
    return 'The console does not answer. The page may be out of date. Trying again.';
  }
}

/** Fetches the page at its address, and changes what is shown. Announces it by the event `refreshed`. */
export async function refresh(): Promise<void> {
  const response = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('page');
  const shown = document.getElementById('page');
  if (!next || !shown) throw new Error('not the console');
  align(shown, document.adoptNode(next));
  document.dispatchEvent(new Event('refreshed'));
}

function showNotice(text: string): void {
  const notice = document.getElementById('notice');
  if (notice && notice.textContent !== text) notice.textContent = text;
}
