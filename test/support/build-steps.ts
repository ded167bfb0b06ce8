import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

/** A step of a build of Cloud Build. */
export interface BuildStep {
  readonly id: string;
  readonly image: string;
  readonly dir: string;
  readonly env: readonly string[];
  readonly script: string;
}

export interface CloudBuild {
  readonly steps: readonly BuildStep[];
  readonly substitutions: Readonly<Record<string, string>>;
}

/** Reads a build in the form in which ours are written. */
export function readBuild(file: string): CloudBuild {
  const text = readFileSync(file, 'utf8').replaceAll(/^ *#.*\n/gm, '');
  const [, steps = '', substitutions = ''] = /^steps:\n([\s\S]*?)^substitutions:\n([\s\S]*?)^\w/m.exec(text) ?? [];
  return {
    steps: steps
      .split(/^ {2}- id: /m)
      .slice(1)
      .map(readStep),
    substitutions: Object.fromEntries(
      [...substitutions.matchAll(/^ {2}(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, unquote(value)]),
    ),
  };
}

function readStep(text: string): BuildStep {
  const one = (name: string): string => unquote(new RegExp(`^ {4}${name}: (.*)$`, 'm').exec(text)?.[1] ?? '');
  const script = one('script');
  return {
    id: text.slice(0, text.indexOf('\n')),
    image: one('name'),
    dir: one('dir'),
    env: [...text.matchAll(/^ {6}- (\w+=.*)$/gm)].map(([, variable = '']) => variable),
    script: script === '|' ? (text.split(/^ {4}script: \|\n/m)[1] ?? '').replaceAll(/^ {6}/gm, '') : script,
  };
}

function unquote(value: string): string {
  return /^'(.*)'$/.exec(value)?.[1] ?? value;
}

export interface StepOutcome {
  readonly code: number | null;
  readonly output: string;
}

/** Settings of the stand-ins, for those that shall not do the usual. */
export interface StandInSettings {
  /** The exit code of `terraform plan`. */
  readonly planExit?: number;
  /** The output of `terraform show -json`. */
  readonly plan?: object;
  /** The jobs that `gcloud run jobs list` prints. */
  readonly jobs?: string;
  /** Commands of the shell that run when packages are built: what a package does. */
  readonly onBuild?: string;
}

const standIns = {
  terraform: `
    case "$1" in
      plan) [ "$PLAN_EXIT" = 1 ] || echo saved > eventmend.tfplan; exit "$PLAN_EXIT" ;;
      show) [ -f eventmend.tfplan ] || exit 8; cat "$PLAN_JSON" ;;
      init) [ -f .terraform.lock.hcl ] || echo newest > .terraform.lock.hcl ;;
    esac`,
  npm: `
    case "$*" in
      ci*) mkdir -p node_modules/a ;;
      'run build') mkdir -p dist/functions; 
        printf '{\\n  "revision": "%s",\\n  "sourceHash": "fedcba9876543210"\\n}\\n' "$(sed -n s/^EVENTMEND_REVISION=//p deployment.env)" > dist/functions/manifest.json
        eval "$ON_BUILD" ;;
      'run sbom') mkdir -p dist/sbom; echo {} > dist/sbom/track.cdx.json ;;
    esac`,
  // Runs in a folder of its own, as a container does.
  docker: `
    case "$*" in
      build* | push*) exit ;;
      inspect*) echo repository/worker@sha256:0; exit ;;
      *'--network none'*) ;;
      *) exit 9 ;;
    esac
    while [ "$1" != sh ]; do shift; done
    cd "$(mktemp -d "$ROOT/container.XXXX")"
    exec "$@"`,
  // The real check, which Node of this machine may be too old to run from its sources.
  node: 'shift; exec "$REAL_NODE" "$CHECK_PLAN" "$@"',
  // The bucket is a folder.
  gcloud: `
    case "$1 $2 $3" in
      'storage cp --if-generation-match=0')
        to="$ROOT/\${5#gs://}"
        [ ! -e "$to" ] || { echo 'HTTPError 412' >&2; exit 1; }
        mkdir -p "\${to%/*}"; cp "$4" "$to" ;;
      'storage cp gs://'*) cp "$ROOT/\${3#gs://}" "$4" ;;
      'run jobs list') echo "$JOBS" ;;
    esac`,
};

/** Runs the scripts of builds in folders of their own, with stand-ins for the programs that reach the outside. */
export class BuildMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'cloud-build-'));
  private readonly programs = join(this.root, 'bin');
  private readonly calledFile = join(this.root, 'calls');
  private readonly temporary = join(this.root, 'tmp');

  constructor() {
    for (const [name, script] of Object.entries(standIns)) {
      const file = this.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n${script}\n`);
      chmodSync(file, 0o755);
    }
    mkdirSync(this.temporary);
    buildSync({
      entryPoints: ['cli/check-plan.ts'],
      outfile: join(this.root, 'check-plan.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  }

  /** Writes a file below the root. @returns Its path. */
  write(name: string, content: string): string {
    const file = join(this.root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Runs commands of the shell in the root. @returns What they print. */
  shell(commands: string): string {
    return execFileSync('sh', ['-euc', commands], { cwd: this.root, encoding: 'utf8' });
  }

  /** The calls of the stand-ins since the last look. */
  takeCalls(): readonly string[] {
    const calls = existsSync(this.calledFile) ? readFileSync(this.calledFile, 'utf8').trim().split('\n') : [];
    rmSync(this.calledFile, { force: true });
    return calls;
  }

  /** Runs a step in a workspace, a folder below the root. */
  run(
    build: CloudBuild,
    id: string,
    workspace: string,
    substitutions: Readonly<Record<string, string>> = {},
    settings: StandInSettings = {},
  ): StepOutcome {
    const step = build.steps.find((one) => one.id === id);
    if (!step) throw new Error(`the build has no step ${id}`);
    const values = { ...build.substitutions, PROJECT_ID: 'project', LOCATION: 'region', ...substitutions };
    const variables = step.env.map((variable) => {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(variable) ?? [];
      return [name, resolve(value, values)] as const;
    });
    // The tests that run beside these have a /tmp/plan.tar.gz of their own.
    const script = step.script.replaceAll('/tmp/', `${this.temporary}/`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      cwd: join(this.root, workspace, step.dir),
      encoding: 'utf8',
      env: {
        PATH: `${this.programs}:/usr/bin:/bin`,
        ROOT: this.root,
        CALLS: this.calledFile,
        PLAN_EXIT: String(settings.planExit ?? 0),
        PLAN_JSON: this.write('shown.json', JSON.stringify(settings.plan ?? {})),
        JOBS: settings.jobs ?? '',
        ON_BUILD: settings.onBuild ?? '',
        REAL_NODE: process.execPath,
        CHECK_PLAN: join(this.root, 'check-plan.mjs'),
        ...Object.fromEntries(variables),
      },
    });
    return { code: status, output: stdout + stderr };
  }

  /** Runs all steps until one fails. @returns The outcome of the last one that ran, with its id. */
  runAll(
    build: CloudBuild,
    workspace: string,
    substitutions: Readonly<Record<string, string>> = {},
    settings: StandInSettings = {},
  ): StepOutcome & { readonly id: string } {
    let last = { id: '', code: 0 as number | null, output: '' };
    for (const { id } of build.steps) {
      last = { id, ...this.run(build, id, workspace, substitutions, settings) };
      if (last.code !== 0) break;
    }
    return last;
  }

  end(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** Puts values in the place of substitutions, also in values. */
function resolve(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => resolve(values[name] ?? '', values));
}
