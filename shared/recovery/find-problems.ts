import { typeProblems } from '../reconciliation/list-problems.ts';
import { eventsName, type Source } from '../sources/source.ts';
import { findSchema } from './find-settings.ts';

/** Lists the problems of a stream's `find` that its schema cannot see. */
export function findProblems(
  stream: string,
  given: unknown,
  numbering: unknown,
  writers: readonly Source[],
): readonly string[] {
  const find = findSchema.safeParse(given).data;
  // The schema reports other problems.
  if (!find) return [];
  const at = `streams.${stream}.find`;
  if (stream === 'default') return [`${at} would be that of every stream; set it under the name of one stream`];
  const other = writers.find(({ name, format }) => name !== eventsName && format.name !== undefined);
  return [
    ...(numbering === 'none' ? [`${at} is for streams with numbers; without them, name a list`] : []),
    ...(other ? [`${at} writes events of the default format; sources.${other.name} has another one`] : []),
    ...typeProblems(at, find),
  ];
}
