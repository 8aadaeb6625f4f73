import { TokenKeepers } from '../../core/auth/tokenKeeper';
import { LimiterRegistry } from '../../core/http/limiter';
import { Placeholders } from '../../core/epicollect5/media';
import { clock } from './clock';

/*
 * What all nodes, workflows and executions of this process share: tokens, because a new one ends the earlier ones
 * (contract 2.3), and limits, because they are counted per project and address (contract 4).
 */
export const keepers = new TokenKeepers(clock);
export const limiters = new LimiterRegistry(clock);
export const placeholders = new Placeholders();
