import { publisher, systems } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeVerify } from './handler.ts';

startFunction('verify', makeVerify, { publisher, systems });
