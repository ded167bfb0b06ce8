import type { LetterOperations } from '../../shared/operator/letter-operations.ts';

/** Edits and replays a dead letter as an operator does. @throws Error if that is refused. */
export async function replayEdited(
  operator: LetterOperations,
  { id, revision }: { readonly id: string; readonly revision: number },
  body: Uint8Array,
): Promise<void> {
  const caller = { by: 'eventmend probe', revision };
  const saved = await operator.saveDraft(id, { body }, caller);
  const { refusal } = saved.refusal ? saved : await operator.replay(id, {}, { ...caller, revision: revision + 1 });
  if (refusal) throw new Error(refusal.message);
}
