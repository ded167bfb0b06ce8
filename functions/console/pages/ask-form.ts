import { html, type Html } from './html.ts';

/** Shows the button by which an operator has the producer asked again for a gap. The script acts on it. */
export function askForm(stream: string, from: number, title: string): Html {
  return html`<p class="inline" id="ask-again" data-keep>
    <button type="button" id="ask" data-key="a" data-stream="${stream}" data-from="${from}">${title}</button>
    <span class="faint">asks the producer for what is still missing, with a new deadline</span>
    <span id="ask-said" role="status"></span>
  </p>`;
}
