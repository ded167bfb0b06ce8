import { publisher, systems } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeVerify } from './handler.ts';

start('verify', makeVerify, { publisher, systems });
