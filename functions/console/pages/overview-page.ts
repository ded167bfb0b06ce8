import { formatAmount } from '../../../shared/views/format.ts';
import type { Overview } from '../../../shared/views/load.ts';
import { gapsSection } from './gaps-section.ts';
import { html, type Html } from './html.ts';
import type { Screen } from './layout.ts';
import { lettersSection } from './letters-section.ts';
import { reconciliationsSection } from './reconciliations-section.ts';
import { streamsSection } from './streams-section.ts';

export function overviewPage(overview: Overview): Screen {
  const { nowMs, gaps, letters, reconciliations } = overview;
  const content = html`${contents(overview)} ${streamsSection(overview)}
  ${reconciliationsSection(reconciliations, nowMs)} ${gapsSection(gaps, nowMs)} ${lettersSection(letters, nowMs)}`;
  return { title: 'Overview', part: 'overview', nowMs, content };
}

/** Links to each section, with the number of items that need attention. */
function contents({ streams, next, isLaterPage, gaps, letters }: Overview): Html {
  const isCut = isLaterPage || next !== undefined;
  const unresolved = gaps.reduce((sum, view) => sum + view.unresolved, 0);
  const open = letters.letters.filter(({ status }) => status === 'open').length;
  const ofNewest = letters.isCut ? ` of the newest ${formatAmount(letters.letters.length)}` : '';
  return html`<nav aria-label="Contents">
    <a href="#streams">Streams <span class="count">${formatAmount(streams.length)}${isCut ? ' shown' : ''}</span></a>
    <a href="#gaps"
      >Gaps <span class="count">${formatAmount(unresolved)} unresolved${isCut ? ' in these streams' : ''}</span></a
    >
    <a href="#letters">Dead letters <span class="count">${formatAmount(open)} open${ofNewest}</span></a>
  </nav>`;
}
