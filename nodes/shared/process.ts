import { TokenKeepers } from '../../core/auth/tokenKeeper';
import { LimiterRegistry } from '../../core/http/limiter';
import { Placeholders } from '../../core/epicollect5/media';
import { ProjectCache } from '../../core/epicollect5/projectCache';
import { clock } from './clock';

/*
 * What all nodes, workflows and executions of this process share: tokens, because a new one ends the earlier ones
 * (contract 2.3), and limits and definitions, because they are counted per project for the whole world (contract 4).
 */
export const keepers = new TokenKeepers(clock);
export const limiters = new LimiterRegistry(clock);
export const projects = new ProjectCache(clock);
export const placeholders = new Placeholders();

/** The part of a service's limit that executions use. Epicollect5 asks everybody to stay at half (contract 4). */
export const SHARE = 0.5;
