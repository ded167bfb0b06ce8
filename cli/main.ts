#!/usr/bin/env node
import { runMain } from './main-program.ts';
import { runProcess } from './process.ts';

await runProcess(runMain);
