import { html, type Html } from './html.ts';

/** A gap for which an operator can have the producer asked again. */
export interface AskableGap {
  readonly stream: string;
  readonly from: number;
}

/** Shows the button by which an operator has the producer asked again for a gap. The script acts on it. */
export function askButton({ stream, from }: AskableGap, title: string): Html {
  return html`<span class="inline ask" id="ask-${from}" data-keep>
    <button type="button" data-ask data-key="a" data-stream="${stream}" data-from="${from}">${title}</button>
    <span role="status"></span>
  </span>`;
}

/** Says what follows if the producer is asked again. */
export function askNote(isGivenUp: boolean): Html {
  return html`<p class="faint">
    Asks the producer for what is still missing, with a new deadline.
    ${
      isGivenUp
        ? 'What comes fills the gap. What does not come stays given up: it is not inferred any more.'
        : 'What has not come by then is inferred or given up.'
    }
  </p>`;
}
