import { TokenKeepers } from '../../core/auth/tokenKeeper';
import { Placeholders } from '../../core/epicollect5/media';
import { ProjectCache } from '../../core/epicollect5/projectCache';
import { LimiterRegistry } from '../../core/http/limiter';
import { clock } from './clock';
import { transport } from './transport';

/**
 * What all nodes of this Node-RED share, over deploys too, since a module lives as long as the process: one token for
 * each client app (a new one ends the old one), one count for each limit, one copy of each project's definition.
 */
export const runtime = {
	clock,
	transport,
	limiters: new LimiterRegistry(clock),
	keepers: new TokenKeepers(clock),
	placeholders: new Placeholders(),
	projects: new ProjectCache(clock),
};

/** The part of a service's limit that this Node-RED uses. Epicollect5 asks everybody to stay at half (contract 4). */
export const SHARE = 0.5;
