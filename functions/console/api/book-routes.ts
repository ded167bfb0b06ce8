import { rfc3339 } from '../../../shared/views/format.ts';
import { jsonResponse } from '../response.ts';
import { maxAuditedStreams, type KeptBooks } from './kept-books.ts';
import type { ApiRoute } from './route.ts';

/** The address that says whether the books of streams balance. */
export function bookRoutes(books: KeptBooks): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/books',
      role: 'viewer',
      summary: `says whether the books of the first ${maxAuditedStreams} streams balance; up to 10 min old`,
      answer: async () => {
        const { value, atMs } = await books.get();
        return jsonResponse({ ...value, asOf: rfc3339(atMs) });
      },
    },
  ];
}
