import { change, spellError } from './api.ts';
import { showText } from './dom.ts';
import { lookAgain } from './refresh.ts';

/** Lets an operator have the published events of an id checked again with their system of record. */
export function startRecheck(): void {
  const button = document.getElementById('recheck');
  button?.addEventListener('click', () => void recheck(button.dataset));
}

async function recheck({ stream, id = '', kind }: DOMStringMap): Promise<void> {
  try {
    const body = { stream, id: kind === 'number' ? Number(id) : id };
    const { checked } = await change<{ checked: number }>('/api/recheck', { method: 'POST', body });
    showText('recheck-said', `${checked} sent to verify. What it finds is shown here in a moment.`);
    lookAgain();
  } catch (error) {
    showText('recheck-said', spellError(error));
  }
}
