import { change, spellError } from './api.ts';
import { showText } from './dom.ts';

/** Lets an operator have the producer asked again for the events of a gap. */
export function startAsk(): void {
  const button = document.getElementById('ask');
  button?.addEventListener('click', () => void ask(button.dataset));
}

async function ask({ stream = '', from = '' }: DOMStringMap): Promise<void> {
  try {
    await change(`/api/streams/${encodeURIComponent(stream)}/gaps/${from}/ask`, { method: 'POST' });
    showText('ask-said', 'The producer is being asked. What it sends is shown here.');
  } catch (error) {
    showText('ask-said', spellError(error));
  }
}
