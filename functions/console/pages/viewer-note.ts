import { html, type Html } from './html.ts';

/** Says to a viewer who may do what the page does not offer. */
export function viewerNote(does: string): Html {
  return html`<p class="faint" id="viewer-note">
    Only operators may ${does}. To become one, ask an administrator to add your address to OPERATORS.
  </p>`;
}
