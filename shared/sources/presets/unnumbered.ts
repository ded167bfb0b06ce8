import type { StreamSettings } from '../../stream-settings.ts';

/** The settings of the streams of a provider that sends no numbers. */
export const unnumbered: Partial<StreamSettings> = { numbering: 'none', key: 'uuid', duplicates: 'count' };
