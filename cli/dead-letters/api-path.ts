/** Returns the address of a job in the API, or of a part of it. */
export function apiJobPath(id: string, part?: string): string {
  const path = `/api/jobs/${encodeURIComponent(id)}`;
  return part === undefined ? path : `${path}/${part}`;
}

/** Returns the address of a letter in the API, or of a part of it. */
export function apiLetterPath(id: string, part?: string): string {
  const path = `/api/dead-letters/${encodeURIComponent(id)}`;
  return part === undefined ? path : `${path}/${part}`;
}
