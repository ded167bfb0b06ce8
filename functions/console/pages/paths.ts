/* The addresses of pages, and of their JSON. */

export function streamPath(stream: string): string {
  return `/streams/${encodeURIComponent(stream)}`;
}

export function booksPath(stream: string): string {
  return `${streamPath(stream)}/books`;
}

/** @param id The id of an event, or the uuid of an event of a stream without numbers. */
export function idPath(stream: string, id: number | string): string {
  return `${streamPath(stream)}/ids/${encodeURIComponent(id)}`;
}

export function gapPath(stream: string, from: number): string {
  return `${streamPath(stream)}/gaps/${from}`;
}

export const lettersPath = '/dead-letters';

export function letterPath(id: string): string {
  return `${lettersPath}/${encodeURIComponent(id)}`;
}

export const jobsPath = '/jobs';

export function jobPath(id: string): string {
  return `${jobsPath}/${encodeURIComponent(id)}`;
}
