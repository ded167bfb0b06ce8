import { plainFormat, type Format } from '../format.ts';
import { unnumbered } from './unnumbered.ts';

/** Segment computes `timestamp` on receipt from the clock of the sender, so it differs between two tries. */
export const segmentFormat: Format = {
  ...plainFormat,
  name: 'segment',
  fields: {
    event_id: [],
    type: ['/type'],
    timestamp: ['/originalTimestamp', '/timestamp'],
    uuid: ['/messageId'],
    valid: [],
    data: ['/properties', '/traits'],
  },
  split: '/batch',
  ignore: [{ at: '/sentAt' }, { at: '/receivedAt' }, { at: '/timestamp', beside: '/originalTimestamp' }],
  settings: unnumbered,
};
