import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startConsoleServer, type ConsoleServer } from '../../cli/local/console-server.ts';
import { keepRunning } from '../../cli/local/keep-running.ts';
import { makeConsole, type ApiDeps } from '../../functions/console/handler.ts';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Clock } from '../../shared/ports.ts';
import { Pipeline } from '../support/pipeline.ts';
import installed from '../support/chromium.json' with { type: 'json' };

const waitMs = 10_000;
/** The clock of the pipeline jumps ahead while the first events are published. It starts so much earlier, in milliseconds. */
const headStartMs = 300_000;

/** A clock whose timers do not keep the process alive: the feed of changes notices late that a browser is gone. */
const clock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = globalThis.setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A pipeline in memory that runs in real time, its console, and a browser that shows it. */
export class ConsoleInBrowser {
  readonly pipeline: Pipeline;
  /** The errors of scripts, and the refusals of the Content-Security-Policy. */
  readonly complaints: string[] = [];
  private readonly ending = new AbortController();
  private readonly browser: Browser;
  private readonly server: ConsoleServer;

  /** @param fill Publishes the first events. They are in the past when the console is opened. */
  static async start(
    catalog: CatalogDefinition,
    over: Partial<ApiDeps> = {},
    fill: (pipeline: Pipeline) => Promise<void> = () => Promise.resolve(),
  ): Promise<ConsoleInBrowser> {
    const pipeline = new Pipeline({ catalog, startMs: Date.now() - headStartMs });
    await fill(pipeline);
    const deps = pipeline.runtime.consoleDeps({ clock, ...over });
    const [browser, server] = await Promise.all([
      chromium.launch({ executablePath: installed.path, args: ['--no-sandbox'] }),
      startConsoleServer({ console: makeConsole(deps), port: 0 }),
    ]);
    return new ConsoleInBrowser(pipeline, browser, server);
  }

  private constructor(pipeline: Pipeline, browser: Browser, server: ConsoleServer) {
    this.pipeline = pipeline;
    this.browser = browser;
    this.server = server;
    keepRunning(pipeline.runtime, this.ending.signal);
  }

  /** Opens a page of the console in a window of its own. */
  async open(path: string, window: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await this.browser.newContext(window);
    const page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(`${this.server.url}${path}`);
    return page;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.browser.close();
    await this.server.close();
  }
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20);
}
