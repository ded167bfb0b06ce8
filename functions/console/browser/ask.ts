import { change, spellError } from './api.ts';
import { lookAgain } from './refresh.ts';

/** Lets an operator have the producer asked again for the events of a gap. A refresh may bring further buttons. */
export function startAsk(): void {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-ask]') : null;
    if (button) void ask(button);
  });
}

async function ask(button: HTMLElement): Promise<void> {
  const { stream = '', from = '' } = button.dataset;
  const said = button.parentElement?.querySelector('[role=status]');
  if (said) said.textContent = await answerTo(`/api/streams/${encodeURIComponent(stream)}/gaps/${from}/ask`);
}

async function answerTo(path: string): Promise<string> {
  try {
    await change(path, { method: 'POST' });
    lookAgain();
    return 'The producer is being asked. What it sends is shown here.';
  } catch (error) {
    return spellError(error);
  }
}
