import type { MessagePort } from 'node:worker_threads';
import type { Range } from '../../shared/gaps/range.ts';
import type { GapShape } from '../../shared/inference/gap-position.ts';
import { sequenceToLearn } from '../../shared/inference/history-window.ts';
import { Model, type LearnedModel } from '../../shared/inference/model.ts';
import { knownEvents, type Known } from '../../shared/inference/neighbours.ts';
import type { Sequence } from '../../shared/inference/sequence.ts';
import { decodeBlock, type BlockDocument } from '../../shared/tracking/block-codec.ts';
import type { Piecewise } from '../../shared/turns.ts';

/** A window whose model is to be learned. */
export interface SentWindow extends Range {
  /** Windows are numbered from 1. */
  readonly number: number;
  readonly stream: string;
  readonly step: number;
  readonly shape: GapShape;
  /** The blocks of the window that no earlier window of the stream had, ascending. */
  readonly documents: readonly BlockDocument[];
}

/** The model of a window. */
export interface LearnedWindow {
  readonly number: number;
  /** Undefined if nothing was learned. */
  readonly learned: { readonly digest: string; readonly model: LearnedModel } | undefined;
}

/** The channel between the thread that learns and the one that waits for what was learned. */
export interface LearnChannel {
  readonly port: MessagePort;
  /** Shared: the number of the lowest window that is still wanted, and the number of answers. */
  readonly state: Int32Array;
}

export const [wanted, answered] = [0, 1];

/** Learns the models of windows, one after another, as they come. */
export function learnWindows({ port, state }: LearnChannel): void {
  const windows = new KnownWindow();
  port.on('message', (window: SentWindow) => {
    const answer = { number: window.number, learned: undefined };
    try {
      windows.moveTo(window);
      const isWanted = window.number >= Atomics.load(state, wanted);
      const sequence = isWanted ? windows.sequence(window.step) : undefined;
      if (sequence) post(port, window, sequence);
      else port.postMessage(answer);
    } catch {
      // The other thread meets the same error when it learns itself.
      port.postMessage(answer);
    }
    // The other thread may wait without looking at its messages.
    Atomics.add(state, answered, 1);
    Atomics.notify(state, answered);
  });
}

function post(port: MessagePort, { number, shape }: SentWindow, sequence: Sequence): void {
  const model = runToEnd(Model.learned(sequence, shape)).learned;
  const { typeWeights, entityWeights } = model;
  const answer: LearnedWindow = { number, learned: { digest: sequence.digest(), model } };
  port.postMessage(answer, [typeWeights.buffer, ...(entityWeights ? [entityWeights.buffer] : [])]);
}

/** The known events of a window that moves up a stream. */
class KnownWindow {
  private stream = '';
  private blocks: { readonly index: number; readonly known: readonly Known[] }[] = [];

  moveTo({ stream, from, documents }: SentWindow): void {
    this.blocks = stream === this.stream ? this.blocks.filter(({ index }) => index >= from) : [];
    this.stream = stream;
    for (const document of documents)
      this.blocks.push({ index: document.index, known: knownEvents(decodeBlock(document)) });
  }

  /** Returns the events of the window. Undefined if they are too few to learn from. */
  sequence(step: number): Sequence | undefined {
    const known = this.blocks.flatMap((block) => block.known);
    return sequenceToLearn(known, step);
  }
}

function runToEnd<T>(computation: Piecewise<T>): T {
  for (;;) {
    const { done, value } = computation.next();
    if (done) return value;
  }
}
