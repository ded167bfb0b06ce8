import { align } from './align.ts';

/** Streams and gaps have no feed, so their pages are fetched this often. Pages of letters follow the feed of changes. */
const refreshMs = 5_000;
const refreshWithFeedMs = 60_000;
/** How long a change waits for others, so that many changes are one refresh. */
const gatherMs = 700;
const timeoutMs = 20_000;

/** Keeps the page up to date, unless it costs too much. While it is hidden, it fetches nothing. */
export function startRefresh(): void {
  if (document.querySelector('[data-still]')) return;
  const refresher = new Refresher();
  const isFollowed = document.querySelector('[data-follows=letters]') !== null;
  const feed = isFollowed ? new EventSource('/api/changes') : undefined;
  feed?.addEventListener('letter', () => {
    refresher.soon();
  });
  const isFed = (): boolean => feed?.readyState === EventSource.OPEN;
  refresher.every(() => (isFed() ? refreshWithFeedMs : refreshMs));
}

class Refresher {
  private isRunning = false;
  private isWaiting = false;

  every(intervalMs: () => number): void {
    const next = (): void => {
      setTimeout(() => void this.run().finally(next), intervalMs());
    };
    next();
    document.addEventListener('visibilitychange', () => void this.run());
  }

  soon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    setTimeout(() => {
      this.isWaiting = false;
      void this.run();
    }, gatherMs);
  }

  private async run(): Promise<void> {
    // A dialog asks about what is shown, so nothing changes behind it.
    if (document.hidden || this.isRunning || document.querySelector('dialog[open]')) return;
    this.isRunning = true;
    showNotice(await attempt());
    this.isRunning = false;
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
