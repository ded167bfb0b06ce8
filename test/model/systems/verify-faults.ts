import { AccessError } from '../../../shared/errors.ts';
import type { Attributes, Message } from '../../../shared/messages/message.ts';
import { decodeRouting } from '../../../shared/messages/routing.ts';
import type { Mapping } from '../../../shared/record-mapping.ts';
import type { Claim } from '../../../shared/tracking/claim.ts';
import type { Entry } from '../../../shared/tracking/entry.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import type { Answer } from '../../../shared/verification/answer.ts';
import { answerMessage } from '../../../shared/verification/answer-message.ts';
import { textOf } from '../../support/builders.ts';
import { realFunctions, type LookUpOfModel, type SearchedFunctions } from './real-functions.ts';

/** A faulty variant of the functions, a scenario that shows the fault, and the law that it breaks there. */
export interface VerifyFault {
  readonly fault: string;
  readonly functions: SearchedFunctions;
  readonly title: string;
  readonly law: string;
}

type Verify = SearchedFunctions['verify'];

function withVerify(verify: Verify): SearchedFunctions {
  return { ...realFunctions, verify };
}

/** The real verify, which sees a record that was last changed at another time. */
function seeingChange(at: (changedAtMs: number, eventMs: number) => number): SearchedFunctions {
  return withVerify((lookUp) => {
    const { sighting, delivery } = lookUp;
    if (sighting instanceof Error || sighting.absent === true || sighting.changedAtMs === undefined)
      return realFunctions.verify(lookUp);
    const { instantMs = 0 } = decodeRouting(delivery.attributes);
    return realFunctions.verify({
      ...lookUp,
      sighting: { ...sighting, changedAtMs: at(sighting.changedAtMs, instantMs) },
    });
  });
}

/** The real verify under a changed mapping. */
function underMapping(change: Partial<Mapping>): SearchedFunctions {
  return withVerify((lookUp) => {
    const { catalog } = lookUp;
    const mapping = (type: string): Mapping | undefined => {
      const own = catalog.mapping(type);
      return own && { ...own, ...change };
    };
    return realFunctions.verify({ ...lookUp, catalog: { ...catalog, mapping } });
  });
}

/** The real verify with changed answers. */
function answering(change: (answer: Message, lookUp: LookUpOfModel) => Message): SearchedFunctions {
  return withVerify(async (lookUp) => {
    const answer = await realFunctions.verify(lookUp);
    return answer && change(answer, lookUp);
  });
}

function says({ delivery }: LookUpOfModel, answer: Answer): Message {
  return answerMessage(delivery, decodeRouting(delivery.attributes), answer, true);
}

/** The real rules, applied to a changed claim. */
function claiming(change: (claim: Claim, own: Entry | undefined) => Partial<Claim>): SearchedFunctions {
  return {
    ...realFunctions,
    decide: (cell, claim) => {
      const own = cell.find(({ root }) => root === claim.root);
      return decide(cell, { ...claim, ...change(claim, own) });
    },
  };
}

function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

const unsure = 'nobody knows';
const isRefusal = ({ attributes }: Message): boolean => attributes['eventmend-kind'] === 'refusal';

export const verifyFaults: readonly VerifyFault[] = [
  {
    fault: 'a record that was changed after the event counts as it is now',
    functions: seeingChange((changedAtMs, eventMs) => Math.min(changedAtMs, eventMs)),
    title: 'the record of a valid event changes between two reads',
    law: 'a wrong correction',
  },
  {
    fault: 'a record that was changed before the event is no stale read',
    functions: seeingChange((changedAtMs, eventMs) => Math.max(changedAtMs, eventMs)),
    title: 'a record that is older than the event',
    law: 'a wrong correction',
  },
  {
    fault: 'each answer is published, and not only the first',
    functions: claiming((_, own) => (own?.state === 'clean' ? { answer: undefined } : {})),
    title: 'the record of an invalid event changes between two reads',
    law: 'refused, though published',
  },
  {
    fault: 'an answer whose entry a copy has taken is claimed like a message',
    functions: claiming((_, own) => (own ? {} : { answer: undefined })),
    title: 'an invalid event, then a sound copy',
    law: 'an answer is called a copy',
  },
  {
    fault: 'a value that identifies the event is corrected',
    functions: underMapping({ untouchable: [] }),
    title: 'a wrong time, then the right one',
    law: 'counted twice, under two keys',
  },
  {
    fault: 'an event waits for its system of record without end',
    functions: underMapping({ patienceMs: Number.POSITIVE_INFINITY }),
    title: 'a system that stays down, and a valid event',
    law: 'lost',
  },
  {
    fault: '`unverified` is no answer, and the event is checked again',
    functions: answering((answer) => ({
      ...answer,
      attributes:
        answer.attributes.origin === 'unverified'
          ? without(answer.attributes, 'origin', 'verification', 'eventmend-answer')
          : answer.attributes,
    })),
    title: 'a system that stays down, and a valid event',
    law: 'never ends',
  },
  {
    fault: 'an event that is invalid by its own word passes as unverified',
    functions: answering((answer, lookUp) =>
      isRefusal(answer) ? says(lookUp, { says: 'unverified', why: unsure }) : answer,
    ),
    title: 'a system that is down, and an invalid event',
    law: 'invalid on the clean topic',
  },
  {
    fault: 'a refused key refuses the event',
    functions: withVerify(async (lookUp) =>
      lookUp.sighting instanceof AccessError
        ? says(lookUp, { says: 'refused', why: unsure })
        : realFunctions.verify(lookUp),
    ),
    title: 'a key that was revoked',
    law: 'a sound event is refused',
  },
  {
    fault: 'a deleted record refuses the event',
    functions: answering((answer, lookUp) =>
      !(lookUp.sighting instanceof Error) && lookUp.sighting.absent === true
        ? says(lookUp, { says: 'refused', why: unsure })
        : answer,
    ),
    title: 'a record that was deleted',
    law: 'a sound event is refused',
  },
  {
    fault: 'the original of a recovered event is compared by its content',
    functions: {
      ...realFunctions,
      decide: (cell, claim) =>
        decide(
          cell.map((entry) => ({ ...entry, recovered: false })),
          { ...claim, isRecovered: false },
        ),
    },
    title: 'a recovered event, whose message comes late in another form',
    law: 'a copy is a conflict',
  },
  {
    fault: 'an answer does not carry the identity of the producer’s message',
    functions: answering((answer) => ({
      ...answer,
      attributes: without(answer.attributes, 'eventmend-key', 'eventmend-hash'),
    })),
    title: 'a wrong event, whose record changes',
    law: 'lost',
  },
  {
    fault: 'a corrected event is parsed and written anew, which rounds its numbers',
    functions: answering(({ data, attributes }) => ({
      data: Buffer.from(JSON.stringify(JSON.parse(textOf({ data })))),
      attributes,
    })),
    title: 'a wrong event, whose record changes',
    law: 'bytes were changed that are right',
  },
  {
    fault: 'an event that is checked again is claimed like a message',
    functions: claiming(() => ({ isRecheck: false })),
    title: 'a sound event that is checked again',
    law: 'an event that is checked again is called a copy',
  },
  {
    fault: 'an event that was checked again is published under its own key',
    functions: {
      ...realFunctions,
      decide: (cell, claim) => {
        const step = decide(cell, claim);
        const { verdict } = step;
        if (claim.isRecheck !== true || verdict.act !== 'publish') return step;
        return { ...step, verdict: { ...verdict, replacement: 0, supersedes: false } };
      },
    },
    title: 'a wrong event that nobody could check, and that is checked again',
    law: 'counted twice, under one key',
  },
  {
    fault: 'the same answer to a second check supersedes the event again',
    functions: claiming(({ isRecheck, answer }, own) =>
      isRecheck === true && answer !== undefined && !own ? { answer: answer ^ 1 } : {},
    ),
    title: 'a wrong event that nobody could check, and that is checked again',
    law: 'superseded by the same content',
  },
  {
    fault: 'a form is edited',
    functions: answering(({ data, attributes }) => ({
      data: Buffer.from(`${textOf({ data })}&valid=true`),
      attributes,
    })),
    title: 'a form that agrees with its record',
    law: 'bytes were changed that are right',
  },
];
