import { align } from './align.ts';

const refreshMs = 5_000;
const timeoutMs = 20_000;

/** Fetches the page again every few seconds, and changes what is shown. While the page is hidden, it fetches nothing. */
export function startRefresh(): void {
  let isRunning = false;
  const tick = async (): Promise<void> => {
    if (document.hidden || isRunning) return;
    isRunning = true;
    showNotice(await attempt());
    isRunning = false;
  };
  setInterval(() => void tick(), refreshMs);
  document.addEventListener('visibilitychange', () => void tick());
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

/** Fetches the page at its address, and changes what is shown. */
export async function refresh(): Promise<void> {
  const response = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('page');
  const shown = document.getElementById('page');
  if (!next || !shown) throw new Error('not the console');
  align(shown, document.adoptNode(next));
}

export function showNotice(text: string): void {
  const notice = document.getElementById('notice');
  if (notice && notice.textContent !== text) notice.textContent = text;
}
