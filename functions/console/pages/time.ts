import { formatDistance, formatTime } from '../../../shared/views/format.ts';
import { html, type Html } from './html.ts';

/** Shows a time (RFC 3339). */
export function time(at: string, nowMs: number): Html {
  return html`<time datetime="${at}" title="${at}">${formatTime(Date.parse(at), nowMs)}</time>`;
}

/** Shows a time (RFC 3339), and its distance from now. */
export function timeAndDistance(at: string, nowMs: number): Html {
  return html`${time(at, nowMs)} <span class="faint">${formatDistance(Date.parse(at), nowMs)}</span>`;
}
