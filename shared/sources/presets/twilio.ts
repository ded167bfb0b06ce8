import { plainFormat, type Format } from '../format.ts';
import { unnumbered } from './unnumbered.ts';

/**
 * One Sid goes through all states, so the state is part of the uuid. Callbacks of messages have no time: the time at
 * which Pub/Sub received the message stands in for it, and the uuid is unique in the whole stream.
 */
export const twilioFormat: Format = {
  ...plainFormat,
  name: 'twilio',
  fields: {
    event_id: [],
    // A message that a user sent has no `MessageStatus`.
    type: ['/MessageStatus', '/CallStatus', '/SmsStatus', '/RecordingStatus', '/StatusCallbackEvent'],
    timestamp: [{ at: '/Timestamp', in: 'rfc2822' }, 'publish-time'],
    // Callbacks of recordings and conferences name a call too, so they are told first, by a member that only they have.
    uuid: [
      { joined: ['/MessageSid', '/MessageStatus'] },
      { joined: ['/RecordingStatus', '/RecordingSid'] },
      { joined: ['/StatusCallbackEvent', '/ConferenceSid', '/SequenceNumber'] },
      { joined: ['/CallSid', '/CallStatus', '/SequenceNumber'] },
    ],
    valid: [],
    data: [''],
  },
  body: 'form',
  settings: { ...unnumbered, uuid: 'global' },
};
